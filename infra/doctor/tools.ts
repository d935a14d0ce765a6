/** Programs of AWS on this machine that a fleet and the other modes of access need, and the agents on the hosts. */
import { systemSentence } from "../../policies/cli/system-errors";
import type { StackConfig } from "../config/types";
import { named, type Line } from "./line";
import { jsonOf } from "./machine";
import type { Ran, Surroundings } from "./surroundings";

const CLI = "AWS CLI";
const PLUGIN = "session-manager-plugin";
const AGENTS = "SSM agents";

const INSTALL_CLI = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";
const INSTALL_PLUGIN = "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html";

/** `aws ec2-instance-connect open-tunnel` came with 2.12 (docs/how-to/close-port-22.md); the other commands are in every version 2. */
const OLDEST = { ssh: [2, 0], ssm: [2, 0], "instance-connect": [2, 12], none: [2, 0] } as const;

/** Nothing where the stack needs none of them. */
export async function toolLines(config: StackConfig | undefined, region: string | undefined, surroundings: Surroundings): Promise<Line[]> {
  if (config === undefined || (config.access === "ssh" && config.backend.mode !== "fleet")) return [];
  const cli = await cliLine(config, surroundings);
  if (config.access !== "ssm") return [cli];
  return [cli, await pluginLine(surroundings), await agentsLine(config, region ?? config.region, cli, surroundings)];
}

async function cliLine({ access, backend }: StackConfig, { run }: Surroundings): Promise<Line> {
  const line = named(CLI);
  const what = backend.mode === "fleet" ? "starts the releases of a fleet" : `opens the tunnels of access ${access}`;
  const found = await version(() => run("aws", ["--version"]), /^aws-cli\/(\d+)\.(\d+)\.\d+/m);
  if (found === "missing") return line.bad(`not installed, or not on PATH, and it ${what}; install version 2: ${INSTALL_CLI}`);
  if (typeof found === "string") return line.unknown(found);
  const [major, minor] = OLDEST[access];
  const [[given = 0, second = 0], text] = found;
  if (given > major || (given === major && second >= minor)) return line.good(`${text}, which ${what}`);
  return line.bad(`${text}, and ${major}.${minor} or newer is needed, because it ${what}; install it: ${INSTALL_CLI}`);
}

async function pluginLine({ run }: Surroundings): Promise<Line> {
  const line = named(PLUGIN);
  const found = await version(() => run("session-manager-plugin", ["--version"]), /^(\d+)\.(\d+)[.\d]*/m);
  if (found === "missing")
    return line.bad(`not installed, or not on PATH, and sessions of access ssm come through it; install it: ${INSTALL_PLUGIN}`);
  return typeof found === "string" ? line.unknown(found) : line.good(found[1]);
}

/** @returns numbers with the text they stand in; "missing"; or what is not known */
async function version(ask: () => Promise<Ran>, pattern: RegExp): Promise<readonly [number[], string] | string> {
  let said: Ran;
  try {
    said = await ask();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "missing";
    return `could not be asked: ${systemSentence(error) ?? (error as Error).message}`;
  }
  // Version 1 of the AWS CLI says it on standard error where its Python is old.
  const match = pattern.exec(`${said.out}\n${said.err}`);
  return match === null ? `"--version" said something else than a version` : [match.slice(1).map(Number), match[0]];
}

/** Which agents have registered is known once the hosts are there. */
async function agentsLine(
  { stack, profile, gateway, backend }: StackConfig,
  region: string,
  cli: Line,
  { run }: Surroundings,
): Promise<Line> {
  const line = named(AGENTS);
  if (cli.verdict !== "good") return line.unknown("needs the AWS CLI");
  const own = [gateway.ami, backend.ami].filter((ami) => ami !== undefined);
  const args = ["ssm", "describe-instance-information", "--region", region, ...(profile === undefined ? [] : ["--profile", profile])];
  const query = ["--filters", `Key=tag:Stack,Values=${stack}`, "--query", "InstanceInformationList[].PingStatus", "--output", "json"];
  const states = await jsonOf(() => run("aws", [...args, ...query]));
  if (!Array.isArray(states)) return line.unknown(`AWS could not be asked for them ("aws ssm describe-instance-information")`);
  const online = states.filter((state) => state === "Online").length;
  if (states.length > 0 && online === states.length) return line.good(`${online} of the stack's hosts are connected`);
  if (states.length > 0)
    return line.bad(
      `${states.length - online} of ${states.length} agents of the stack's hosts are not connected: the steps would wait 15 minutes for them, then fail; on the host: sudo snap restart amazon-ssm-agent`,
    );
  if (own.length > 0) return line.unknown(`no host has registered yet; whether ${own.join(" and ")} have the agent is not known here`);
  return line.good("no host has registered yet; the images of Ubuntu have the agent, which starts with the host");
}
