/** Two real hosts with the small application on both, and what every case asks of them. */
import type { HostRole, HostSpec } from "../../../infra/release/types";
import { GATEWAY_ADDRESS } from "../default-lab";
import type { Lab } from "../lab";
import { until } from "../process";
import type { DeployOptions, Operator, Outcome } from "./operator";
import { createOperator } from "./operator";
import type { AppSwitches, ModelFile } from "./variants";
import { backendSpec, backendValues, BUCKET, gatewaySpec, gatewayValues, modelKey, plainModel } from "./variants";
import { SERVICES } from "../topology";

/** What the backend is wanted to be. */
export interface Wanted {
  readonly app: AppSwitches;
  readonly models: readonly ModelFile[];
  readonly ttl: string;
  readonly spec: Partial<HostSpec>;
}

export interface About {
  readonly label: string;
  readonly models: Readonly<Record<string, string>>;
  readonly ttl: string;
  readonly pid: number;
}

export interface Bench {
  readonly lab: Lab;
  /** The last that was deployed well: what has to be served at the end of a case. */
  readonly good: () => Wanted;
  readonly setGood: (wanted: Wanted) => void;
  /** A label that no release had before. */
  readonly label: () => string;
  /** Deploys `good` with the change; when that succeeds it is the new `good`. */
  readonly deploy: (change: Partial<Wanted>, options?: DeployOptions) => Promise<Outcome>;
  readonly deployGateway: (app: AppSwitches, change?: Partial<HostSpec>, options?: DeployOptions) => Promise<Outcome>;
  /** Another operator who knows nothing of what the first one did. */
  readonly stranger: () => Operator;
  /** Bash as the backend's root; has to succeed. */
  readonly sh: (command: string) => Promise<string>;
  /** Asked through the gateway, by nginx and both applications. */
  readonly about: () => Promise<About>;
  readonly publish: (models: readonly ModelFile[]) => Promise<void>;
}

export const URL_ABOUT = `http://${GATEWAY_ADDRESS}/about`;

/** Content-addressed keys are written once; S3 refuses a second time, which is how it should be. */
function publisher(lab: Lab): (models: readonly ModelFile[]) => Promise<void> {
  const done = new Set<string>();
  const put = async (path: string, body: Buffer | string): Promise<void> => {
    if (done.has(path)) return;
    const url = `http://${SERVICES.address}/${path}`;
    const { status } = await lab.fetchFromOutside(url, { method: "PUT", body });
    // 403: the object is there from an earlier run on the same machines.
    if (status !== 200 && status !== 403) throw new Error(`S3 answered ${status} to PUT ${path}`);
    done.add(path);
  };
  return async (models) => {
    await put(BUCKET, "");
    for (const { name, bytes } of models) await put(`${BUCKET}/${modelKey(bytes, name)}`, bytes);
  };
}

export function createBench(lab: Lab): Bench {
  const operator = createOperator(lab, "backend");
  const gatewayOperator = createOperator(lab, "gateway");
  let good: Wanted = {
    app: { label: "start" },
    models: [plainModel("stage2.pkl", "first"), plainModel("scaler.pkl", "scaler", 4000)],
    ttl: "300",
    spec: {},
  };
  let count = 0;
  const publish = publisher(lab);
  return {
    lab,
    good: () => good,
    setGood: (wanted) => (good = wanted),
    label: () => `r${(count += 1)}`,
    deploy: async (change, options) => {
      const wanted = { ...good, ...change };
      await publish(wanted.models);
      const outcome = await operator.deploy(backendSpec(wanted.app, wanted.models, wanted.spec), backendValues(wanted.ttl), options);
      if (outcome.ok) good = wanted;
      return outcome;
    },
    deployGateway: (app, change, options) => gatewayOperator.deploy(gatewaySpec(app, change), gatewayValues, options),
    stranger: () => createOperator(lab, "backend"),
    sh: (command) => lab.must("backend", command),
    about: async () => {
      const reply = await lab.fetchFromOutside(URL_ABOUT);
      if (reply.status !== 200) throw new Error(`HTTP ${reply.status}: ${reply.body.slice(0, 200)}`);
      return JSON.parse(reply.body) as About;
    },
    publish,
  };
}

/** uvicorn writes the header in small letters, and the gateway's nginx as it is written there. */
const RELEASE_OF: Readonly<Record<HostRole, string>> = { backend: "p", gateway: "Ip" };

/**
 * Everything that has to hold when nothing is being deployed, as a script that prints what does not.
 * @param port of the host's own nginx
 * @param more lines that add to $problems
 */
export const settledScript = (role: HostRole, port: number, more: string): string => `
problems=""
[ ! -e /var/lib/ddos/switching ] || problems="$problems a switch is open;"
[ ! -L /home/ddos/next ] || problems="$problems the candidate's link is there;"
[ ! -e /home/ddos/releases/.partial ] && [ ! -e /var/lib/ddos/staging ] || problems="$problems a half-made release is there;"
[ "$(systemctl is-active ddos-${role}-next.service)" != active ] || problems="$problems the candidate runs;"
[ "$(systemctl is-active ddos-${role}.service)" = active ] || problems="$problems the service does not run;"
[ "$(systemctl is-enabled ddos-${role}.service)" = enabled ] || problems="$problems the service is not enabled;"
[ "releases/$(sed -n 's/^current=//p' /var/lib/ddos/serving)" = "$(readlink /home/ddos/current)" ] || problems="$problems link and record differ;"
[ "$(find /home/ddos/releases -mindepth 1 -maxdepth 1 | wc -l)" -le 3 ] || problems="$problems more than three releases;"
served=$(curl -sD - -o /dev/null http://127.0.0.1:${port}/health | tr -d '\\r' | sed -n 's/^x-release: //${RELEASE_OF[role]}')
[ "releases/$served" = "$(readlink /home/ddos/current)" ] || problems="$problems $served is served but is not current;"
${more}
printf '%s' "$problems"`;

const SETTLED = settledScript(
  "backend",
  9000,
  `[ "$(stat -Lc '%a %U' /home/ddos/app/.env)" = "600 ddos" ] || problems="$problems .env is $(stat -Lc '%a %U' /home/ddos/app/.env);"`,
);

/** Waits until the host is settled and serves what it should. @throws with what is wrong */
export async function expectServing(bench: Bench, waitMs: number): Promise<void> {
  await until(`the release ${bench.good().app.label}`, waitMs, async () => {
    const problems = (await bench.lab.must("backend", SETTLED)).trim();
    if (problems !== "") throw new Error(problems);
    const { label } = await bench.about();
    if (label !== bench.good().app.label) throw new Error(`${label} is served, ${bench.good().app.label} should be`);
    return true;
  });
}
