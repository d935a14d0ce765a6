/** The lab's state file: the one truth that the router's rules, the metadata service and `down` read. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeIfEmpty } from "./files";
import { Locked, withLock } from "./lock";
import { runDir, runRoot } from "./paths";
import type { LabState } from "./topology";
import { checkName } from "./topology";

const stateFile = (lab: string): string => join(runDir(lab), "lab.json");

export const labExists = (lab: string): boolean => existsSync(stateFile(lab));

/** @throws when there is no such lab */
export function readState(lab: string): LabState {
  if (!labExists(lab)) throw new Error(`there is no lab "${lab}" here: start it with \`lab up --name ${lab}\` (or up:local).`);
  return JSON.parse(readFileSync(stateFile(lab), "utf8")) as LabState;
}

/** Replaces the file in one step: a reader sees the old state or the new one. */
export function writeState(state: LabState): void {
  mkdirSync(runDir(state.name), { recursive: true, mode: 0o700 });
  const partial = `${stateFile(state.name)}.${process.pid}`;
  writeFileSync(partial, JSON.stringify(state, null, 2));
  renameSync(partial, stateFile(state.name));
}

/** Beside the lab's folder, which comes and goes while the lock is held. */
export const lockFile = (lab: string): string => join(runRoot, `${lab}.lock`);

/**
 * One process at a time brings a lab up or takes it down, as Pulumi's lock on a stack; the lock of one that was killed does not hold.
 * @param doing the command, e.g. "down:local" @throws naming the other command and its process
 */
export async function holdLab<T>(lab: string, doing: string, work: () => Promise<T>): Promise<T> {
  checkName("lab", lab);
  try {
    return await withLock(lockFile(lab), { doing }, work);
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    throw new Error(
      `lab "${lab}": ${error.holder} is at work on it, and ${doing} at the same time would break both: ` +
        `wait until it has ended or stop it, then run ${doing} again.`,
      { cause: error },
    );
  } finally {
    removeIfEmpty(runRoot);
  }
}
