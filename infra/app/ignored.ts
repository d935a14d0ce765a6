/**
 * What of a folder is no part of an application: what .gitignore leaves out, and what no application is made of. Reads .gitignore files only.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { statsAt } from "./stats-at";

/** Repositories, environments, caches and what editors keep. Top-level `.env` is for secret-files.ts: it is named, not passed over. */
const NEVER = new Set([
  ...[".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", "__pypackages__", ".DS_Store", ".idea", ".vscode"],
  ...[".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".eggs", ".ipynb_checkpoints", ".cache"],
]);

/** True for a name that is left out wherever it stands. */
export function neverPacked(name: string): boolean {
  return NEVER.has(name) || name.endsWith(".pyc") || name.endsWith(".pyo");
}

/** A virtual environment, whatever its folder is called. */
export function isVirtualEnvironment(folder: string): boolean {
  return existsSync(join(folder, "pyvenv.cfg"));
}

interface Rules {
  /** A path of the application as the folder of these rules sees it. */
  readonly seen: (path: string) => string;
  readonly matcher: Ignore;
}

/** Patterns in the order in which they apply: the last one that says anything about a path decides, as in git. */
export class Ignored {
  private constructor(
    private readonly root: string,
    private readonly rules: readonly Rules[],
    /** app.exclude; after everything else, so that `!pattern` brings back what a .gitignore leaves out. */
    private readonly exclude: Ignore,
  ) {}

  static at(root: string, exclude: readonly string[]): Ignored {
    const above = repositoryRules(root);
    // Somebody who deploys a folder that git leaves out as a whole (a build's output) means it.
    const whole = above.some(({ seen, matcher }) => matcher.ignores(seen("")));
    return new Ignored(root, whole ? [] : above, ignore().add([...exclude])).within("");
  }

  /** Leaves everything in. */
  static nothing(root: string): Ignored {
    return new Ignored(root, [], ignore());
  }

  /** With the rules of a folder's own .gitignore added. */
  within(folder: string): Ignored {
    const text = readRules(join(this.root, folder, ".gitignore"));
    if (text === undefined) return this;
    return new Ignored(
      this.root,
      [...this.rules, { seen: (path) => (folder === "" ? path : path.slice(folder.length + 1)), matcher: ignore().add(text) }],
      this.exclude,
    );
  }

  has(path: string, folder: boolean): boolean {
    const whole = folder ? `${path}/` : path;
    const excluded = this.exclude.test(whole);
    if (excluded.ignored || excluded.unignored) return excluded.ignored;
    for (const { seen, matcher } of [...this.rules].reverse()) {
      const found = matcher.test(seen(whole));
      if (found.ignored || found.unignored) return found.ignored;
    }
    return false;
  }
}

/** The .gitignore files above the application, from the top of its repository on. */
function repositoryRules(root: string): Rules[] {
  const folders: string[] = [];
  for (let folder = dirname(root); folder !== dirname(folder); folder = dirname(folder)) {
    folders.unshift(folder);
    if (existsSync(join(folder, ".git"))) {
      return existsSync(join(root, ".git")) ? [] : folders.flatMap((one) => rulesAbove(one, root));
    }
  }
  return [];
}

function rulesAbove(folder: string, root: string): Rules[] {
  const text = readRules(join(folder, ".gitignore"));
  const way = relative(folder, root).split(sep).join("/");
  return text === undefined ? [] : [{ seen: (path) => `${way}/${path}`, matcher: ignore().add(text) }];
}

function readRules(file: string): string | undefined {
  return statsAt(file)?.isFile() === true ? readFileSync(file, "utf8") : undefined;
}
