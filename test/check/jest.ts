/** `npm test`: Jest, with the manner of the project's other commands. */
import { readFileSync } from "node:fs";
import { command, EXIT, start, UsageProblem, type ExitCode } from "../../policies/cli";
import { nearest } from "../../policies/cli/nearest";
import { nodeTool, ROOT, runTool } from "./tool";

interface JestOption {
  readonly alias?: string | readonly string[];
}

/** Jest itself answers an unknown option with exit code 1, which would say that a test has failed. */
async function checkOptions(args: readonly string[]): Promise<void> {
  const { yargsOptions } = (await import("jest-cli")) as unknown as { yargsOptions: Readonly<Record<string, JestOption>> };
  const names = Object.entries(yargsOptions).flatMap(([name, { alias }]) => [name, ...(alias === undefined ? [] : [alias].flat())]);
  const known = new Set([...names, "help", "h", "version"]);
  const end = args.indexOf("--");
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const [, dashes = "", word = ""] = /^(--?)([A-Za-z][\w-]*)/.exec(arg) ?? [];
    if (dashes === "") continue;
    const name = dashes === "-" ? word.slice(0, 1) : camelCase(word);
    if (known.has(name) || known.has(camelCase(word.replace(/^no-/, "")))) continue;
    const close = dashes === "-" ? undefined : nearest(name, names);
    throw new UsageProblem(`unknown option ${dashes}${word}${close === undefined ? "" : `; did you mean --${close}?`}`);
  }
}

const camelCase = (word: string): string => word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const jestNote = `All options of Jest ${jestVersion()}: npx jest --help, or https://jestjs.io/docs/cli.`;

export const JEST_EXIT_CODES = {
  0: "every test passed",
  1: "a test failed, or no test matches",
  3: "the runner was ended before it could tell",
} as const;

/**
 * Room for what is used once: most of what an evaluation makes is garbage at its end. With V8's own limit of 16 MiB a tenth of all processor time
 * goes into collecting it. Jest hands this to its workers.
 */
const ROOMY = ["--min-semi-space-size=64", "--max-semi-space-size=64"];

/**
 * @param rest as it was typed
 * @param project of jest.config.js. @default all
 */
export async function runJest(rest: readonly string[], project?: "unit" | "long"): Promise<ExitCode> {
  await checkOptions(rest);
  // Behind the rest: it would take a pattern that follows for the name of another project.
  const chosen = project === undefined ? [] : [`--selectProjects=${project}`];
  const [node = "", ...jest] = nodeTool("jest/bin/jest.js", ...rest, ...chosen);
  const { code } = await runTool([node, ...ROOMY, ...jest], { output: "terminal" });
  return code === 0 ? EXIT.ok : EXIT.wrong;
}

/** Whoever names a file, a folder or a test wants it wherever it is. */
const isChosen = (rest: readonly string[]): boolean => rest.some((arg) => !arg.startsWith("-") || arg.startsWith("--selectProjects"));

export const testCommand = command({
  name: "test",
  summary: "Runs the unit tests (Jest); with a pattern, those of test:long that it chooses too.",
  options: {},
  verbatim: true,
  rest: { value: "[JEST OPTIONS] [PATTERN]", help: "as Jest takes them; a pattern chooses test files by their path" },
  examples: ["", "test/infra", "-t 'exit code' test/policies/core/check.test.ts"],
  notes: [jestNote],
  exitCodes: JEST_EXIT_CODES,
  run: ({ rest }) => runJest(rest, isChosen(rest) ? undefined : "unit"),
});

function jestVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { devDependencies: Record<string, string> };
  return devDependencies["jest"] ?? "";
}

if (require.main === module) start(testCommand);
