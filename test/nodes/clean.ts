/** A clone of what is committed, for somebody who has nothing: an empty home, and on the PATH one Node, its npm and the shell that npm starts. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../../policies/cli";
import { ROOT, emptyHome, must } from "./toolchain";

/** npm hands every script to it by this name. */
const SHELL = "/bin/sh";

export interface Clean {
  readonly project: string;
  /** Runs a program of this Node in the clone, with nothing of this process's surroundings. */
  readonly run: (...argv: readonly string[]) => Promise<void>;
  /** The same for a program whose standard output is of no interest. */
  readonly runQuietly: (...argv: readonly string[]) => Promise<void>;
}

/** @param bin directory of node and npm; the clone goes when the work has ended, well or not */
export async function inCleanClone(bin: string, io: Io, work: (clean: Clean) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "clean-clone-"));
  try {
    const [project, home, shell] = [join(directory, "project"), join(directory, "home"), join(directory, "bin")];
    for (const made of [home, shell]) mkdirSync(made);
    symlinkSync(SHELL, join(shell, "sh"));
    await must(["git", "clone", "--quiet", ROOT, project], io, { cwd: directory, quiet: true });
    const env = emptyHome(home, `${bin}:${shell}`);
    const runner =
      (quiet: boolean): Clean["run"] =>
      (program = "", ...args) =>
        must([join(bin, program), ...args], io, { cwd: project, env, quiet });
    await work({ project, run: runner(false), runQuietly: runner(true) });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
