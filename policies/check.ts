/**
 * Judges a graph from a file, without the program and without an engine:
 *
 *   npm run policies:check -- --graph FILE [--repository DIR] [--config FILE] [--json] [--sarif FILE] [--junit FILE]
 *
 * Exit 0: nothing mandatory; 1: a mandatory violation; 3: a mandatory "cannot tell"; 2: input that cannot be judged.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError, DEFAULT_CONFIG, readConfig } from "./core/config";
import type { Config } from "./core/config";
import { closingLine, evaluateParts, exitCode } from "./core/evaluate";
import type { Part } from "./core/evaluate";
import { InputError, loadGraph } from "./graph/load";
import { jsonReport } from "./report/json";
import { junitReport } from "./report/junit";
import { sarifReport } from "./report/sarif";
import { textReport } from "./report/text";
import { policies, policyIds } from "./rules";
import { readRepository, repositoryPolicies } from "./rules/secrets/repository";

const USAGE = `usage: npm run policies:check -- --graph FILE [--repository DIR] [--config FILE] [--json] [--sarif FILE] [--junit FILE]

  --graph FILE      what to judge ("-": standard input): the JSON of \`pulumi stack export\`, of \`npm run -s preview:offline -- --json\`
                    or of \`pulumi preview --json\`
  --repository DIR  judge the files of a repository too, or (without --graph) alone: stack files, .gitignore, secrets in git
  --config FILE     roles, levels and exemptions, as for --policy-pack-config (see policies/README.md)
  --json            the result as JSON on standard output, in place of text
  --sarif FILE      the result as SARIF 2.1.0 into FILE
  --junit FILE      the result as JUnit XML into FILE

exit: 0 nothing mandatory, 1 a mandatory violation, 3 a mandatory "cannot tell", 2 bad input`;

interface Options {
  readonly graph?: string;
  readonly repository?: string;
  readonly config?: string;
  readonly json: boolean;
  readonly sarif?: string;
  readonly junit?: string;
}

/** @throws InputError */
async function run(options: Options): Promise<number> {
  const config = options.config === undefined ? DEFAULT_CONFIG : configFrom(options.config);
  const parts = [...graphPart(options.graph), ...repositoryPart(options.repository)];
  const result = await evaluateParts(parts, config, new Date().toISOString().slice(0, 10));
  const asked = parts.flatMap((part) => part.policies);
  const source = options.graph ?? options.repository ?? "";
  if (options.sarif !== undefined) write(options.sarif, "--sarif", sarifReport(result, asked, source, version()));
  if (options.junit !== undefined) write(options.junit, "--junit", junitReport(result, asked));
  process.stdout.write(options.json ? jsonReport(result) : textReport(result));
  if (options.json) process.stderr.write(`${closingLine(result)}\n`);
  return exitCode(result);
}

function graphPart(file: string | undefined): Part[] {
  if (file === undefined) return [];
  return [{ policies, graph: loadGraph(read(file, "--graph"), file === "-" ? "standard input" : file).graph }];
}

function repositoryPart(directory: string | undefined): Part[] {
  if (directory === undefined) return [];
  try {
    return [{ policies: repositoryPolicies, graph: readRepository(directory) }];
  } catch (error) {
    throw new InputError(`--repository: ${reason(error)}`);
  }
}

function configFrom(file: string): Config {
  let json: unknown;
  try {
    json = JSON.parse(read(file, "--config"));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return readConfig(json, policyIds);
  } catch (error) {
    throw error instanceof ConfigError ? new InputError(`${file}: ${error.message}`) : error;
  }
}

function read(file: string, option: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new InputError(`${option}: ${reason(error)}`);
  }
}

function write(file: string, option: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`${option}: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function version(): string {
  return (JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")) as { version: string }).version;
}

/** @throws InputError for arguments that make no sense */
function options(args: readonly string[]): Options | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { graph: text, repository: text, config: text, json: flag, sarif: text, junit: text, help: flag },
    });
    if (values.help) return "help";
    if (values.graph === undefined && values.repository === undefined) throw new Error("--graph FILE is missing");
    return { ...values, json: values.json ?? false };
  } catch (error) {
    throw new InputError(`${reason(error)}\n\n${USAGE}`);
  }
}

async function main(): Promise<number> {
  try {
    const parsed = options(process.argv.slice(2));
    if (parsed !== "help") return await run(parsed);
    process.stdout.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    // A fault of our own must not look like a verdict either (Node would exit 1).
    const text =
      error instanceof InputError
        ? error.message
        : `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    process.stderr.write(`policies:check: ${text}\n`);
    return 2;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
