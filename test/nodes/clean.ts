/** A clone of what is committed, for somebody who has nothing: an empty home, and on the PATH one Node, its npm and what a bare machine has. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, must, registrySettings } from "./toolchain";

const BARE = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** How the machine itself is set up: where its authorities are, and where it may write. */
const KEPT = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "LANG", "TMPDIR"];

export interface Clean {
  readonly project: string;
  /** Runs a program of this Node in the clone, with nothing of this process's surroundings. */
  readonly run: (...argv: readonly string[]) => void;
  /** The same for a program whose standard output is of no interest. */
  readonly runQuietly: (...argv: readonly string[]) => void;
}

/** @param bin directory of node and npm; the clone goes when the work has ended, well or not */
export function inCleanClone(bin: string, work: (clean: Clean) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "clean-clone-"));
  try {
    const [project, home] = [join(directory, "project"), join(directory, "home")];
    mkdirSync(home);
    must(["git", "clone", "--quiet", ROOT, project], { cwd: directory });
    const kept = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const env = { ...kept, ...registrySettings(), HOME: home, PATH: `${bin}:${BARE}` };
    const runner =
      (quiet: boolean): Clean["run"] =>
      (program = "", ...args) =>
        must([join(bin, program), ...args], { cwd: project, env, quiet });
    work({ project, run: runner(false), runQuietly: runner(true) });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
