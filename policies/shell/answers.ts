/** Questions about each host of a graph, each asked once of what its scripts come to. */
import { atEnd } from "../core/evaluate";
import { once } from "../core/graph";
import type { Graph, Resource, Settings } from "../core/types";
import { seenHosts } from "./host";
import type { HostReport } from "./host";
import { keepAnswers } from "./kept-report";
import type { Host } from "./steps";

/** What decides an answer: of the host nothing that a step's other properties (its connection, its logging) could change. */
export type Asked = Omit<HostReport, "host"> & {
  readonly host: Pick<Host, "key" | "name" | "role" | "isOperator"> & { readonly instance?: Pick<Resource, "urn"> };
};

export interface Question<T extends object> {
  /** Tells it from every other question. A change of what it asks changes the text of the pack, and with it what counts as the same. */
  readonly name: string;
  /** The machine that runs Pulumi is asked as well. @default false */
  readonly operator?: boolean;
  /** Plain data, and nothing but of what it is given. */
  readonly answer: (report: Asked, settings: Settings) => T;
}

atEnd(keepAnswers);

const keyOf = once((settings: Settings) => JSON.stringify(settings));

/** The answer of each host, in their order. */
export async function askHosts<T extends object>(question: Question<T>, graph: Graph, settings: Settings): Promise<T[]> {
  const key = `${question.name} ${keyOf(settings)}`;
  const hosts = seenHosts(graph, settings).filter(({ host }) => question.operator === true || host.isOperator !== true);
  return Promise.all(
    hosts.map(async (seen) => {
      const answers = await seen.answers();
      const known = answers.get(key);
      if (known) return known as T;
      const found = question.answer(await seen.report(), settings);
      answers.set(key, found);
      return found;
    }),
  );
}
