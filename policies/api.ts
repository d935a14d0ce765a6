/** The pack for programs: a graph and a configuration in, the result of `policies:check --json` out. */
import { readConfig } from "./core/config";
import { evaluate } from "./core/evaluate";
import { loadGraph } from "./graph/load";
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
