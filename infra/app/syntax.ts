/**
 * Whether Python can parse the application's module and what that imports of the folder, and whether all of that is there; asked of this machine's
 * Python, which runs nothing of it.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { AppModule } from "./module";
import { sha256 } from "../sha256";
import { plainFiles, textOf, type AppTree } from "./tree";

const SCRIPT = join(__dirname, "syntax.py");
const LARGEST = 1024 * 1024;
const LIMIT_MS = 30_000;

/** An import at the level of a module, which runs when the service starts. */
export interface Imported {
  readonly path: string;
  readonly line: number;
  /** Dotted; of `from a import b` both `a` and `a.b`. */
  readonly name: string;
}

export interface SyntaxReport {
  readonly problem?: string;
  /** Why it was not checked, or what this machine's Python says that the hosts' may not. */
  readonly notice?: string;
  /** What it imports that is neither its own nor of Python. */
  readonly others?: readonly Imported[];
}

interface Answer {
  readonly absent: readonly Imported[];
  readonly others: readonly Imported[];
  readonly python: readonly [number, number];
  readonly problem: { readonly path: string; readonly line: number; readonly text: string; readonly says: string } | null;
}

/**
 * @param pythons versions that the hosts are known to have, such as "3.10"; an older Python here may not know what they know
 * @param python the interpreter's name or path
 */
export function checkSyntax(tree: AppTree, module: AppModule, pythons: readonly string[], python = "python3"): SyntaxReport {
  const answer = ask(tree, module.module, python);
  if (answer === undefined) {
    return { notice: `${module.module}: not checked for syntax errors, because this machine has no Python (python3) that can tell` };
  }
  if (answer.problem === null) {
    const [absent] = answer.absent;
    return absent === undefined ? { others: answer.others } : { problem: notThere(absent) };
  }
  const { path, line, text, says } = answer.problem;
  const found = `${path}, line ${line}: cannot be parsed as Python (${says}): ${text}`;
  const here = answer.python.join(".");
  const newer = pythons.find((version) => Number(version.split(".")[1]) > answer.python[1]);
  if (newer !== undefined) {
    return { notice: `${found}; this machine has Python ${here} and a host ${newer}, which may know more, so it was not checked further` };
  }
  return { problem: `${found}; the service could not start. Correct the line` };
}

function notThere({ path, line, name }: Imported): string {
  return `${path}, line ${line}: imports ${name}, which the application does not have, so the service could not start; add the module (and see that .gitignore does not leave it out), or correct the line`;
}

/** By content: an evaluation of many configurations asks for the same application again. */
const answers = new Map<string, Answer | undefined>();

function ask(tree: AppTree, module: string, python: string): Answer | undefined {
  const files = plainFiles(tree).filter(({ path, size }) => path.endsWith(".py") && size <= LARGEST);
  const paths = tree.entries.map(({ path }) => path);
  const input = JSON.stringify({ module, paths, files: Object.fromEntries(files.map(({ path }) => [path, textOf(tree, path) ?? ""])) });
  const key = sha256(`${python}\n${input}`);
  if (!answers.has(key)) answers.set(key, run(python, input));
  return answers.get(key);
}

/** Undefined where there is no Python, or one that does not know this script's own syntax. */
function run(python: string, input: string): Answer | undefined {
  const { status, stdout } = spawnSync(python, ["-I", "-S", "-B", SCRIPT], { input, timeout: LIMIT_MS, encoding: "utf8" });
  return status === 0 ? (JSON.parse(stdout) as Answer) : undefined;
}
