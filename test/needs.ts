/**
 * Tests that need a program which npm does not bring (bash, tar, git, shellcheck). Where it is missing they are skipped, with the
 * reason in their name; tools/jest-skipped.js lists the reasons at the end of a run.
 */
import { spawnSync } from "node:child_process";

/** Why the program cannot be run here; undefined where it can. */
export function lacking(program: string): string | undefined {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined ? undefined : `${program} is not installed`;
}

/** `test`, or what skips the test for a reason. */
export function unless(reason: string | undefined): Pick<jest.It, "each"> & ((name: string, run: jest.ProvidesCallback) => void) {
  if (reason === undefined) return Object.assign((name: string, run: jest.ProvidesCallback) => test(name, run), { each: test.each });
  const named = (name: string): string => `${name} (skipped: ${reason})`;
  const skip = test.skip.each as unknown as (table: unknown) => (name: string, run: unknown) => void;
  const each = ((table: unknown) => (name: string, run: unknown) => skip(table)(named(name), run)) as unknown as jest.Each;
  return Object.assign((name: string, run: jest.ProvidesCallback) => test.skip(named(name), run), { each });
}
