/** `npm run test:hosts`: the whole system from nothing, as an operator would get it, and what it promises. */
import type { Os } from "../../../infra/external-names";
import type { Properties } from "../../../infra/offline/engine";
import type { Lab } from "../lab";
import { createLab, openLab, removeLab } from "../lab";
import { must } from "../process";
import { holdLab } from "../state";
import { acmeChecks } from "./acme";
import { answerChecks } from "./answers";
import { backupChecks, freshHostChecks } from "./backup";
import { commandChecks } from "./commands";
import { failureChecks } from "./failures";
import { fleetChecks, fleetMoreChecks } from "./fleet";
import { fleetFromNothing } from "./fleet-nothing";
import { gatewayFleetChecks } from "./fleet-gateways";
import { fleetRefreshChecks } from "./fleet-refresh";
import { checkFileTable } from "./file-table";
import { frontChecks } from "./front";
import { goingBackChecks } from "./going-back";
import { hardeningChecks } from "./hardening";
import type { Check, Tally } from "./harness";
import { httpsChecks } from "./https";
import { expect, runChecks } from "./harness";
import { drillChecks } from "./drill";
import { interruptedChecks } from "./interrupted";
import { oneAppChecks } from "./one-app";
import { typescript } from "../paths";
import type { Report, Run } from "./operator";
import { operatorsOs, ran, start, untilSaid, untilStep, upOnce, useOs } from "./operator";
import { checkInside, checkNat, checkOutside } from "./reach";
import { releasesChecks } from "./releases";
import { replacedChecks } from "./replaced";
import { requestChecks } from "./requests";
import { rotationChecks } from "./rotation";
import { severalChecks } from "./several";
import { checkDetection, checkHealth, checkPrediction, checkSecrets } from "./service";
import { traces } from "./traces";
import type { Snapshot } from "./unchanged";
import { expectSame, snapshot } from "./unchanged";
import { tunnelChecks } from "./tunnels";
import { verifyChecks } from "./verify";
import { watchChecks } from "./watch";

const NAME = "test";
const CRASHED = "test-crash";

interface Found {
  report?: Report;
  before?: Snapshot;
}

async function nothingLeft(name: string): Promise<void> {
  const left = await traces(name);
  expect(left.length === 0, `left of ${name}: ${left.join(", ")}`);
}

/** Its own check, because it takes minutes the first time and nothing later; a lab that is taken down again proves it. */
async function prepared(): Promise<void> {
  await createLab(NAME, { os: operatorsOs(), say: (line) => console.log(`        ${line}`) });
  await removeLab(NAME);
}

/** The operator dies while a host works, and so does the step itself: both as if the power had gone. */
async function killHalfWay(lab: () => Lab): Promise<string> {
  const run = start("up", "--name", NAME);
  await untilSaid(run, /command backend-prepare: new/, 300_000);
  await untilStep(lab(), "backend", "code", 60_000);
  run.child.kill("SIGKILL");
  await run.ended;
  await lab().must("backend", "sleep 2; systemctl kill --signal=KILL 'ddos-step-*'");
  return "operator and step killed while the backend installs its packages";
}

function setUp(found: Found, lab: () => Lab): Check[] {
  return [
    { name: "nothing is left of an earlier run", run: async () => (await removeLab(NAME), await nothingLeft(NAME)), essential: true },
    { name: "this machine is prepared: image, wheels, S3 stand-in", run: prepared, essential: true },
    { name: "a set-up is killed half-way", run: () => killHalfWay(lab), essential: true },
    {
      name: "run again, it succeeds",
      essential: true,
      run: async () => {
        found.report = await upOnce(NAME);
        const done = ran(found.report);
        expect(!done.includes("gateway-prepare"), "a step that had succeeded was run again");
        return `${done.length} things were left to do`;
      },
    },
  ];
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
        const again = ran(await upOnce(NAME));
        expect(again.length === 0, `these ran again: ${again.join(", ")}`);
        return expectSame(before(), await snapshot(lab()));
      },
    },
    {
      name: "every step forced to run again rewrites no file and restarts no service",
      run: async () => {
        const { events } = await upOnce(NAME, "--force", "yes");
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

async function startCrashing(): Promise<Run> {
  const run = start("up", "--name", CRASHED);
  await untilSaid(run, /machine \S+: booted/, 120_000);
  return run;
}

/** A start that is killed at a bad moment, then taken down; before it is killed, it cannot be. */
async function crashAndDown(): Promise<void> {
  const run = await startCrashing();
  const refused = await start("down", "--name", CRASHED).ended;
  expect(refused.code !== 0 && refused.said.includes(`process ${String(run.child.pid)} `), `down beside up: ${refused.said}`);
  expect(run.child.exitCode === null, "down ended the run that it found");
  run.child.kill("SIGKILL");
  await run.ended;
  expect((await traces(CRASHED)).length > 0, "the killed run left nothing, so this proves nothing");
  const { code, said } = await start("down", "--name", CRASHED).ended;
  expect(code === 0, said);
  await nothingLeft(CRASHED);
}

/** What no command does: everything of a lab goes while a run works on it. */
async function lostLab(): Promise<string> {
  const run = await startCrashing();
  await removeLab(CRASHED);
  const { code, said } = await run.ended;
  const last = said.trim().split("\n").pop() ?? "";
  // What the run still made before it noticed.
  await removeLab(CRASHED);
  // Which of the two depends on the moment at which it looked.
  const reported = ["was taken down while", "does not work any more"].some((what) => last.startsWith(`up:local: lab "${CRASHED}" ${what}`));
  expect(code === 1 && reported, `status ${code ?? "signal"}: ${said.slice(-2000)}`);
  await nothingLeft(CRASHED);
  return last;
}

const endings: readonly Check[] = [
  {
    name: "down leaves nothing",
    run: async () => (
      await must([process.execPath, "-r", typescript, `${__dirname}/../cli.ts`, "down", "--name", NAME]),
      await nothingLeft(NAME)
    ),
  },
  { name: "down is refused beside a running up, and leaves nothing after a crash either", run: crashAndDown, anyOs: true },
  { name: "an up that loses its lab says so", run: lostLab, anyOs: true },
];

export interface Choice {
  /** What both hosts run. */
  readonly os?: string;
  /** A plain set-up and the checks of that name. @default every check */
  readonly only?: RegExp;
  /** Without those that what a host runs makes no difference to. @default false */
  readonly short?: boolean;
}

/** Prints a line for each check, then the count. @returns the exit status */
export const testHosts = ({ os, only, short = false }: Choice): Promise<number> => {
  useOs(os as Os | undefined);
  return holdLab("test-hosts", "test:hosts", () => runAll(only, short));
};

/** Without the set-up's own checks; others may stand on what those before them left. */
function chosen(only: RegExp, found: Found, checks: readonly Check[]): Check[] {
  const matching = checks.filter(({ name }) => only.test(name));
  if (matching.length === 0)
    throw new Error(`--only ${only.source} matches no check; there are:\n${checks.map(({ name }) => name).join("\n")}`);
  const setUp = async (): Promise<void> => void (await removeLab(NAME), (found.report = await upOnce(NAME)));
  return [{ name: "a set-up", run: setUp, essential: true }, ...matching];
}

async function runAll(only: RegExp | undefined, short: boolean): Promise<number> {
  const tally: Tally = { passed: 0, failed: 0 };
  const found: Found = {};
  const lab = (): Lab => openLab(NAME);
  const started = Date.now();
  try {
    const outputs = (): Properties => found.report?.outputs ?? {};
    const [commands, verifying] = [commandChecks(lab, outputs), verifyChecks(lab, outputs)];
    const closed = [...hardeningChecks(lab, () => String(outputs()["gatewayAddress"])), ...backupChecks(lab)];
    // Five minutes, most of it waiting: by name only.
    const byName = [
      ...answerChecks(lab, outputs),
      ...releasesChecks(lab, outputs),
      ...acmeChecks(lab, () => String(outputs().gatewayAddress)),
      ...httpsChecks(lab, () => String(outputs().gatewayAddress)),
      ...frontChecks(lab),
      ...replacedChecks(lab, () => String(outputs().gatewayAddress)),
      ...drillChecks(lab, outputs),
      ...freshHostChecks(lab),
      ...watchChecks(lab, () => String(outputs().gatewayAddress)),
      ...fleetMoreChecks(lab),
      fleetFromNothing(lab),
      ...fleetRefreshChecks(lab),
      ...gatewayFleetChecks(lab),
      ...severalChecks(lab, () => String(outputs().gatewayAddress)),
      ...tunnelChecks(lab, outputs),
      ...interruptedChecks(lab, () => String(outputs().healthUrl)),
    ];
    const requests = [...requestChecks(lab, () => String(outputs().gatewayAddress)), ...byName];
    const changes = [...goingBackChecks(lab), ...oneAppChecks(lab), ...rotationChecks(lab)];
    const work = [
      ...reachChecks(found, lab),
      ...commands,
      ...verifying,
      ...closed,
      ...unchangedChecks(found, lab),
      ...fleetChecks(lab),
      ...failureChecks(lab),
      ...changes,
    ];
    const asked = (checks: readonly Check[]): readonly Check[] => checks.filter(({ anyOs = false }) => !(short && anyOs));
    await runChecks(only === undefined ? [...setUp(found, lab), ...asked(work)] : chosen(only, found, [...work, ...requests]), tally);
    if (only === undefined) await runChecks(asked(endings), tally);
  } finally {
    for (const name of [NAME, CRASHED]) await removeLab(name);
  }
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}
