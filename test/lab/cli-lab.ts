/** `lab` commands: machines of one's own, without the program. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { BACKEND_ADDRESS, GATEWAY_ADDRESS, createDefaultLab } from "./default-lab";
import { execInside } from "./inside";
import { listLabs, openLab, removeLab } from "./lab";
import { holdLab, readState } from "./state";
import { namespaceOf } from "./topology";

export const LAB_USAGE = `lab up --name NAME [--memory MIB] [--disk GIB] [--user-data FILE]   two fresh machines, gateway and backend
lab down --name NAME                      removes every trace
lab list                                  labs of this checkout of which anything is left
lab exec --name NAME HOST -- COMMAND...   a bash command line as root of a machine (HOST may be outside: the operator's namespace)
lab ssh --name NAME HOST [-- COMMAND...]  as the program reaches it: ubuntu@HOST with the lab's key, the backend through the gateway
lab reboot|off|on --name NAME HOST        orderly reboot; pull the plug; switch on
lab cut|mend --name NAME HOST|operator    drop every packet of a machine or of the operator; end of that
lab memory --name NAME HOST MIB|none      limit the whole machine`;

export interface Arguments {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** Everything behind "--". */
  readonly rest: readonly string[];
}

const need = (value: string | undefined, what: string): string => {
  if (value === undefined || value === "") throw new Error(`${what} is missing.\n${LAB_USAGE}`);
  return value;
};

const numeric = (text: string | undefined, option: string): number | undefined => {
  if (text === undefined || text === "none") return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} "${text}": give a whole number.`);
  return Number(text);
};

async function up(name: string, options: Arguments["options"]): Promise<void> {
  const started = Date.now();
  const userData = options["user-data"] === undefined ? "" : readFileSync(options["user-data"], "utf8");
  await createDefaultLab(name, {
    memoryMiB: numeric(options["memory"], "--memory"),
    diskGiB: numeric(options["disk"], "--disk"),
    userData,
  });
  console.log(
    `lab ${name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s: gateway ${GATEWAY_ADDRESS}, backend ${BACKEND_ADDRESS} behind it`,
  );
}

/** ssh's arguments for a host of a lab; the backend goes through the gateway. Keys of throw-away machines are not remembered. */
export function sshCommand(lab: string, host: string, command: readonly string[]): string[] {
  const state = readState(lab);
  const common = [
    "-i",
    state.privateKeyFile,
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "LogLevel=ERROR",
  ];
  const target = state.hosts[host];
  if (target === undefined) throw new Error(`lab ${lab} has no host "${host}"; it has: ${Object.keys(state.hosts).join(", ")}`);
  const bastion = Object.values(state.hosts).find((one) => one.publicAddress !== undefined);
  const proxy =
    target.publicAddress === undefined
      ? ["-o", `ProxyCommand=ssh ${common.join(" ")} -W %h:%p ubuntu@${bastion?.publicAddress ?? ""}`]
      : [];
  const address = target.publicAddress ?? target.address;
  return ["ip", "netns", "exec", namespaceOf(lab, "operator"), "ssh", ...common, ...proxy, `ubuntu@${address}`, ...command];
}

/** With the terminal of the caller. @returns the exit status */
function interactive(argv: readonly string[]): number {
  const [program = "", ...args] = argv;
  return spawnSync(program, args, { stdio: "inherit" }).status ?? 1;
}

async function execute(name: string, host: string, rest: readonly string[]): Promise<number> {
  if (host === "outside") return interactive(openLab(name).outside(rest));
  const result = await execInside(name, host, rest.join(" "));
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  return result.code;
}

/** @returns the exit status */
export async function labCommand({ words, options, rest }: Arguments): Promise<number> {
  const [command = "", first, second] = words;
  if (command === "list") {
    for (const name of await listLabs()) console.log(name);
    return 0;
  }
  const name = need(options["name"], "--name NAME");
  const host = (): string => need(first, "HOST");
  switch (command) {
    case "up":
      await holdLab(name, "lab up", () => up(name, options));
      return 0;
    case "down":
      await holdLab(name, "lab down", () => removeLab(name));
      return 0;
    case "exec":
      return execute(name, host(), rest);
    case "ssh":
      return interactive(sshCommand(name, host(), rest));
    case "reboot":
      await openLab(name).reboot(host());
      return 0;
    case "off":
      await openLab(name).powerOff(host());
      return 0;
    case "on":
      await openLab(name).powerOn(host());
      return 0;
    case "cut":
      await openLab(name).cutLink(host());
      return 0;
    case "mend":
      await openLab(name).mendLink(host());
      return 0;
    case "memory":
      await openLab(name).setMemory(host(), numeric(need(second, "MIB|none"), "MIB"));
      return 0;
    default:
      throw new Error(LAB_USAGE);
  }
}
