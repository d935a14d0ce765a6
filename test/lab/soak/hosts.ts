/** The two hosts of the soak: what serves on each, what has to hold when nothing is being deployed, and their own verify step. */
import { hostSteps } from "../../../infra/release/steps";
import type { HostRole, HostSpec } from "../../../infra/release/types";
import type { Bench, Wanted } from "../faults/bench";
import { createBench, settledScript } from "../faults/bench";
import type { Outcome } from "../faults/operator";
import { sendAsked } from "../faults/operator";
import type { AppSwitches } from "../faults/variants";
import { backendSpec, backendValues, gatewaySpec, gatewayValues, modelSet } from "../faults/variants";
import type { Lab } from "../lab";
import { until } from "../process";
import { isLinkOnly, type Serving } from "./rules";

export interface GatewayWanted {
  readonly app: AppSwitches;
  readonly spec: Partial<HostSpec>;
}

export interface SoakHosts {
  readonly lab: Lab;
  readonly bench: Bench;
  /** The last that was deployed well to the gateway. */
  gateway: GatewayWanted;
  serving(role: HostRole): Promise<Serving>;
  /** Waits until a host has ended what it does by itself and is whole. @throws with what is not */
  settled(role: HostRole, waitMs: number): Promise<void>;
  /** Everything that the deployment's own verify step looks at. @throws with what differs */
  verified(role: HostRole): Promise<void>;
}

/** As the application says it: what it was made of. */
export function madeOf({ app, ttl, models }: Pick<Wanted, "app" | "ttl" | "models">): string {
  const sums = modelSet(models).files.map(({ path, sha256 }) => `${path.replace("models/", "")}=${sha256.slice(0, 12)}`);
  return [app.label, ttl, ...sums.sort()].join(" ");
}

/** What the steps have open until they end, and what must not stay. */
const AT_WORK = `[ "$(systemctl list-units --no-legend --plain 'ddos-step-*' ddos-undo.service | grep -cE 'active (running)|activating')" = 0 ] || problems="$problems a step is at work;"`;

const RELEASE = (port: number): string =>
  `curl -sf -m 5 -D - -o /dev/null http://127.0.0.1:${port}/health | tr -d '\\r' | sed -n 's/^x-release: //Ip'`;

/** The application of these tests does not pass on what the proof goes by. */
const NOT_PROVEN = / through port 80 is answered by$/;

/** @returns of a report what differs; undefined where there is none */
function differences(stdout: string): string[] | undefined {
  const text = stdout.split("\n").find((line) => line.startsWith("{"));
  if (text === undefined) return undefined;
  const { failed } = JSON.parse(text) as { failed: { check: string; expected: string; found: string }[] };
  return failed
    .filter(({ check }) => !NOT_PROVEN.test(check))
    .map(({ check, expected, found }) => `${check}: expected ${expected}, found ${found}`);
}

export function createHosts(lab: Lab): SoakHosts {
  const bench = createBench(lab);
  bench.setGood({ ...bench.good(), spec: { backup: { schedule: "daily" } } });
  const port = (role: HostRole): number => (role === "gateway" ? 80 : 9000);
  const hosts: SoakHosts = {
    lab,
    bench,
    gateway: { app: { label: "gateway" }, spec: {} },
    serving: async (role) => {
      const release = (await lab.must(role, RELEASE(port(role)))).trim();
      if (role === "gateway")
        return { release, made: (await lab.must(role, "jq -r .label /home/ddos/current/app/ml_gateway/config.json")).trim() };
      const { label, ttl, models } = await bench.about();
      return {
        release,
        made: [
          label,
          ttl,
          ...Object.entries(models)
            .map(([name, sum]) => `${name}=${sum}`)
            .sort(),
        ].join(" "),
      };
    },
    settled: (role, waitMs) =>
      until(`the end of all work on the ${role}`, waitMs, async () => {
        const problems = (await lab.must(role, settledScript(role, port(role), AT_WORK))).trim();
        if (problems !== "") throw new Error(problems);
        return true;
      }).then(() => undefined),
    verified: async (role) => {
      const { app, models, ttl, spec } = bench.good();
      const made = role === "gateway" ? gatewaySpec(hosts.gateway.app, hosts.gateway.spec) : backendSpec(app, models, spec);
      const step = hostSteps(made).find(({ name }) => name === "verify");
      if (step === undefined) throw new Error("there is no verify step");
      const values = role === "gateway" ? gatewayValues : backendValues(ttl);
      const { code, stdout, stderr } = await sendAsked(lab, role, { ...step, stdin: step.stdin(values) });
      const found = differences(stdout) ?? [`it ended with ${code} and no report: ${(stderr + stdout).slice(-1500)}`];
      if (found.length > 0) throw new Error(`verify finds on the ${role}: ${found.join("; ")}`);
    },
  };
  return hosts;
}

/** The same deployment until it says something: while a host boots, only the link is refused. */
export async function converge(deploy: () => Promise<Outcome>): Promise<Outcome> {
  let last: Outcome | undefined;
  return until("a deployment after the fault", 90_000, async () => {
    last = await deploy();
    if (last.ok || !isLinkOnly(last.last)) return last;
    throw new Error(last.last);
  });
}
