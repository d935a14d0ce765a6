/** Checks the stack as the offline preview would, before anything is written; then writes, the stack's file last. */
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from "fs";
import { dirname, join, resolve } from "path";
import { Problem, systemSentence } from "../../policies/cli";
import { loadOffline } from "../doctor/stack";
import { placeholderKey } from "../offline/placeholder-key";
import { stackFileFromText } from "../offline/stack-file";
import { createOrSame, createWhole, ensureKey } from "./files";
import type { Gathered } from "./gather";
import { stackText } from "./plan";

/** A key pair beside a stack file that cannot be written would be half of it. @throws Problem */
export function checkWritable(root: string, file: string): void {
  try {
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new Problem(`nothing was written: ${systemSentence(error, file) ?? (error as Error).message}`);
  }
}

/** @throws Problem with everything that is wrong with the stack that would be written */
export async function checkPlan(root: string, { answers, manifest }: Gathered): Promise<void> {
  checkWritable(root, `Pulumi.${answers.stack}.yaml`);
  const trial = `.cache/init-${process.pid}.json`;
  try {
    if (manifest !== undefined) {
      mkdirSync(dirname(join(root, trial)), { recursive: true });
      writeFileSync(join(root, trial), manifest);
    }
    // The key is made when nothing else is wrong.
    const { keyFile: _later, ...rest } = answers;
    const text = stackText({ ...rest, manifest: manifest === undefined ? answers.manifest : trial });
    const file = stackFileFromText(root, answers.stack, text, { privateKey: placeholderKey });
    const found = await loadOffline(root, file, answers.region);
    if (!("problems" in found)) return;
    const problems = found.problems.map((problem) => `  - ${problem.replaceAll(trial, answers.manifest)}`);
    throw new Problem(
      `nothing was written: the stack would have ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.join("\n")}`,
    );
  } finally {
    rmSync(join(root, trial), { force: true });
  }
}

/** @returns what was made, a line each. Whoever ends it half-way runs the same command again: each file is whole or not there. */
export function writePlan(root: string, { answers, manifest }: Gathered): string[] {
  const { keyFile, stack } = answers;
  const lines: string[] = [];
  if (manifest !== undefined) {
    createOrSame(root, answers.manifest, manifest);
    lines.push(`${answers.manifest}: the models, with sizes and sha256`);
  }
  if (keyFile !== undefined) {
    const what = ensureKey(keyFile, root, `${answers.project}-${stack}`);
    lines.push(`${keyFile}: ${what === "made" ? "a new key pair (ed25519, mode 600)" : "the key that was there"}`);
  }
  const file = `Pulumi.${stack}.yaml`;
  try {
    createWhole(resolve(root, file), stackText(answers));
  } catch (error) {
    throw new Problem(systemSentence(error, file) ?? (error as Error).message);
  }
  return [...lines, `${file}: the stack`];
}
