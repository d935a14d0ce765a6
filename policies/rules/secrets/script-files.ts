/** The script files that a Command runs: their text is the Command's as much as its `create` is. */
import type { Graph, Resource, Settings } from "../../core/types";
import { askHosts } from "../../shell/answers";
import type { Question } from "../../shell/answers";

/** @returns for a Command the texts of the files that it runs, as far as they are known */
export async function scriptFiles(graph: Graph, settings: Settings): Promise<(resource: Resource) => readonly string[]> {
  const texts = new Map<string, Set<string>>();
  for (const ran of await askHosts(FILES, graph, settings))
    for (const [urn, of] of ran) for (const text of of) texts.set(urn, (texts.get(urn) ?? new Set()).add(text));
  return (resource) => [...(texts.get(resource.urn) ?? [])];
}

const FILES: Question<readonly (readonly [urn: string, texts: readonly string[]])[]> = {
  name: "script files",
  operator: true,
  answer: ({ record }) => {
    const found = new Map<string, Set<string>>();
    for (const { urn, text } of record.ran) found.set(urn, (found.get(urn) ?? new Set()).add(text));
    return [...found].map(([urn, texts]) => [urn, [...texts]]);
  },
};
