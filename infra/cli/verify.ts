/** `npm run verify -- --stack NAME`: asks both hosts of a deployed stack, over SSH, whether everything on them is what the program wants. */
import * as path from "path";
import { asProblems, command, start, type ExitCode, type Given, type Io } from "../../policies/cli";
import { deployedJson } from "./pulumi-cli";
import { exitCode, renderOutcomes, type HostOutcome } from "./verify-report";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  stack: { kind: "text", value: "NAME", short: "s", required: true, help: "the deployed stack" },
  config: { kind: "text", value: "FILE", help: 'what "pulumi config --show-secrets --json" printed, in place of running it' },
  outputs: { kind: "text", value: "FILE", help: 'what "pulumi stack output --json" printed, in place of running it' },
  json: { kind: "flag", help: "print one JSON document instead of text" },
} as const;

export const verifyCommand = command({
  name: "verify",
  summary: "Asks both hosts of a deployed stack, over SSH and outside of Pulumi, whether everything on them is what the program wants.",
  options: OPTIONS,
  examples: ["--stack dev", "--stack prod --json > drift.json"],
  exitCodes: {
    0: "both hosts are as wanted",
    1: "drift: a host differs from what the program wants",
    3: "a host, or the pulumi CLI, could not be asked",
  },
  run: ({ options }, io) => verify(options, io),
});

async function verify(options: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
  const { stack } = options;
  const given = deployedJson(options, io.from);
  io.progress.say("loading the program");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  const { readInputs, ask, KNOWN_ERRORS } = await import("./verify-hosts");
  const { inputs, deployed } = await asProblems(KNOWN_ERRORS, () => readInputs(ROOT, stack, given));
  const outcomes: HostOutcome[] = [];
  for (const role of ["gateway", "backend"] as const) {
    io.progress.say(`asking the ${role}`);
    outcomes.push(await ask(role, inputs, deployed));
  }
  io.progress.end();
  io.out(options.json ? JSON.stringify({ stack, hosts: outcomes }, null, 2) : renderOutcomes(stack, outcomes));
  return exitCode(outcomes);
}

if (require.main === module) start(verifyCommand);
