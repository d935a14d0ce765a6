/**
 * `npm run repair -- --stack NAME`: puts right what drifted on the hosts of a deployed stack, for one host or one part. It runs the steps
 * themselves, over the path that verify uses, and not through Pulumi: a host can be repaired while another update holds the stack, nothing else
 * of the stack is touched, and the state stays true, because the steps get what they were deployed with and refuse anything else.
 */
import * as path from "path";
import { asProblems, command, fitted, Problem, reasonOf, start, type ExitCode, type Given, type Io } from "../../policies/cli";
import { HOST_IDS } from "../hosts/ids";
import type { HostId, Step } from "../release/types";
import { chosen, DEPLOYED_STACK, DEPLOYED_VALUES } from "./deployed-options";
import { deployedJson } from "./pulumi-cli";
import { exitCode, PARTS, readStep, renderRepair, stepsFor, type StepOutcome } from "./repair-report";
import type { HostOutcome } from "./verify-report";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  ...DEPLOYED_STACK,
  host: { kind: "texts", value: "HOST", help: "gateway, backend, or with several backend-2 and backend-3; without it all" },
  part: { kind: "texts", value: "PART", help: `${Object.keys(PARTS).join(", ")}; may be repeated, without it all` },
  ...DEPLOYED_VALUES,
} as const;

export const repairCommand = command({
  name: "repair",
  summary:
    "Puts right what drifted on the hosts of a deployed stack, over SSH and outside of Pulumi, and verifies them. What is right is not restarted. It never deploys another release than the one that serves.",
  options: OPTIONS,
  examples: ["--stack dev", "--stack prod --host backend --part venv"],
  exitCodes: {
    0: "the hosts are as wanted now",
    1: "a step failed, or a host still differs from what the program wants",
    3: "a host, or the pulumi CLI, could not be asked",
  },
  run: ({ options }, io) => repair(options, io),
});

async function repair(options: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
  const named = chosen("--host", options.host, HOST_IDS);
  const parts = chosen("--part", options.part, Object.keys(PARTS)) ?? ["all"];
  const given = deployedJson(options, io.from);
  io.progress.busy("loading the program");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  const { askEach, readInputs, runStep, singleHosts, KNOWN_ERRORS } = await import("./verify-hosts");
  const { hostSteps } = await import("../release/steps");
  const { specOf } = await import("../release/inputs");
  const { inputs, deployed } = await asProblems(KNOWN_ERRORS, () => readInputs(ROOT, options.stack, given));
  const roles = singleHosts(named, inputs, "repaired");
  const work = roles.map(
    (role) => [role, stepsFor(hostSteps({ ...specOf(inputs, role), repairOnly: true, readAll: true }), parts)] as const,
  );
  const idle = work.filter(([, steps]) => steps.length === 0).map(([role]) => role);
  if (idle.length === roles.length)
    throw new Problem(`--part: the ${idle.join(" and the ")} of ${options.stack} has no ${parts.join(", ")}`);
  const repaired: StepOutcome[] = [];
  const unreachable: HostOutcome[] = [];
  const once = async (role: HostId, step: Step): Promise<boolean> => {
    io.progress.say(`${role}: ${step.name}`);
    try {
      const outcome = readStep(role, step, await runStep(role, step, inputs, deployed));
      repaired.push(outcome);
      return outcome.ok;
    } catch (error) {
      unreachable.push({ role, error: reasonOf(error) });
      return false;
    }
  };
  for (const [role, steps] of work) for (const step of steps) if (!(await once(role, step))) break;
  const reachable = roles.filter((one) => !unreachable.some((host) => host.role === one));
  const verified = [...unreachable, ...(await askEach(reachable, inputs, deployed, io.progress))];
  io.progress.end();
  const { stack } = options;
  const text = options.json
    ? JSON.stringify({ stack, steps: repaired, hosts: verified }, null, 2)
    : fitted(renderRepair(stack, repaired, verified), io.screen);
  io.out(text);
  return exitCode(repaired, verified);
}

if (require.main === module) start(repairCommand);
