/** What a program writes once is one finding, however many resources take it over. */
import { nameOfUrn } from "../core/graph";
import type { Finding, Graph, Policy, Resource } from "../core/types";

/** Ids of the policies that evaluate the connection of remote steps. */
const OF_CONNECTIONS = new Set([
  "backend-through-bastion",
  "connection-credentials-marked",
  "connection-without-password",
  "host-key-checked",
]);

export function saidOnce(policy: Policy): Policy {
  if (OF_CONNECTIONS.has(policy.id))
    return { ...policy, evaluate: async (graph, settings) => perConnection(graph, await policy.evaluate(graph, settings)) };
  return policy;
}

/** One finding for all steps that connect in the same way and of which the same is said; the others are named in it. */
function perConnection(graph: Graph, findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = keyOf(graph.byUrn.get(finding.urn), finding);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap(([first, ...others]): Finding[] => {
    if (!first) return [];
    const names = [...new Set(others.map(({ urn }) => nameOfUrn(urn)))];
    if (names.length === 0) return [first];
    return [{ ...first, message: `${first.message} The same connection is used by ${names.join(", ")}.` }];
  });
}

/** Secrets and unknown values are alike here: what flows into them tells connections apart. */
function keyOf(resource: Resource | undefined, { verdict, urn, message }: Finding): string {
  if (resource?.inputs.connection === undefined) return urn + verdict + message;
  const from = [...(resource.propertyDependencies.connection ?? [])].sort();
  return JSON.stringify([verdict, message.replaceAll(resource.name, "*"), resource.inputs.connection, from]);
}
