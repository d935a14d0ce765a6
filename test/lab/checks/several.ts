/** Two backends behind the lab's load balancer: one is added, gets releases after the first, and goes again, while clients ask. */
import { balancerTimes } from "../../../infra/release/balancer";
import { DEFAULT_LIMITS } from "../../../infra/release/limits";
import { startBalancing } from "../fleet/group";
import type { Lab } from "../lab";
import type { OutsideReply } from "../outside";
import { sleep, until } from "../process";
import { configFile, failure, type Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { underRequests } from "./https";
import { ran, upOnce, type Report } from "./operator";
import { checkNat } from "./reach";
import { FEATURES, servedRelease } from "./service";

/** The setting is the backend's alone: of a release with another one the gateway's application hears nothing. */
const sections = (count: number, burst?: string): Config => ({
  backend: { loadBalancer: true, ...(count === 1 ? {} : { count }) },
  env: { LOG_LEVEL: "info", ...(burst === undefined ? {} : { RATE_LIMIT_BURST: burst }) },
});
const upWith = (lab: Lab, given: Config): Promise<Report> => upOnce(lab.name, "--config", configFile(lab, given));
const bootOf = (lab: Lab, host: string): Promise<string> => lab.must(host, "cat /proc/sys/kernel/random/boot_id");

async function healthy(lab: Lab): Promise<string[]> {
  const { targets } = await (await startBalancing(lab)).view();
  return targets.filter(({ state }) => state === "healthy").map(({ address }) => address);
}

/** The backend's own answers, by the release that gave them. */
async function answersBy(lab: Lab): Promise<Readonly<Record<string, number>>> {
  const { counts } = await (await startBalancing(lab)).view();
  return Object.fromEntries(Object.entries(counts).map(([release, of]) => [release, Object.values(of).reduce((sum, one) => sum + one, 0)]));
}

export function severalChecks(lab: () => Lab, address: () => string): Check[] {
  const body = JSON.stringify({ features: FEATURES });
  /** Only a backend can answer this; three clients stay below what the gateway lets one address have. */
  const ask = async (): Promise<OutsideReply> => {
    await sleep(50);
    return lab().fetchFromOutside(`http://${address()}/predict`, { method: "POST", headers: { "content-type": "application/json" }, body });
  };
  const hosts = ["backend", "backend-2"];
  const serving = (): Promise<string[]> => Promise.all(hosts.map((host) => servedRelease(lab(), host)));

  async function added(): Promise<string> {
    await upWith(lab(), sections(1));
    const before = await bootOf(lab(), "backend");
    let report: Report | undefined;
    const answered = await underRequests(ask, async () => (report = await upWith(lab(), sections(2))));
    const { events, outputs } = report ?? { events: [], outputs: {} };
    const machines = ran({ events }, "machine");
    expect(machines.join() === "backend-2-instance", `machines: ${machines.join(", ")}`);
    const commands = ran({ events }, "command").filter((name) => !/^(backend-2|balancer-backend-2)-/.test(name));
    expect(commands.sort().join() === "gateway-prepare,gateway-verify", `beside the new host these ran: ${commands.join(", ")}`);
    expect((await bootOf(lab(), "backend")) === before, "the first host was made anew");
    await until("both targets healthy", 30_000, async () => (await healthy(lab())).length === 2 || undefined);
    const { verification } = outputs as { verification: Record<string, { ok: boolean; proof?: { answeredBy: string } }> };
    expect(
      ["gateway", "backend", "backend-2"].every((id) => verification[id]?.ok === true),
      JSON.stringify(verification),
    );
    // The packages of its next release come through the gateway.
    const way = await checkNat(lab(), address(), "backend-2");
    const releases = await serving();
    const proven = verification["gateway"]?.proof?.answeredBy ?? "";
    expect(releases.includes(proven), `the proof names ${proven}; these serve: ${releases.join(", ")}`);
    return `${answered} requests, 0 failed; the proof found ${proven} of ${releases.join(", ")}; through the new one's NAT ${way}`;
  }

  async function released(): Promise<string> {
    const before = await serving();
    let report: Report | undefined;
    const answered = await underRequests(ask, async () => (report = await upWith(lab(), sections(2, "311"))));
    const commands = ran(report ?? { events: [] }, "command");
    const at = (name: string): number => commands.indexOf(name);
    expect(at("backend-release") >= 0 && at("backend-verify") < at("backend-2-release"), `this order: ${commands.join(", ")}`);
    expect(commands.at(-1) === "gateway-verify", `the last was ${commands.at(-1)}`);
    const after = await serving();
    expect(
      after.every((release, index) => release !== before[index]),
      `these serve still: ${after.join(", ")}`,
    );
    expect(new Set(after.map((release) => release.split("-")[1])).size === 1, `not one release: ${after.join(", ")}`);
    const by = await answersBy(lab());
    expect(
      [...before, ...after].every((release) => (by[release] ?? 0) > 0),
      `answers by release: ${JSON.stringify(by)}`,
    );
    return `${answered} requests, 0 failed; ${before.join(", ")} -> ${after.join(", ")}`;
  }

  /** The application reads the setting when it starts, and does not start with this one. */
  async function refused(): Promise<string> {
    const state = () =>
      Promise.all(
        hosts.map((host) => lab().must(host, "readlink /home/ddos/current; wc -l </var/lib/ddos/history; ls /home/ddos/releases")),
      );
    const before = await state();
    let last = "";
    const answered = await underRequests(
      ask,
      async () => (last = (await failure(lab(), sections(2, "many"), "backend-release")).at(-1) ?? ""),
    );
    const after = await state();
    expect(after[1] === before[1], `the second host has something of it: ${after[1]}`);
    expect(after[0]?.split("\n")[0] === before[0]?.split("\n")[0], `the first host serves ${after[0]}`);
    expect((await healthy(lab())).length === 2, "not both hosts are healthy");
    return `${answered} requests, 0 failed; ${last.slice(0, 100)}`;
  }

  async function converged(): Promise<string> {
    const answered = await underRequests(ask, () => upWith(lab(), sections(2, "312")));
    const after = await serving();
    expect(new Set(after.map((release) => release.split("-")[1])).size === 1, `not one release: ${after.join(", ")}`);
    for (const host of hosts) {
      const set = await lab().must(host, "sed -n 's/^RATE_LIMIT_BURST=//p' /home/ddos/app/.env");
      expect(set.trim().replace(/['"]/g, "") === "312", `${host} has ${set}`);
    }
    return `${answered} requests, 0 failed; ${after.join(", ")}`;
  }

  /** How long the machine that leaves stood without getting a request, as the target group and the lab see it. */
  async function drainedFor(work: Promise<unknown>): Promise<number> {
    const targets = await startBalancing(lab());
    let [began, gone, ended] = [0, 0, false];
    const end = work.finally(() => (ended = true));
    while (!ended) {
      if (began === 0 && (await targets.view()).targets.some(({ state }) => state === "draining")) began = Date.now();
      if (began !== 0 && gone === 0 && lab().state().hosts["backend-2"] === undefined) gone = Date.now();
      await sleep(200);
    }
    await end;
    return began === 0 ? 0 : ((gone === 0 ? Date.now() : gone) - began) / 1000;
  }

  async function removed(): Promise<string> {
    let seconds = 0;
    const answered = await underRequests(ask, async () => (seconds = await drainedFor(upWith(lab(), sections(1, "312")))));
    expect(lab().state().hosts["backend-2"] === undefined, "the machine is there still");
    const left = await healthy(lab());
    expect(left.join() === lab().state().hosts["backend"]?.address, `targets: ${left.join(", ")}`);
    const { deregistrationSeconds } = balancerTimes(DEFAULT_LIMITS);
    expect(
      seconds >= deregistrationSeconds - 1,
      `it had ${seconds.toFixed(1)} s to answer what it had begun, not ${deregistrationSeconds}`,
    );
    return `${answered} requests, 0 failed; it stood for ${seconds.toFixed(0)} s without a new one`;
  }

  return [
    { name: "several backends: a second one is added, the first stays as it is, and no request fails", run: added },
    { name: "several backends: a release reaches one after another, and no request fails", run: released },
    { name: "several backends: a bad release stops at the first, the second has no release of it, and no request fails", run: refused },
    { name: "several backends: the next good release reaches both, and no request fails", run: converged },
    { name: "several backends: the second one goes, and no request fails", run: removed },
  ];
}
