/**
 * Evaluates the policies on a graph from a file, without the program and without an engine:
 *
 *   npm run policies:check -- --graph FILE [--repository DIR] [--config FILE] [--json] [--sarif FILE] [--junit FILE]
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import {
  asProblems,
  command,
  fitted,
  palette,
  parseJsonText,
  Problem,
  readNamed,
  start,
  systemSentence,
  UsageProblem,
  writeNamed,
} from "./cli";
import type { ExitCode, Given, Io, Screen } from "./cli";
import { ConfigError, DEFAULT_CONFIG, readConfig } from "./core/config";
import type { Config } from "./core/config";
import { evaluateParts, exitCode } from "./core/evaluate";
import type { Part } from "./core/evaluate";
import { closingLine } from "./core/summary";
import { InputError, loadGraph } from "./graph/load";
import { jsonReport } from "./report/json";
import { junitReport } from "./report/junit";
import { sarifReport } from "./report/sarif";
import type { Folders } from "./report/sarif";
import { paintFinding, textReport } from "./report/text";
import { policies, policyIds } from "./rules";
import { readRepository, repositoryPolicies } from "./rules/secrets/repository";

const OPTIONS = {
  graph: {
    kind: "text",
    value: "FILE",
    help: 'what to look at ("-": standard input): the JSON of `pulumi stack export`, of `npm run -s preview:offline -- --json` or of `pulumi preview --json --show-sames`',
  },
  repository: {
    kind: "text",
    value: "DIR",
    help: "look at the files of a repository too, or alone: stack files, .gitignore, secrets in git",
  },
  config: { kind: "text", value: "FILE", help: "roles, levels and exemptions, as for --policy-pack-config (see policies/README.md)" },
  explain: {
    kind: "text",
    value: "POLICY|URN",
    help: "why a policy says what it says (a pass as well), or what is known of a resource: for reachability every path with a packet, or what blocks it",
  },
  json: { kind: "flag", help: "the result as JSON on standard output, in place of text" },
  sarif: { kind: "text", value: "FILE", help: "the result as SARIF 2.1.0 into FILE" },
  junit: { kind: "text", value: "FILE", help: "the result as JUnit XML into FILE" },
} as const;

type CheckOptions = Given<typeof OPTIONS>["options"];

export const checkCommand = command({
  name: "policies:check",
  summary: "Evaluates the policies on a graph from a file, on the files of a repository, or on both; needs no engine.",
  options: OPTIONS,
  examples: [
    "--graph graph.json",
    "--graph state.json --config policy-config.json --sarif policies.sarif",
    "--graph graph.json --explain service-port-only-from-gateway",
    "--repository .",
  ],
  exitCodes: {
    0: "no mandatory policy is violated, and none cannot tell",
    1: "a mandatory policy is violated",
    3: "a mandatory policy cannot tell (and none is violated), or this machine is in the way",
  },
  run: ({ options }, io) => check(options, io),
});

async function check(options: CheckOptions, io: Io): Promise<ExitCode> {
  if (options.graph === undefined && options.repository === undefined)
    throw new UsageProblem("--graph FILE is missing, or --repository DIR");
  if (
    options.explain !== undefined &&
    (options.graph === undefined || [options.sarif, options.junit, options.repository].some((one) => one !== undefined))
  )
    throw new UsageProblem("--explain needs --graph FILE, and goes with --config and --json alone");
  const config = options.config === undefined ? DEFAULT_CONFIG : configFrom(options.config, io.from);
  io.progress.say("reading");
  if (options.explain !== undefined && options.graph !== undefined)
    return explained(options.explain, options.graph, config, options.json, io);
  const parts = [...(await graphPart(options.graph, io.from)), ...repositoryPart(options.repository, io.from)];
  const asked = parts.flatMap((part) => part.policies);
  const result = await evaluateParts(parts, config, new Date().toISOString().slice(0, 10), (text) => io.progress.say(text));
  if (options.sarif !== undefined)
    writeNamed(options.sarif, "--sarif", io.from, sarifReport(result, asked, folders(options.repository, io.from), version()));
  if (options.junit !== undefined) writeNamed(options.junit, "--junit", io.from, junitReport(result, asked));
  io.progress.end();
  io.out(options.json ? jsonReport(result, asked).trimEnd() : shownOn(io.screen, textReport(result, asked)));
  if (options.json) io.err(closingLine(result.summary));
  return exitCode(result);
}

/** The answer is no verdict on the program: it ends with 0 whatever it says. */
async function explained(asked: string, file: string, config: Config, json: boolean, io: Io): Promise<ExitCode> {
  const [part] = await graphPart(file, io.from);
  if (part === undefined) throw new Error("no graph");
  const { explain, UnknownQuestion } = await import("./explain");
  const { explanationText } = await import("./explain/text");
  const today = new Date().toISOString().slice(0, 10);
  const answer = await asProblems([UnknownQuestion], () => explain(policies, part.graph, config, today, asked));
  io.progress.end();
  io.out(json ? JSON.stringify(answer, null, 2) : shownOn(io.screen, explanationText(answer)));
  return 0;
}

function shownOn(screen: Screen, text: string): string {
  return fitted(text.trimEnd(), screen)
    .split("\n")
    .map(paintFinding(palette(screen.colours)))
    .join("\n");
}

async function graphPart(file: string | undefined, from: string): Promise<Part[]> {
  if (file === undefined) return [];
  const text = readNamed(file, "--graph", from);
  const { graph } = await asProblems([InputError], () => loadGraph(text, file === "-" ? "standard input" : file));
  return [{ policies, graph }];
}

function repositoryPart(directory: string | undefined, from: string): Part[] {
  if (directory === undefined) return [];
  try {
    return [{ policies: repositoryPolicies, graph: readRepository(resolve(from, directory)) }];
  } catch (error) {
    const sentence = systemSentence(error);
    throw sentence === undefined ? error : new Problem(`--repository: ${sentence}`);
  }
}

function configFrom(file: string, from: string): Config {
  const read = parseJsonText(readNamed(file, "--config", from));
  if ("problem" in read) throw new Problem(`${file}: ${read.problem}`);
  try {
    return readConfig(read.value, policyIds);
  } catch (error) {
    throw error instanceof ConfigError ? new Problem(`${file}: ${error.message}`) : error;
  }
}

/** Results name files by their place in the repository: the nearest folder above that has a .git. */
function folders(repository: string | undefined, from: string): Folders {
  const program = nearest(from, "Pulumi.yaml") ?? from;
  const within = (folder: string): string => {
    const path = relative(nearest(folder, ".git") ?? folder, folder);
    return path.split(sep).join("/");
  };
  return { program: within(program), files: within(resolve(from, repository ?? ".")) };
}

function nearest(from: string, name: string): string | undefined {
  if (existsSync(join(from, name))) return from;
  const above = dirname(from);
  return above === from ? undefined : nearest(above, name);
}

function version(): string {
  return (JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")) as { version: string }).version;
}

if (require.main === module) start(checkCommand);
