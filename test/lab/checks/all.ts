/** Every check of `test:hosts`, in the order in which they run. Nothing runs here. */
import type { Properties } from "../../../infra/offline/engine";
import type { Lab } from "../lab";
import { acmeChecks } from "./acme";
import { answerChecks } from "./answers";
import { backupChecks, freshHostChecks } from "./backup";
import { commandChecks } from "./commands";
import { drillChecks } from "./drill";
import { failureChecks } from "./failures";
import { checkFileTable } from "./file-table";
import { fleetChecks, fleetMoreChecks } from "./fleet";
import { gatewayFleetChecks } from "./fleet-gateways";
import { fleetFromNothing } from "./fleet-nothing";
import { fleetRefreshChecks } from "./fleet-refresh";
import { frontChecks } from "./front";
import { goingBackChecks } from "./going-back";
import { hardeningChecks } from "./hardening";
import type { Check } from "./harness";
import { expect } from "./harness";
import { httpsChecks } from "./https";
import { interruptedChecks } from "./interrupted";
import { oneAppChecks } from "./one-app";
import type { Report } from "./operator";
import { ran, upOnce } from "./operator";
import { checkInside, checkNat, checkOutside } from "./reach";
import { releasesChecks } from "./releases";
import { replacedChecks } from "./replaced";
import { requestChecks } from "./requests";
import { rotationChecks } from "./rotation";
import { checkDetection, checkHealth, checkPrediction, checkSecrets } from "./service";
import { severalChecks } from "./several";
import { tunnelChecks } from "./tunnels";
import type { Snapshot } from "./unchanged";
import { expectSame, snapshot } from "./unchanged";
import { verifyChecks } from "./verify";
import { watchChecks } from "./watch";

/** What a run knows of its set-up. */
export interface Found {
  report?: Report;
  before?: Snapshot;
}

export interface Checks {
  /** Of each run. */
  readonly always: readonly Check[];
  /** Those that take minutes, most of them waiting: only where they are asked for. */
  readonly byName: readonly Check[];
}

export function allChecks(found: Found, lab: () => Lab): Checks {
  const outputs = (): Properties => found.report?.outputs ?? {};
  const address = (): string => String(outputs()["gatewayAddress"]);
  return {
    always: [
      ...reachChecks(found, lab),
      ...commandChecks(lab, outputs),
      ...verifyChecks(lab, outputs),
      ...hardeningChecks(lab, address),
      ...backupChecks(lab),
      ...unchangedChecks(found, lab),
      ...fleetChecks(lab),
      ...failureChecks(lab),
      ...goingBackChecks(lab),
      ...oneAppChecks(lab),
      ...rotationChecks(lab),
    ],
    byName: [
      ...requestChecks(lab, address),
      ...answerChecks(lab, outputs),
      ...releasesChecks(lab, outputs),
      ...acmeChecks(lab, address),
      ...httpsChecks(lab, address),
      ...frontChecks(lab),
      ...drillChecks(lab, outputs),
      ...freshHostChecks(lab),
      ...watchChecks(lab, address),
      ...fleetMoreChecks(lab),
      fleetFromNothing(lab),
      ...fleetRefreshChecks(lab),
      ...gatewayFleetChecks(lab),
      ...severalChecks(lab, address),
      ...tunnelChecks(lab, outputs),
      ...interruptedChecks(lab, () => String(outputs()["healthUrl"])),
      // Last: the machines have other names then.
      ...replacedChecks(lab),
    ],
  };
}

function unchangedChecks(found: Found, lab: () => Lab): Check[] {
  const before = (): Snapshot => {
    expect(found.before !== undefined, "there is no snapshot to compare with");
    return found.before;
  };
  return [
    {
      name: "a second run has nothing to do and changes nothing",
      run: async () => {
        found.before = await snapshot(lab());
        const again = ran(await upOnce(lab().name));
        expect(again.length === 0, `these ran again: ${again.join(", ")}`);
        return expectSame(before(), await snapshot(lab()));
      },
    },
    {
      name: "every step forced to run again rewrites no file and restarts no service",
      run: async () => {
        const { events } = await upOnce(lab().name, "--force", "yes");
        const commands = events.filter((one) => one.kind === "command");
        expect(
          commands.every((one) => one.what === "forced"),
          "not every command was run",
        );
        return `${commands.length} commands; ${expectSame(before(), await snapshot(lab()))}`;
      },
    },
  ];
}

function reachChecks(found: Found, lab: () => Lab): Check[] {
  const output = (key: string): string => String(found.report?.outputs[key]);
  return [
    { name: "/health from outside is the expected body", run: () => checkHealth(lab(), output("healthUrl")) },
    { name: "a prediction from outside passes both hosts", run: () => checkPrediction(lab(), output("gatewayAddress")) },
    { name: "the gateway stops what its detectors know", run: () => checkDetection(lab(), output("gatewayAddress")) },
    { name: "the file table holds on the hosts", run: () => checkFileTable(lab()) },
    {
      name: "outside reaches 22 and 80 of the gateway and nothing of the backend",
      run: () => checkOutside(lab(), output("gatewayAddress"), output("backendAddress")),
    },
    {
      name: "the gateway reaches the backend's service and ssh, the backend nothing of the gateway",
      run: () => checkInside(lab(), lab().state().hosts["gateway"]?.address ?? "", output("backendAddress")),
    },
    { name: "the backend's egress is the gateway's NAT", run: () => checkNat(lab(), output("gatewayAddress")) },
    { name: "no secret outside of .env and its store", run: () => checkSecrets(lab()) },
  ];
}
