/** `npm run verify -- --stack NAME`: asks the hosts of a deployed stack, over SSH, whether everything on them is what the program wants. */
import * as path from "path";
import { asProblems, command, fitted, start, type ExitCode, type Given, type Io } from "../../policies/cli";
import { DEPLOYED_STACK, DEPLOYED_VALUES } from "./deployed-options";
import { deployedJson } from "./pulumi-cli";
import { exitCode, renderOutcomes } from "./verify-report";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  ...DEPLOYED_STACK,
  ...DEPLOYED_VALUES,
} as const;

export const verifyCommand = command({
  name: "verify",
  summary: "Asks the hosts of a deployed stack whether everything on them is what the program wants. Over SSH, outside of Pulumi.",
  options: OPTIONS,
  examples: ["--stack dev", "--stack prod --json > drift.json"],
  exitCodes: {
    0: "all hosts are as wanted",
    1: "drift: a host differs from what the program wants",
    3: "a host, or the pulumi CLI, could not be asked",
  },
  run: ({ options }, io) => verify(options, io),
});

async function verify(options: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
  const { stack } = options;
  const given = deployedJson(options, io.from);
  io.progress.busy("loading the program");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  const { askEach, fleetSays, readInputs, singleHosts, KNOWN_ERRORS } = await import("./verify-hosts");
  const { inputs, deployed } = await asProblems(KNOWN_ERRORS, () => readInputs(ROOT, stack, given));
  const outcomes = await askEach(singleHosts(undefined, inputs, "asked"), inputs, deployed, io.progress);
  io.progress.end();
  if (inputs.config.backend.mode === "fleet") io.err(`backend.mode is fleet: ${fleetSays(inputs.config, "asked")}`);
  io.out(options.json ? JSON.stringify({ stack, hosts: outcomes }, null, 2) : fitted(renderOutcomes(stack, outcomes), io.screen));
  return exitCode(outcomes);
}

if (require.main === module) start(verifyCommand);
