/** The tree of a commit in a folder of its own, without touching the working copy, its index or its list of worktrees. */
import { execFileSync, spawn } from "child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "fs";
import { tmpdir } from "os";
import * as path from "path";
import { EXIT, Problem } from "../../policies/cli";
import { gitEnvironment } from "../../policies/cli/git";

export interface Tree {
  readonly root: string;
  readonly commit: string;
  remove(): void;
}

/** @throws Problem where git, the reference or the project in it is not there. */
export async function treeOf(working: string, ref: string): Promise<Tree> {
  const commit = resolve(working, ref);
  // Its owner alone may read it (mkdtemp).
  const folder = mkdtempSync(path.join(tmpdir(), "against-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const root = path.join(folder, "tree");
    await unpack(working, commit, root);
    if (!existsSync(path.join(root, "Pulumi.yaml"))) {
      throw new Problem(
        `--against ${ref}: that commit has no Pulumi.yaml in this folder, so there is no program to compare with; name a later one`,
      );
    }
    // The packages that are installed run both programs. `npm ci` of another commit would need the network and run for minutes.
    symlinkSync(path.join(working, "node_modules"), path.join(root, "node_modules"), "junction");
    return {
      root,
      commit,
      remove: () => {
        process.removeListener("exit", remove);
        remove();
      },
    };
  } catch (error) {
    process.removeListener("exit", remove);
    remove();
    throw error;
  }
}

/** The full id of the commit. */
function resolve(working: string, ref: string): string {
  // What begins with a dash would be an option of git's.
  if (ref.startsWith("-")) throw new Problem(`--against ${ref}: is no branch, tag or commit; write one, such as main or HEAD~1`);
  try {
    return git(working, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw noGit();
    if (!isRepository(working)) {
      throw new Problem("--against compares with a commit, and this folder is in no git repository; clone the project with git");
    }
    const shallow = git(working, ["rev-parse", "--is-shallow-repository"]).trim() === "true";
    const hint = shallow
      ? "; this clone is shallow, so fetch it first: git fetch --depth=1 origin COMMIT"
      : "; git log --oneline lists commits";
    throw new Problem(`--against ${ref}: no branch, tag or commit of that name is in this repository${hint}`);
  }
}

function isRepository(working: string): boolean {
  try {
    return git(working, ["rev-parse", "--is-inside-work-tree"]).trim() === "true";
  } catch {
    return false; // git says so by its exit code
  }
}

function noGit(): Problem {
  return new Problem("--against needs git, which is not installed (or not in PATH); install it", EXIT.cannotTell);
}

function git(working: string, args: readonly string[]): string {
  return execFileSync("git", args, { cwd: working, env: gitEnvironment(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** `git archive` in a folder of a repository packs that folder alone, with paths from there. */
async function unpack(working: string, commit: string, root: string): Promise<void> {
  mkdirSync(root, { mode: 0o700 });
  const pack = spawn("git", ["archive", "--format=tar", commit], {
    cwd: working,
    env: gitEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const take = spawn("tar", ["-xf", "-", "-C", root], { stdio: ["pipe", "ignore", "pipe"] });
  take.stdin.on("error", () => undefined); // tar has ended, and says why itself
  pack.stdout.pipe(take.stdin);
  const [packed, taken] = await Promise.all([ended("git archive", pack), ended("tar", take)]);
  for (const problem of [packed, taken]) if (problem !== undefined) throw new Problem(problem, EXIT.cannotTell);
}

function ended(name: string, child: ReturnType<typeof spawn>): Promise<string | undefined> {
  return new Promise((done) => {
    let said = "";
    child.stderr?.on("data", (text: Buffer) => (said += String(text)));
    child.on("error", (error) => done(`${name} could not be started: ${error.message}`));
    child.on("close", (code) => done(code === 0 ? undefined : `${name} ended with ${String(code)}: ${said.trim()}`));
  });
}
