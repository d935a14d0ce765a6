/**
 * Tests that need a program which npm does not bring (bash, tar, git, shellcheck). Where it is missing they are skipped, with the
 * reason in their name; tools/jest-skipped.js lists the reasons at the end of a run.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Why the program cannot be run here; undefined where it can. */
export const lacking = (program: string): string | undefined => (onPath(program) === undefined ? `${program} is not installed` : undefined);

/** Where a program lies; undefined where none that can be run is on the PATH. */
export function onPath(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(canRun);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `describe`, or what skips all of its tests for a reason. */
export function describeUnless(reason: string | undefined): (name: string, body: () => void) => void {
  return reason === undefined ? describe : (name, body) => describe.skip(`${name} (skipped: ${reason})`, body);
}

/** `test`, or what skips the test for a reason. */
export function unless(
  reason: string | undefined,
): Pick<jest.It, "each"> & ((name: string, run: jest.ProvidesCallback, timeout?: number) => void) {
  if (reason === undefined) return Object.assign((...args: Parameters<jest.It>) => test(...args), { each: test.each });
  const named = (name: string): string => `${name} (skipped: ${reason})`;
  const skip = test.skip.each as unknown as (table: unknown) => (name: string, run: unknown) => void;
  const each = ((table: unknown) => (name: string, run: unknown) => skip(table)(named(name), run)) as unknown as jest.Each;
  return Object.assign((name: string, run: jest.ProvidesCallback) => test.skip(named(name), run), { each });
}
