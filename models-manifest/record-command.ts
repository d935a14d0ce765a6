/** `npm run models -- record-checks`. */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { EXIT, Problem, reasonOf, UsageProblem } from "../policies/cli";
import type { ExitCode, Given, Io } from "../policies/cli";
import { MANIFEST, manifestPath, ownPath, type Surroundings } from "./arguments";
import { readChecksFile } from "./checks";
import { writeAtomically } from "./files";
import { writeManifest } from "./format";
import { checkManifest, readManifest, type Manifest } from "./manifest";
import { askUrl, CHECKS_PROGRAM, hostCommand, leftOut, questions, readAnswers, withAnswers, type Asked } from "./record";

export const RECORD_OPTIONS = {
  stack: { kind: "text", value: "NAME", short: "s", help: "the deployed stack whose backend is asked" },
  url: {
    kind: "text",
    value: "URL",
    help: "a service to ask from this machine instead",
    form: { pattern: /^https?:\/\/[^/?#\s@]+\/?$/, what: "scheme, host and port, such as http://127.0.0.1:8000" },
  },
  all: { kind: "flag", help: "record every row again, not those alone that have no expect" },
  config: { kind: "text", value: "FILE", help: 'with --stack: what "pulumi config --show-secrets --json" printed' },
  outputs: { kind: "text", value: "FILE", help: 'with --stack: what "pulumi stack output --json" printed' },
  manifest: MANIFEST,
} as const;

type Options = Given<typeof RECORD_OPTIONS>["options"];

/** The checks file, relative to the root. */
function checksPath(word: string | undefined, manifest: Manifest, path: string, root: string, from: string): string {
  const file = word === undefined ? manifest.checks : relative(root, ownPath(word, "FILE", from));
  if (file === undefined) throw new UsageProblem(`${path} names no checks. Give the file: models-manifest/checks.json`);
  return file;
}

async function ask(options: Options, text: string, { root, python }: Surroundings, io: Io): Promise<Asked> {
  const { stack, url } = options;
  if ((stack === undefined) === (url === undefined)) throw new UsageProblem("say whom to ask: either --stack NAME or --url URL");
  if (url !== undefined) return askUrl(url, text, python);
  // Loaded here: the program and the provider's library take seconds.
  const { askBackend } = await import("../infra/cli/checks-host");
  try {
    return await askBackend(root, { ...options, stack: stack ?? "" }, io, {
      command: hostCommand(readFileSync(CHECKS_PROGRAM, "utf8")),
      stdin: text,
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(reasonOf(error), EXIT.cannotTell);
  }
}

export async function recordChecks({ options, words }: Given<typeof RECORD_OPTIONS>, around: Surroundings, io: Io): Promise<ExitCode> {
  const { root } = around;
  const path = manifestPath(options.manifest, root, io.from, true);
  const manifest = readManifest(path, root);
  const checks = checksPath(words[0], manifest, path, root, io.from);
  const after = checkManifest({ ...manifest, checks }, path);
  const file = readChecksFile(checks, root);
  const places = file.rows.flatMap(({ expect }, index) => (expect === undefined || options.all ? [index] : []));
  if (places.length > 0) {
    io.progress.say(`asking ${places.length} rows`);
    const text = questions(
      checks,
      places.map((place) => file.rows[place]!),
    );
    const recorded = readAnswers(await ask(options, text, around, io), checks, places.length);
    writeAtomically(resolve(root, checks), [Buffer.from(`${JSON.stringify(withAnswers(file, places, recorded), null, 2)}\n`)]);
    for (const line of leftOut(places, recorded)) io.out(`left out, because two answers differed: ${line}`);
  }
  if (manifest.checks !== checks) writeManifest(resolve(root, path), after);
  io.out(`${checks}: ${places.length} of ${file.rows.length} rows recorded${manifest.checks === checks ? "" : `; ${path} names it now`}`);
  return EXIT.ok;
}
