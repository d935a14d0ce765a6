/** All lists of mutations: every file beside this one that is not part of the frame exports `mutations`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mutation } from "./frame";

const FRAME = /^(clean|foreign|frame|lists)\.ts$|\.test\.ts$/;

export function allMutations(): readonly Mutation[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".ts") && !FRAME.test(file));
  return files.sort().flatMap((file) => {
    const { mutations } = jest.requireActual<{ readonly mutations?: readonly Mutation[] }>(join(__dirname, file));
    if (!mutations) throw new Error(`${file} exports no mutations`);
    return mutations;
  });
}
