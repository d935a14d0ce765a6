import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { asString, containsSecret } from "../../core/values";
import { askHosts } from "../../shell/answers";
import type { Question } from "../../shell/answers";
import type { Place } from "../../shell/files";
import { maySend } from "../../shell/sendings";
import { holdsSecret } from "../../shell/text";
import { distinct, violation } from "./findings";

const FIX = `Print nothing of it and drop \`set -x\`; on steps that see secrets set logging: "none" and additionalSecretOutputs: ["stdout", "stderr"].`;

async function evaluate(graph: Graph, settings: Settings): Promise<Finding[]> {
  return distinct(
    (await askHosts(OUTPUT, graph, settings)).flatMap(({ shown, traced }) => [...ofShown(graph, shown), ...ofTraced(graph, traced)]),
  );
}

interface Output {
  readonly shown: readonly Place[];
  /** Commands with a secret in their words, under `set -x`. */
  readonly traced: readonly Place[];
}

const OUTPUT: Question<Output> = {
  name: "output with secrets",
  operator: true,
  answer: ({ record }) => ({
    shown: record.shown.map(({ place }) => place),
    traced: record.executed.filter((run) => run.options.xtrace && run.argv.some(holdsSecret)).map(({ place }) => place),
  }),
};

function ofShown(graph: Graph, shown: readonly Place[]): Finding[] {
  return shown
    .filter((place) => isExposed(graph.byUrn.get(place.runBy ?? place.urn)))
    .map((place) => violation(place, `The script prints what holds a secret, and its output is logged or kept in plain. ${FIX}`));
}

function ofTraced(graph: Graph, traced: readonly Place[]): Finding[] {
  return traced
    .filter((place) => isExposed(graph.byUrn.get(place.runBy ?? place.urn)))
    .map((place) => violation(place, `\`set -x\` prints a command with a secret in its words. ${FIX}`));
}

/**
 * Output is neither logged nor a plain output. User data has a log of its own, which is no output of a resource. Systems Manager keeps what its
 * commands print for whoever may call ssm:GetCommandInvocation.
 */
function isExposed(resource: Resource | undefined): boolean {
  if (!resource) return false;
  if (maySend(resource)) return true;
  if (!/:Command$/u.test(resource.type)) return false;
  const hidden = resource.options.additionalSecretOutputs ?? [];
  const kept = !hidden.includes("stdout") && !containsSecret(resource.outputs.stdout);
  return kept || asString(resource.inputs.logging) !== "none";
}

export const policy: Policy = {
  id: "script-output-keeps-secrets",
  severity: "high",
  control: "SECRET-2",
  tags: ["host-setup", "secrets", "shell"],
  description: "No script prints a secret to where its output is logged or kept, not by a function, a pipe, a variable or a trace either.",
  why: "A Command's output goes to the log of the deployment and, in plain, to the state; that of Systems Manager's commands to their history.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo tee /home/ddos/app/.env" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo tee /home/ddos/app/.env >/dev/null" });`,
  evaluate: evaluate,
};
