/**
 * Rows of requests with the answers that a release's models have to give before it may serve (`checks` of a manifest). docs/models.md describes
 * the file; templates/steps/checks.py asks on a host. Pure, but for `readChecks`.
 */
import { lstatSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { listed, rowProblems } from "./checks-rows";
import { ManifestError } from "./manifest-error";

/** How far a number may be from the expected one: the larger of `abs` and `rel` times the expected number. */
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

export interface CheckRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** With a query, where one is needed. */
  readonly path: string;
  /** `${NAME}` in a value stands for a setting of the backend's .env. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body; not with GET. */
  readonly json?: unknown;
}

export interface Expectation {
  readonly status: number;
  /** What the answer has to hold: further keys of objects do not matter, lists are compared whole. Absent: the status decides. */
  readonly json?: unknown;
}

/** A row with its tolerance, as a host gets it. */
export interface Check {
  /** For people. */
  readonly name?: string;
  readonly request: CheckRequest;
  readonly expect: Expectation & { readonly tolerance: Tolerance };
}

export interface Checks {
  /** As the manifest writes it, relative to the project's root. */
  readonly file: string;
  readonly rows: readonly Check[];
  /** Names of settings that the headers stand on, sorted. */
  readonly settings: readonly string[];
}

/** A row as the file has it. A row without `expect` waits to be recorded. */
export interface Row {
  readonly name?: string;
  readonly request: CheckRequest;
  readonly expect?: Partial<Expectation> & { readonly tolerance?: Partial<Tolerance> };
}

export interface ChecksFile {
  readonly tolerance?: Partial<Tolerance>;
  readonly rows: readonly Row[];
}

/** All of it is asked at each release, so it has to stay small. */
export const LIMITS = { bytes: 262_144, rows: 100, depth: 32 } as const;

/** What numbers of one model may differ by from one machine to another. */
export const DEFAULT_TOLERANCE: Tolerance = { abs: 1e-9, rel: 1e-6 };

const RECORD = 'Record it from the model that serves now: "npm run -s models -- record-checks --stack NAME".';

/** Reads and checks a file of rows, each with its expected answer. @throws ManifestError with all problems at once. */
export function readChecks(path: string, root: string): Checks {
  const { tolerance, rows } = readChecksFile(path, root);
  const waiting = rows.flatMap(({ expect }, index) => (expect === undefined ? [index + 1] : []));
  if (waiting.length > 0)
    throw new ManifestError([`${path}: ${listed(waiting)} without expect: there is nothing to compare with. ${RECORD}`]);
  const common = { ...DEFAULT_TOLERANCE, ...tolerance };
  const checks = rows.map(({ name, request, expect = {} }) => {
    const { status = 200, json, tolerance: own } = expect;
    return {
      ...(name === undefined ? {} : { name }),
      request,
      expect: { status, ...(json === undefined ? {} : { json }), tolerance: { ...common, ...own } },
    };
  });
  return { file: path, rows: checks, settings: settingsOf(rows) };
}

/** The file as it is written; rows may be without `expect`. @throws ManifestError with all problems at once. */
export function readChecksFile(path: string, root: string): ChecksFile {
  const value = parse(path, readText(path, resolve(root, path)));
  const problems = rowProblems(value, LIMITS);
  if (problems.length > 0) throw new ManifestError(problems.map((problem) => `${path}: ${problem}`));
  return value as ChecksFile;
}

/** What a host gets, and the digest of a release is made of. */
export const checksText = ({ file, rows }: Checks): string => `${JSON.stringify({ file, rows })}\n`;

const MAKE = "docs/models.md shows one.";

function readText(path: string, place: string): string {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (stats === undefined) throw new ManifestError([`${path}: does not exist. Paths of a manifest begin at the project's root; ${MAKE}`]);
  if (!stats.isFile()) throw new ManifestError([`${path}: is no regular file. Write a JSON file there; ${MAKE}`]);
  if (stats.size > LIMITS.bytes) {
    throw new ManifestError([
      `${path}: has ${stats.size} bytes; at most ${LIMITS.bytes} are sent to a host and asked at each release. Keep fewer or smaller rows.`,
    ]);
  }
  return readFileSync(place, "utf8");
}

/** Outside of texts. Python writes these, and they are no JSON; as a number too large for one they are reported with their row. */
const NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, "").replace(NO_NUMBER, (token) => (token.startsWith('"') ? token : "1e999")));
  } catch (error) {
    const offset = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = offset === undefined ? "" : `: something is wrong at line ${text.slice(0, Number(offset)).split("\n").length}`;
    throw new ManifestError([`${path}: is not JSON${line}. Restore it from git; ${MAKE}`]);
  }
}

/** `${NAME}` in a header's value. */
export const SETTING = /\$\{([A-Za-z_]\w*)\}/g;

function settingsOf(rows: readonly Row[]): string[] {
  const values = rows.flatMap(({ request }) => Object.values(request.headers ?? {}));
  return [...new Set(values.flatMap((value) => [...value.matchAll(SETTING)].map((match) => match[1]!)))].sort();
}
