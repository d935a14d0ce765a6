/** One machine: its disk, its boot and its end. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { limitMemory, makeGroups, processesOf, removeGroups } from "./cgroup";
import { startDaemon } from "./daemon";
import { ifThere } from "./files";
import { checkout, runDir } from "./paths";
import { must, until } from "./process";
import type { FirstBoot } from "./seed";
import { writeSeed } from "./seed";
import type { Tls } from "./tls";
import type { Host, LabState } from "./topology";
import { hostNamespace, imageOf } from "./topology";

const SUPERVISE = join(__dirname, "supervise.sh");
const directoryOf = (state: LabState, host: string): string => join(state.diskDir, host);

/** What the machine prints while it boots and runs. */
export const consoleLog = (lab: string, host: string): string => join(runDir(lab), `${host}.console.log`);

/** Prepares a new machine's disk. Nothing runs yet. */
export function createDisk(state: LabState, host: Host, boot: FirstBoot, tls: Tls): void {
  const directory = directoryOf(state, host.name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, "seed"), { recursive: true, mode: 0o755 });
  writeSeed(join(directory, "seed"), host, boot, imageOf(state, host), tls);
}

/** Switches the machine on; returns at once. Its disk keeps what an earlier run wrote. */
export function powerOn(state: LabState, host: Host): void {
  const directory = directoryOf(state, host.name);
  const groups = makeGroups(state.name, host.name);
  limitMemory(state.name, host.name, host.memoryMiB);
  startDaemon(["unshare", "--mount", "--propagation", "slave", "bash", SUPERVISE], {
    lab: state.name,
    part: host.name,
    logFile: consoleLog(state.name, host.name),
    env: {
      IMAGE: imageOf(state, host),
      DISK: directory,
      SEED: join(directory, "seed"),
      NETNS: `/run/netns/${hostNamespace(state.name, host.name)}`,
      NAME: `${checkout}-${state.name}-${host.name}`,
      WHEELS: state.wheelhouse,
      DISK_GIB: host.diskGiB === undefined ? "" : String(host.diskGiB),
      GROUPS_FILES: groups.join("\n"),
    },
  });
}

/** As pulling the plug: every process ends at once, nothing is flushed by the machine itself. */
export async function powerOff(state: LabState, host: string): Promise<void> {
  await removeGroups(state.name, host);
}

/** What is on the disk stays; what is only in memory of the file system, such as pages and its own log, is lost (EXT4_IOC_SHUTDOWN, NOLOGFLUSH). */
const STOP_FILE_SYSTEM = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))`;

/** A power cut: nothing is written any more, then every process ends. @throws when the machine has no file system of its own (diskGiB) */
export async function losePower(state: LabState, host: string): Promise<void> {
  const directory = directoryOf(state, host);
  const words = (id: number): string => ifThere(() => readFileSync(`/proc/${id}/cmdline`, "utf8"), "");
  // The mount is in the name space of what runs the machine.
  const supervisor = processesOf(state.name, host).find((id) => words(id).includes(SUPERVISE) && !words(id).includes("unshare"));
  if (supervisor === undefined || !existsSync(join(directory, "volume")))
    throw new Error(`machine ${host} is off, or has no disk of its own`);
  await must(["nsenter", "-t", String(supervisor), "-m", "python3", "-c", STOP_FILE_SYSTEM, join(directory, "layers")]);
  await powerOff(state, host);
}

export function removeDisk(state: LabState, host: string): void {
  rmSync(directoryOf(state, host), { recursive: true, force: true });
}

/** Process id, as seen from here, of the machine's first process; undefined while it is off. */
export function leaderOf(lab: string, host: string): number | undefined {
  return processesOf(lab, host).find((id) => /^NSpid:\s+\d+\s+1$/m.test(ifThere(() => readFileSync(`/proc/${id}/status`, "utf8"), "")));
}

/** @throws with the end of its console when the machine does not come up within 30 s */
export async function waitForLeader(lab: string, host: string): Promise<number> {
  try {
    return await until(`start of machine ${host}`, 30_000, () => Promise.resolve(leaderOf(lab, host)));
  } catch (error) {
    const log = consoleLog(lab, host);
    const tail = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-15).join("\n") : "";
    throw new Error(`${(error as Error).message}\n${tail}`, { cause: error });
  }
}
