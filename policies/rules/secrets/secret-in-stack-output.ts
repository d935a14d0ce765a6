import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { STACK } from "./places";
import { unknown, unlessMarked } from "./report";
import { printable, scan } from "./scan";

const FIX = "do not export it, or wrap it in pulumi.secret";

export const policy: Policy = {
  id: "secret-in-stack-output",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets"],
  description: "No stack output is a secret in plain.",
  why: "`pulumi stack output` shows it to everybody with read access, other stacks read it, and the state keeps it in plain.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "export const secretKey = unwrappedSecretKey;",
  good: "export const healthUrl = pulumi.interpolate`http://${gateway.publicIp}/health`;",
  evaluate: (graph) => ofType(graph, STACK).flatMap((resource) => check(graph, resource)),
};

function check(graph: Graph, resource: Resource): Finding[] {
  if (graph.notShown?.includes("stackOutputs"))
    return [
      {
        ...unknown(
          resource,
          "this source never shows stack outputs, so whether one is a plain secret is not known: evaluate an exported stack",
        ),
        notShown: "stackOutputs",
      },
    ];
  return Object.entries({ ...resource.inputs, ...resource.outputs }).flatMap(([key, value]) =>
    unlessMarked(graph, resource, scan(value, `stack output ${printable(key)}`, key), FIX),
  );
}
