/**
 * Control groups: one a lab, below it one for each machine. They bound a machine's memory, and they are the sure list of
 * every process of a lab, also after the program that started it was killed. Version 1 and version 2 hierarchies.
 */
import type { Dirent } from "node:fs";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ifThere, removeIfEmpty } from "./files";
import { checkout } from "./paths";
import { sleep } from "./process";

const MOUNT = "/sys/fs/cgroup";
const SHARED = "ml-gateway-hosts";
/** This checkout's own. */
const ROOT = join(SHARED, checkout);

const isSecond = (): boolean => existsSync(join(MOUNT, "cgroup.controllers"));
/** A machine's group in the hierarchy that counts and limits memory. */
const memoryOf = (lab: string, part: string): string => join(isSecond() ? MOUNT : join(MOUNT, "memory"), ROOT, lab, part);

/** Hierarchies a lab's processes are put into: systemd in a machine needs a branch of its own, memory is for the limit. */
function hierarchies(): string[] {
  if (isSecond()) return [MOUNT];
  return ["systemd", "memory", "unified"]
    .map((name) => join(MOUNT, name))
    .filter((directory) => existsSync(join(directory, "cgroup.procs")));
}

/** Makes the groups of `lab/part`. @returns the files to which a process writes its id to join */
export function makeGroups(lab: string, part: string): string[] {
  return hierarchies().map((hierarchy) => {
    const directory = join(hierarchy, ROOT, lab, part);
    mkdirSync(directory, { recursive: true });
    if (hierarchy === MOUNT) {
      for (const level of [MOUNT, join(MOUNT, SHARED), join(MOUNT, ROOT), join(MOUNT, ROOT, lab)])
        writeFileSync(join(level, "cgroup.subtree_control"), "+memory");
    }
    return join(directory, "cgroup.procs");
  });
}

/** @param mebibytes undefined lifts the limit @throws when the machine already uses more and cannot give it back */
export function limitMemory(lab: string, part: string, mebibytes: number | undefined): void {
  const second = isSecond();
  const unlimited = second ? "max" : "-1";
  const value = mebibytes === undefined ? unlimited : String(mebibytes * 1024 * 1024);
  writeFileSync(join(memoryOf(lab, part), second ? "memory.max" : "memory.limit_in_bytes"), value);
}

/** Where a command from outside joins a machine's memory; nothing with version 2, whose inner groups take no processes. */
export function memoryGroups(lab: string, part: string): string[] {
  return makeGroups(lab, part).filter((file) => file.startsWith(join(MOUNT, "memory")));
}

const entriesOf = (directory: string): Dirent[] => ifThere(() => readdirSync(directory, { withFileTypes: true }), []);

/** Groups come and go while they are listed: one that has vanished has no group below it and no process. */
export function groupsBelow(directory: string): string[] {
  const children = entriesOf(directory).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => groupsBelow(join(directory, entry.name))), directory];
}

const groupsOf = (lab: string, part: string): string[] =>
  hierarchies().flatMap((hierarchy) => groupsBelow(join(hierarchy, ROOT, lab, part)));

/** Process ids in the groups of a lab, or of one of its parts. */
export function processesOf(lab: string, part = ""): number[] {
  const lines = groupsOf(lab, part).flatMap((directory) =>
    ifThere(() => readFileSync(join(directory, "cgroup.procs"), "utf8"), "").split("\n"),
  );
  return [...new Set(lines.filter((line) => line !== "").map(Number))];
}

/** Kills every process of a lab (or of one part) and removes the groups. @throws when some survive 20 s */
export async function removeGroups(lab: string, part = ""): Promise<void> {
  for (let attempt = 0; processesOf(lab, part).length > 0; attempt += 1) {
    if (attempt === 200) throw new Error(`processes of lab ${lab} do not end: ${processesOf(lab, part).join(" ")}`);
    // A process that ended between being listed and being killed is what we wanted.
    for (const id of processesOf(lab, part)) ifThere(() => void process.kill(id, "SIGKILL"), undefined);
    await sleep(100);
  }
  for (let attempt = 0; ; attempt += 1) {
    try {
      for (const directory of groupsOf(lab, part)) ifThere(() => rmdirSync(directory), undefined);
      return;
    } catch (error) {
      // The kernel keeps a group busy for a moment after its last process ended.
      if (attempt === 50) throw error;
      await sleep(100);
    }
  }
}

/** After the last lab of this checkout: its own empty groups. */
export function removeEmptyRoot(): void {
  for (const hierarchy of hierarchies()) if (existsSync(join(hierarchy, ROOT))) removeIfEmpty(join(hierarchy, ROOT));
}

/** Labs of this checkout that have groups: what `down` finds after a crash. */
export function labsWithGroups(): string[] {
  const names = hierarchies().flatMap((hierarchy) => entriesOf(join(hierarchy, ROOT)).filter((entry) => entry.isDirectory()));
  return [...new Set(names.map((entry) => entry.name))];
}

/**
 * Seconds of processor time that a machine has used, ended processes included; undefined where the kernel does not count. Groups of version 2 count
 * without a controller, also beside those of version 1 (cgroup-v2.rst, cpu.stat).
 */
export function usedSeconds(lab: string, part: string): number | undefined {
  const root = isSecond() ? MOUNT : join(MOUNT, "unified");
  const found = /^usage_usec (\d+)$/m.exec(ifThere(() => readFileSync(join(root, ROOT, lab, part, "cpu.stat"), "utf8"), ""))?.[1];
  return found === undefined ? undefined : Number(found) / 1e6;
}

export interface Held {
  /** What the kernel cannot take back without swap: anonymous pages and shared memory. */
  readonly heldMiB: number;
  /** Processes that it has killed for memory since the machine's group was made. */
  readonly killed: number;
}

/** What a machine holds of its memory now (memory.rst of version 1, cgroup-v2.rst). */
export function heldMemory(lab: string, part: string): Held {
  const second = isSecond();
  const read = (name: string): string => ifThere(() => readFileSync(join(memoryOf(lab, part), name), "utf8"), "");
  const value = (name: string, key: string): number => Number(new RegExp(`^${key} (\\d+)$`, "m").exec(read(name))?.[1] ?? 0);
  const bytes = second
    ? value("memory.stat", "anon") + value("memory.stat", "shmem")
    : value("memory.stat", "total_rss") + value("memory.stat", "total_shmem");
  return { heldMiB: bytes / 1024 ** 2, killed: value(second ? "memory.events" : "memory.oom_control", "oom_kill") };
}
