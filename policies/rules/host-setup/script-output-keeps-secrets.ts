import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { once } from "../../core/graph";
import { asString, containsSecret } from "../../core/values";
import { hostReports } from "../../shell/host";
import type { Happenings } from "../../shell/state";
import { holdsSecret } from "../../shell/text";
import { distinct, violation } from "./findings";

const FIX = `Print nothing of it and drop \`set -x\`; on steps that see secrets set logging: "none" and additionalSecretOutputs: ["stdout", "stderr"].`;

async function evaluate(graph: Graph, settings: Settings): Promise<Finding[]> {
  const reports = await hostReports(graph, settings);
  return distinct(reports.flatMap(({ record }) => [...shown(graph, record), ...traced(graph, record)]));
}

function shown(graph: Graph, record: Happenings): Finding[] {
  return record.shown
    .filter(({ place }) => isExposed(graph.byUrn.get(place.runBy ?? place.urn)))
    .map(({ place }) => violation(place, `The script prints what holds a secret, and its output is logged or kept in plain. ${FIX}`));
}

function traced(graph: Graph, record: Happenings): Finding[] {
  return tracedWithSecret(record)
    .filter((run) => isExposed(graph.byUrn.get(run.place.runBy ?? run.place.urn)))
    .map((run) => violation(run.place, `\`set -x\` prints a command with a secret in its words. ${FIX}`));
}

const tracedWithSecret = once((record: Happenings) => record.executed.filter((run) => run.options.xtrace && run.argv.some(holdsSecret)));

/** Output is neither logged nor a plain output. User data has a log of its own, which is no output of a resource. */
function isExposed(resource: Resource | undefined): boolean {
  if (!resource || !/:Command$/u.test(resource.type)) return false;
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
  why: "A Command's output goes to the log of the deployment and, in plain, to the state.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo tee /home/ddos/app/.env" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo tee /home/ddos/app/.env >/dev/null" });`,
  evaluate: evaluate,
};
