/** `up` and `down`: the whole system on this machine, for a person to try. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Os } from "../../infra/external-names";
import { projectName } from "../../infra/offline/stack-file";
import { readNamed } from "../../policies/cli";
import { FEATURES } from "./checks/service";
import { listLabs, removeLab } from "./lab";
import { parseOverrides } from "./over";
import { checkout, repositoryRoot, runDir, runRoot } from "./paths";
import { holdLab } from "./state";
import type { UpResult } from "./system";
import { up } from "./system";

type Options = Readonly<Record<string, string | undefined>>;

export const DEFAULT_NAME = "local";

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function whatToTry({ lab, outputs }: UpResult): string {
  const outside = lab.outside([]).join(" ");
  const tool = `npm run -s lab --`;
  const named = lab.name === DEFAULT_NAME ? "" : ` -- --name ${lab.name}`;
  return `
The system runs. From the outside (the operator's namespace):
  ${outside} curl -s ${shown(outputs.healthUrl)}
  ${outside} curl -s -X POST http://${shown(outputs.gatewayAddress)}/predict -H 'content-type: application/json' -d '${JSON.stringify({ features: FEATURES })}'
On the machines:
  ${tool} ssh --name ${lab.name} gateway          (backend: through the gateway)
  ${tool} exec --name ${lab.name} backend -- 'systemctl status ddos-backend'
Change something (an .env value, the application) and run the same command again; take everything away with
  npm run down:local${named}`;
}

/** Configuration over the stack's own, from a file. @throws Problem */
function overrides(file: string | undefined): Record<string, string> | undefined {
  if (file === undefined) return undefined;
  return parseOverrides(file, readNamed(file, "--config", process.cwd()), projectName(repositoryRoot));
}

/** @returns the exit status */
export async function upCommand(options: Options): Promise<number> {
  const started = Date.now();
  const say = (line: string): void => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const name = options["name"] ?? DEFAULT_NAME;
  const { stack, force, config } = options as Partial<Record<string, string>>;
  const os = options["os"] as Os | undefined;
  const result = await up({ name, stack, os, config: overrides(config), force: force !== undefined, say });
  writeFileSync(join(runDir(result.lab.name), "report.json"), JSON.stringify({ outputs: result.outputs, events: result.events }), {
    mode: 0o600,
  });
  const ran = result.events.filter((event) => event.what !== "unchanged").length;
  say(`done: ${ran} of ${result.events.length} machines, objects and commands had something to do`);
  console.log(whatToTry(result));
  return 0;
}

/** @returns the exit status */
export async function downCommand(options: Options): Promise<number> {
  const name = options["name"] ?? DEFAULT_NAME;
  await holdLab(name, "down:local", () => removeLab(name));
  const left = (await listLabs()).includes(name);
  if (left)
    throw new Error(`something of "${name}" is left: see \`ip netns list\`, /sys/fs/cgroup/*/ml-gateway-hosts/${checkout} and ${runRoot}`);
  console.log(`nothing of "${name}" is left`);
  return 0;
}
