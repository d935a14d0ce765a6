/** A policy marked `local` says of one resource alone what it says of it within the whole program. */
import { makeGraph } from "../../../policies/core/graph";
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Finding, Graph } from "../../../policies/core/types";
import { policies } from "../../../policies/rules";
import { largeGraph } from "../../../bench/policies-graph";
import { program } from "../core/builder";
import type { Mode } from "../core/builder";
import { flawed } from "./flawed";

const local = policies.filter((policy) => policy.local);
const lines = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ verdict }) => verdict === "violation")
    .map(({ urn, message }) => `${urn} ${message}`)
    .sort();

test("some policies are local", () => expect(local.length).toBeGreaterThan(0));

describe.each<Mode>(["unknown", "known"])("with %s ids", (mode) => {
  test.each(local.map((policy) => [policy.id, policy] as const))("%s", async (_, policy) => {
    for (const graph of [flawed().graph(mode), program(largeGraph(60, mode)).graph(mode)]) {
      const alone = await Promise.all(
        graph.resources.map(async (resource) => policy.evaluate(single(graph, resource.urn), DEFAULT_SETTINGS)),
      );
      expect(lines(alone.flat())).toEqual(lines(await policy.evaluate(graph, DEFAULT_SETTINGS)));
    }
  });
});

function single(graph: Graph, urn: string): Graph {
  return makeGraph(
    graph.resources.filter((resource) => resource.urn === urn),
    graph.secretsMarked,
  );
}
