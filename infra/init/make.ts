/** init from the answers to the preview. */
import { asProblems, type ExitCode, type Io } from "../../policies/cli";
import { exitCode } from "../../policies/core/evaluate";
import { renderPreview } from "../cli/preview-report";
import { policyConfigOf } from "../cli/policy-config";
import { KNOWN_ERRORS, previewStack } from "../cli/preview-stack";
import { projectName, StackFileError } from "../offline/stack-file";
import type { Asker } from "./ask";
import { gather, type Around, type Given } from "./gather";
import { setSecrets, type Feed } from "./secrets";
import { answerLines } from "./plan";
import { checkPlan, writePlan } from "./write";

export interface Outside extends Omit<Around, "from" | "project"> {
  readonly feed: Feed;
}

const PREVIEW = { resources: false, files: undefined, steps: false, policies: false, verbose: false } as const;

export async function makeStack(given: Given, io: Io, { feed, ...outside }: Outside): Promise<ExitCode> {
  const { root, asker, env } = outside;
  const project = await asProblems([StackFileError], () => projectName(root));
  const gathered = await gather(given, { ...outside, project, from: io.from });
  const { stack, requires } = gathered.answers;
  io.progress.say("checking the new stack");
  await asProblems(KNOWN_ERRORS, () => checkPlan(root, gathered));
  io.progress.end();
  const values = await secretValues(requires, env, asker);
  [...answerLines(gathered.answers), "", ...writePlan(root, gathered)].forEach((line) => io.out(line));
  const { set, left, reason } = await setSecrets(stack, requires, values, feed);
  if (set.length > 0) io.out(`Set, encrypted in Pulumi.${stack}.yaml: ${set.join(", ")}`);
  if (left.length > 0) {
    io.out(
      `${reason === undefined ? "" : `The Pulumi CLI could not be used (${reason}). `}Secrets still to be set; each command asks for the value:`,
    );
    left.forEach((line) => io.out(`  ${line}`));
  }
  io.out("");
  const wanted = { stack, policies: policyConfigOf(undefined, "") };
  const seen = await asProblems(KNOWN_ERRORS, () => previewStack(root, wanted, io.progress));
  io.progress.end();
  io.out(renderPreview(seen, { ...PREVIEW, stack, screen: io.screen }));
  return exitCode(seen.result);
}

/** From the environment, else from the reader. No value is kept anywhere but here. */
async function secretValues(names: readonly string[], env: Outside["env"], asker: Asker): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const name of names) {
    const given = env[name] ?? "";
    const value = given === "" ? await asker.hidden(`Value of ${name} (not shown; Enter: later)`) : given;
    if (value !== "") values.set(name, value);
  }
  return values;
}
