/** Asks a script of the project, which runs nothing of an application, by this machine's Python. */
import { spawnSync } from "node:child_process";

const LIMIT_MS = 30_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

export interface Unanswered {
  /** For people. */
  readonly why: string;
}

/** @param python the interpreter's name or path @returns what the script printed */
export function askPython(python: string, script: string, input: string): { readonly out: string } | Unanswered {
  const limits = { timeout: LIMIT_MS, maxBuffer: LARGEST_ANSWER };
  const ended = spawnSync(python, ["-I", "-S", "-B", script], { input, encoding: "utf8", ...limits });
  return ended.status === 0 ? { out: ended.stdout } : { why: whyNot(ended) };
}

interface Ended {
  readonly error?: NodeJS.ErrnoException;
  readonly signal: string | null;
  /** Null where it did not start. */
  readonly stderr: string | null;
}

/** Of a question without an answer. A Python that is too old does not know the script's own syntax; that of an application is a part of the answer. */
export function whyNot({ error, signal, stderr }: Ended): string {
  const code = error?.code;
  // Its name alone: what stands behind it may be of the code.
  const exception = /^([A-Za-z.]+)(?=:|$)/.exec((stderr ?? "").trim().split("\n").at(-1) ?? "")?.[1];
  if (code === "ETIMEDOUT") return `Python was not done with it after ${LIMIT_MS / 1000} seconds`;
  if ((error !== undefined && code !== "ENOBUFS") || exception === "SyntaxError")
    return "this machine has no Python (python3) that can tell";
  const how = exception ?? signal ?? code;
  return `Python ended while it read the code${how === undefined ? "" : ` (${how})`}`;
}
