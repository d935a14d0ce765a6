/** The pack for programs: a graph and a configuration in, the result of `policies:check --json` out. */
import { readConfig } from "./core/config";
import { evaluate } from "./core/evaluate";
import { loadGraph } from "./graph/load";
import { explain } from "./explain";
import type { Explanation } from "./explain/types";
import { reportOf } from "./report/json";
import { policies, policyIds } from "./rules";

/**
 * @param document what `pulumi stack export`, `preview:offline --json` or `pulumi preview --json --show-sames` write, parsed
 * @param configuration what a configuration file holds, parsed; default: none
 * @throws InputError or ConfigError with every problem
 */
export async function evaluateGraph(document: object, configuration: object = {}): Promise<object> {
  const { graph } = loadGraph(JSON.stringify(document), "document");
  const today = new Date().toISOString().slice(0, 10);
  return reportOf(await evaluate(policies, graph, readConfig(configuration, policyIds), today), policies);
}

/**
 * Why a policy says what it says, or what is known of a resource, for passes as well; for reachability each path with a concrete packet. The shape
 * of the answer is documented in policies/explain/types.ts.
 *
 * @param asked id of a policy, URN, or the logical name of a resource
 * @throws InputError, ConfigError, or UnknownQuestion where `asked` names nothing
 */
export async function explainGraph(document: object, asked: string, configuration: object = {}): Promise<Explanation> {
  const { graph } = loadGraph(JSON.stringify(document), "document");
  return explain(policies, graph, readConfig(configuration, policyIds), new Date().toISOString().slice(0, 10), asked);
}
