/** Fills the rows of a checks file with what a running service answers. Pure, but for the question itself, which the caller asks. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import type { ChecksFile, Row } from "./checks";
import { EXIT, Problem } from "../policies/cli";

/** What templates/steps/checks.py prints. */
export interface Recorded {
  readonly answers: readonly { readonly status: number; readonly json?: unknown }[];
  /** For each answer, where two answers to the same request differed. */
  readonly unsteady: readonly (readonly (readonly (string | number)[])[])[];
}

export interface Asked {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const CHECKS_PROGRAM = resolve(__dirname, "../templates/steps/checks.py");
const SECONDS = 120;

/** What checks.py reads. */
export const questions = (path: string, rows: readonly Row[]): string =>
  JSON.stringify({ file: path, rows: rows.map(({ name, request }) => ({ name, request })) });

/** Asks a URL from this machine. */
export function askUrl(url: string, text: string, python = "python3"): Asked {
  const args = ["-I", "-S", CHECKS_PROGRAM, "record", "-", url, "-", "-", String(SECONDS)];
  const { status, stdout, stderr, error } = spawnSync(python, args, { input: text, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (error !== undefined && "code" in error && error.code === "ENOENT") {
    throw new Problem(
      "there is no python3 here, which asks the rows. Install Python 3.10 or later, or record over --stack NAME.",
      EXIT.cannotTell,
    );
  }
  return { code: status ?? 255, stdout: stdout ?? "", stderr: stderr ?? "" };
}

/** The command that asks the backend itself, on the host; its stdin are the questions. */
export function hostCommand(program: string): string {
  const quoted = `'${program.replaceAll("'", "'\\''")}'`;
  const facts = '"/var/lib/ddos/releases/$(basename "$(readlink /home/ddos/current)")/facts"';
  return `sudo -n /usr/bin/python3 -I -S -c ${quoted} record - http://127.0.0.1:8000 /home/ddos/current/app/.env ${facts} ${SECONDS}`;
}

/** @throws Problem with what the service or the host said instead */
export function readAnswers(asked: Asked, path: string, count: number): Recorded {
  const said = asked.stdout.trim();
  if (asked.code === 1 && said !== "") throw new Problem(`${path}: ${said.split("\n")[0] ?? ""}`, EXIT.wrong);
  const parsed = asked.code === 0 ? (JSON.parse(said) as Recorded) : undefined;
  if (parsed?.answers.length !== count) {
    const why = asked.stderr.trim().split("\n").pop() ?? "";
    throw new Problem(`${path}: the rows could not be asked: ${why === "" ? `status ${asked.code}` : why}`, EXIT.cannotTell);
  }
  return parsed;
}

/** The answer without what changes from one to the next. A whole answer that changes leaves its status alone. */
function steady(json: unknown, unsteady: readonly (readonly (string | number)[])[]): unknown {
  if (unsteady.some((place) => place.length === 0)) return undefined;
  const copy = structuredClone(json);
  for (const place of unsteady) {
    const inner = place.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], copy);
    if (inner !== undefined) Reflect.deleteProperty(inner as object, place.at(-1)!);
  }
  return copy;
}

/** The file with the answers of the rows at `places`; other rows, and tolerances, stay. */
export function withAnswers(file: ChecksFile, places: readonly number[], { answers, unsteady }: Recorded): ChecksFile {
  const rows = file.rows.map((row, index): Row => {
    const at = places.indexOf(index);
    const answer = answers[at];
    if (answer === undefined) return row;
    const json = "json" in answer ? steady(answer.json, unsteady[at] ?? []) : undefined;
    const tolerance = row.expect?.tolerance;
    return {
      ...row,
      expect: { status: answer.status, ...(json === undefined ? {} : { json }), ...(tolerance === undefined ? {} : { tolerance }) },
    };
  });
  return { ...file, rows };
}

/** `row 2: latency_ms, id`, a line each, of what was left out. */
export function leftOut(places: readonly number[], { unsteady }: Recorded): string[] {
  return places.flatMap((place, at) => {
    const names = (unsteady[at] ?? []).map((path) => (path.length === 0 ? "the whole answer" : path.join(".")));
    return names.length === 0 ? [] : [`row ${place + 1}: ${names.join(", ")}`];
  });
}
