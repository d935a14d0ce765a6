/** The script files that a Command runs: their text is the Command's as much as its `create` is. */
import type { Graph, Resource, Settings } from "../../core/types";
import { hostReports } from "../../shell/host";

/** @returns for a Command the texts of the files that it runs, as far as they are known */
export async function scriptFiles(graph: Graph, settings: Settings): Promise<(resource: Resource) => readonly string[]> {
  const reports = await hostReports(graph, settings);
  const texts = new Map<string, Set<string>>();
  for (const { urn, text } of reports.flatMap(({ record }) => record.ran)) texts.set(urn, (texts.get(urn) ?? new Set()).add(text));
  return (resource) => [...(texts.get(resource.urn) ?? [])];
}
