/**
 * A process of its own for the other side of a comparison: its program has module state (transformations, configuration) and may end the process.
 * Reads a SideRequest as JSON on standard input and writes what it found to the file that its argument names: the program may print.
 */
import { readFileSync, writeFileSync } from "fs";
import { evaluateSide } from "./evaluate";
import type { Evaluated, SideRequest } from "./side";

async function main(): Promise<void> {
  const request = JSON.parse(readFileSync(0, "utf8")) as SideRequest;
  let found: Evaluated;
  try {
    found = await evaluateSide(request);
  } catch (error) {
    // Whatever another program throws is what is wrong with that commit, and no fault of this one.
    found = { problem: `its program failed: ${(error as Error).message}` };
  }
  writeFileSync(process.argv[2] ?? "", JSON.stringify(found), { mode: 0o600 });
}

void main().then(() => process.exit());
