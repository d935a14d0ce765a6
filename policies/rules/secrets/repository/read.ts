/** Reads the files of a repository: what git tracks, or all files where git does not answer. The only part here with effects. */
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gitEnvironment } from "../../../cli/git";
import type { Graph } from "../../../core/types";
import { repositoryGraph } from "./graph";
import type { RepositoryFile } from "./graph";

/** Larger files are listed by name alone. */
const MOST_BYTES = 2 * 1024 * 1024;
const NEVER_TRACKED = new Set([".git", "node_modules", ".cache", ".venv", "venv"]);

/** @throws Error when the directory cannot be read */
export function readRepository(directory: string): Graph {
  const paths = tracked(directory) ?? walk(directory, directory);
  return repositoryGraph(paths.flatMap((path) => readOne(directory, path)));
}

function tracked(directory: string): string[] | undefined {
  try {
    const list = execFileSync("git", ["-C", directory, "ls-files", "-z"], {
      env: gitEnvironment(),
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return list.split("\0").filter((path) => path !== "");
  } catch {
    return undefined; // no git, or no repository of its: the files themselves are evaluated
  }
}

function walk(root: string, directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return NEVER_TRACKED.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() ? [relative(root, path).split(sep).join("/")] : [];
  });
}

/** A tracked file that was deleted in the working tree is still in git, but there is nothing left here to read. */
function readOne(directory: string, path: string): RepositoryFile[] {
  const place = join(directory, path);
  const state = lstatSync(place, { throwIfNoEntry: false });
  if (!state) return [{ path, text: undefined }];
  if (!state.isFile() || state.size > MOST_BYTES) return [{ path, text: undefined }];
  const bytes = readFileSync(place);
  return [{ path, text: bytes.includes(0) ? undefined : bytes.toString("utf8") }];
}
