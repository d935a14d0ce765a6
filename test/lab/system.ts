/** The whole system on this machine: the program of infra/, evaluated for a stack, with real hosts behind it. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { OPERATING_SYSTEMS, type Os } from "../../infra/external-names";
import { DEFAULT_MODULE } from "../../infra/app/module";
import { openTunnels } from "../../infra/remote/tunnels";
import { runProgram } from "../../infra/offline/engine";
import type { Properties } from "../../infra/offline/engine";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { readStackFile } from "../../infra/offline/stack-file";
import { program } from "../../infra/program";
import type { Lab } from "./lab";
import { createLab, openLab, removeLab } from "./lab";
import { refuseAwsOnly } from "./over";
import { repositoryRoot } from "./paths";
import { whileThere } from "./presence";
import type { Event } from "./provider";
import { localProvider } from "./provider";
import { addApplicationWheels } from "./app-wheels";
import { openStackState } from "./provider-state";
import { sessionEnvironment } from "./sessions";
import { localSecrets } from "./secrets";
import { holdLab, labExists, readState } from "./state";
import { OPERATOR } from "./topology";

export interface UpOptions {
  /** Name of the lab. */
  readonly name: string;
  /** @default dev */
  readonly stack?: string;
  /** Fully qualified keys to raw values, put over the stack's own (`{"ml-gateway:app": "{\"path\": \"…\"}"}`). */
  readonly config?: Readonly<Record<string, string>>;
  /** Release of both hosts, over the stack's own. */
  readonly os?: Os;
  /** Runs every command though nothing changed. */
  readonly force?: boolean;
  /** Something stands in for the public load balancer (lab/front). @default false */
  readonly standIn?: boolean;
  /** Progress, one line each. */
  readonly say: (line: string) => void;
}

export interface UpResult {
  readonly lab: Lab;
  readonly outputs: Properties;
  readonly events: readonly Event[];
}

/** The lab of an earlier run when it is whole; what a crash left of one is removed first. */
async function whole({ name, os, say }: UpOptions): Promise<Lab> {
  if (labExists(name) && readState(name).ready) return openLab(name);
  await removeLab(name);
  return createLab(name, { os, say });
}

/** The stack's configuration, with the lab's key unless another is given, local secrets, and SSH allowed from the operator. */
export function configuration(
  lab: Lab,
  stack: string,
  over: Readonly<Record<string, string>> = {},
  os?: Os,
): { project: string; config: Record<string, string>; secretKeys: string[] } {
  const privateKey = readFileSync(lab.state().privateKeyFile, "utf8");
  const file = readStackFile(repositoryRoot, stack, { privateKey: () => privateKey });
  const key = (name: string): string => `${file.project}:${name}`;
  const config: Record<string, string> = { ...file.config, ...over };
  const object = (name: string): Record<string, unknown> => JSON.parse(config[key(name)] ?? "{}") as Record<string, unknown>;
  const image = os === undefined ? {} : { os, ami: undefined };
  config[key("gateway")] = JSON.stringify({ ...object("gateway"), ...image, sshFrom: [`${OPERATOR.address}/32`] });
  config[key("backend")] = JSON.stringify({ ...object("backend"), ...image });
  config[key("ssh")] = JSON.stringify({ ...object("ssh"), privateKeyFile: undefined });
  config[key("sshPrivateKey")] = over[key("sshPrivateKey")] ?? privateKey;
  if (over[key("secretEnv")] === undefined)
    config[key("secretEnv")] = JSON.stringify(localSecrets(lab.name, Object.keys(object("secretEnv"))));
  // Marked as a whole, as the engine marks a section with an encrypted value in it.
  const secret = ["sshPrivateKey", "sshPreviousPrivateKey", "secretEnv", "gateway", "tls"].map(key);
  return { project: file.project, config, secretKeys: [...new Set([...file.secretKeys, ...secret])] };
}

/** The machines have no way to PyPI: what a local application requires is fetched here, before they ask. */
async function provideWheels(
  lab: Lab,
  app: { readonly path?: string; readonly module?: string },
  say: (line: string) => void,
): Promise<void> {
  if (app.path === undefined) return;
  const application = { path: resolve(repositoryRoot, app.path), module: app.module ?? DEFAULT_MODULE };
  const { wheelhouse, images } = lab.state();
  for (const { python } of Object.values(images)) await addApplicationWheels(wheelhouse, python, say, application);
}

async function follow(lab: Lab, options: UpOptions): Promise<UpResult> {
  const { say } = options;
  const events: Event[] = [];
  const onEvent = (event: Event): void => {
    events.push(event);
    say(`${event.kind} ${event.name}: ${event.what} (${event.seconds.toFixed(1)} s)`);
  };
  const stack = options.stack ?? "dev";
  const state = openStackState(lab.name);
  const given = configuration(lab, stack, options.config ?? {}, options.os);
  const tunnelled = (given.config[`${given.project}:access`] ?? "ssh") !== "ssh";
  if (tunnelled) Object.assign(process.env, sessionEnvironment(lab.name));
  const provider = localProvider({ lab, state, force: options.force, tunnelled, onEvent });
  for (const role of ["gateway", "backend"]) {
    const { os } = JSON.parse(given.config[`${given.project}:${role}`] ?? "{}") as { os?: Os };
    if (os !== undefined && OPERATING_SYSTEMS.includes(os)) await lab.provideOs(os);
  }
  await provideWheels(lab, JSON.parse(given.config[`${given.project}:app`] ?? "{}") as { path?: string }, say);
  const run = { ...given, stack, preview: false, provider };
  const { outputs } = await runProgram({ ...run, program: async () => ({ ...(await program(repositoryRoot, { openTunnels })) }) });
  await provider.finish();
  state.setOutputs(outputs);
  return { lab, outputs, events };
}

/** Brings the system up, or makes a running one follow the configuration. @throws naming every resource that failed; run again to go on */
export async function up(options: UpOptions): Promise<UpResult> {
  const { name, stack = "dev", config = {}, standIn } = options;
  const file = readStackFile(repositoryRoot, stack, { privateKey: placeholderKey });
  refuseAwsOnly({ ...file.config, ...config }, file.project, standIn);
  return holdLab(name, "up:local", async () => {
    const lab = await whole(options);
    return whileThere(name, () => follow(lab, options));
  });
}
