/** Bounds the processor time of a lab's host, as an instance type with less than a whole core does. Control groups of version 1 alone. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { groupsBelow, processesOf } from "../test/lab/cgroup";
import { ifThere } from "../test/lab/files";

const MOUNT = "/sys/fs/cgroup/cpu";
const PERIOD_US = 100_000;

export const canBound = (): boolean => existsSync(join(MOUNT, "cpu.cfs_quota_us"));

/** @param cores of processor time a second, over all cores @returns what lifts the bound */
export function boundProcessors(lab: string, host: string, cores: number): () => void {
  const group = join(MOUNT, `ml-gateway-bench-${String(process.pid)}-${host}`);
  mkdirSync(group);
  writeFileSync(join(group, "cpu.cfs_period_us"), String(PERIOD_US));
  writeFileSync(join(group, "cpu.cfs_quota_us"), String(PERIOD_US * cores));
  const move = (id: number, target: string): void => ifThere(() => writeFileSync(join(target, "cgroup.procs"), String(id)), undefined);
  for (const id of processesOf(lab, host)) move(id, group);
  return () => {
    for (const directory of groupsBelow(group)) {
      for (const id of readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter(Boolean)) move(Number(id), MOUNT);
      rmdirSync(directory);
    }
  };
}
