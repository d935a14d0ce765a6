/** `lab` commands: machines of one's own, without the program. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Os } from "../../infra/external-names";
import { BACKEND_ADDRESS, GATEWAY_ADDRESS, createDefaultLab } from "./default-lab";
import { execInside } from "./inside";
import { listLabs, openLab, removeLab } from "./lab";
import { holdLab, readState } from "./state";
import { namespaceOf } from "./topology";

export interface Arguments {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | undefined>>;
  /** Everything behind "--". */
  readonly rest: readonly string[];
}

/** "none" is no limit. */
const numeric = (text: string | undefined): number | undefined => (text === undefined || text === "none" ? undefined : Number(text));

async function up(name: string, options: Arguments["options"]): Promise<void> {
  const started = Date.now();
  const userData = options["user-data"] === undefined ? "" : readFileSync(options["user-data"], "utf8");
  await createDefaultLab(name, {
    memoryMiB: numeric(options["memory"]),
    diskGiB: numeric(options["disk"]),
    userData,
    os: options["os"] as Os | undefined,
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
  const [command = "", host = "", limit] = words;
  if (command === "list") {
    for (const name of await listLabs()) console.log(name);
    return 0;
  }
  const name = options["name"] ?? "";
  switch (command) {
    case "up":
      await holdLab(name, "lab up", () => up(name, options));
      return 0;
    case "down":
      await holdLab(name, "lab down", () => removeLab(name));
      return 0;
    case "exec":
      return execute(name, host, rest);
    case "ssh":
      return interactive(sshCommand(name, host, rest));
    case "reboot":
      await openLab(name).reboot(host);
      return 0;
    case "off":
      await openLab(name).powerOff(host);
      return 0;
    case "on":
      await openLab(name).powerOn(host);
      return 0;
    case "cut":
      await openLab(name).cutLink(host);
      return 0;
    case "reconnect":
      await openLab(name).reconnectLink(host);
      return 0;
    case "memory":
      await openLab(name).setMemory(host, numeric(limit));
      return 0;
    default:
      throw new Error(`no lab command "${command}"`);
  }
}
