/** The lab's state file: the one truth that the router's rules, the metadata service and `down` read. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runDir } from "./paths";
import type { LabState } from "./topology";

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
