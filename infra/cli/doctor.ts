/** `npm run doctor`: whether this machine, the account and the stack's file have what a deployment needs. Changes nothing. */
import * as path from "path";
import { command, start, type ExitCode, type Given, type Io } from "../../policies/cli";
import { exitCode } from "../doctor/line";
import { renderLines } from "../doctor/report";
import { STACK } from "./stack-form";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  stack: { ...STACK, default: "dev", help: "the stack whose Pulumi.NAME.yaml is looked at" },
  json: { kind: "flag", help: "print one JSON document instead of text" },
} as const;

export const doctorCommand = command({
  name: "doctor",
  summary:
    "Looks at what a deployment needs; one line each, with the command that fixes it. Node, packages, the Pulumi CLI, AWS identity, permissions, quotas and instance types, what a fleet or another way to port 22 needs, your address and clock, secrets, SSH key, application and models. Changes nothing, and goes on without credentials, network or CLI.",
  options: OPTIONS,
  examples: ["", "--stack prod", "--json > doctor.json"],
  exitCodes: {
    0: "everything was looked at and is good",
    1: "something is bad",
    3: "nothing is bad, but something could not be looked at",
  },
  run: ({ options }, io) => doctor(options, io),
});

async function doctor({ stack, json }: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
  io.progress.busy("loading the program");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  const { examine } = await import("../doctor/examine");
  const { realSurroundings } = await import("../doctor/real");
  io.progress.say("looking at this machine, the account and the stack");
  const lines = await examine(ROOT, stack, realSurroundings(ROOT));
  io.progress.end();
  io.out(json ? JSON.stringify({ stack, lines }, null, 2) : renderLines(stack, lines, io.screen));
  return exitCode(lines);
}

if (require.main === module) start(doctorCommand);
