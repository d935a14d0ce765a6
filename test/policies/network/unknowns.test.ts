/**
 * Whatever value of a violation is not known yet, the answer is a violation or "cannot tell", never silence. And whatever
 * stands in a property, no policy throws.
 */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import type { Config } from "../../../policies/core/config";
import type { Policy } from "../../../policies/core/types";
import { UNKNOWN_MARK } from "../../../policies/graph/wire";
import { policies as engine } from "../../../policies/rules/engine";
import { policies as network } from "../../../policies/rules/network";
import { program } from "../core/builder";
import type { Mode, PlainGraph, PlainResource } from "../core/builder";
import { mutations as a } from "../mutations/a";
import { mutations as b } from "../mutations/b";
import { mutations as c } from "../mutations/c";
import { mutations as h } from "../mutations/h-network";
import { FOREIGN_CONFIG, foreignStack, ownStack } from "./stack";
import type { Stack } from "./stack";

const pack: readonly Policy[] = [...network, ...engine];
/** What no policy of the network asks for. */
const OTHER = /^(tags|tagsAll|ami|instanceType|metadataOptions|rootBlockDevice|imageId|name|listeners|port|weight|protocol)$/;
/** Missing or oddly written rules, not holes: with an unknown value they may be right. */
const STYLE = ["C-nobody", "C-mixed"];
const violations = [...a, ...b, ...c, ...h].filter(({ expect: policies, id }) => policies.length > 0 && !STYLE.includes(id));

/** The properties that a mutation gave a program, one by one. */
function* changed(base: PlainGraph, mutation: (typeof violations)[number], mode: Mode): Generator<[PlainGraph, PlainResource, string]> {
  const before = new Map(base.resources.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
  const changing = program(base);
  mutation.apply(changing);
  const after = changing.plain(mode);
  for (const resource of after.resources)
    if (before.get(resource.urn) !== JSON.stringify(resource.inputs))
      for (const key of Object.keys(resource.inputs)) if (!OTHER.test(key)) yield [after, resource, key];
}

async function answers(
  after: PlainGraph,
  resource: PlainResource,
  key: string,
  value: unknown,
  mode: Mode,
  config: Config,
): Promise<number> {
  const trying = program(after);
  trying.set(resource, { [key]: value });
  const graph = trying.graph(mode);
  let found = 0;
  for (const policy of pack) found += (await policy.evaluate(graph, config.settings)).length;
  return found;
}

test.each<[string, () => Stack, Mode, Config]>([
  ["a program like ours at a first preview", ownStack, "unknown", DEFAULT_CONFIG],
  ["a foreign program with known ids", foreignStack, "known", FOREIGN_CONFIG],
])(
  "an unknown value is never a pass: %s",
  async (_, make, mode, config) => {
    const base = make().p.plain(mode);
    const silent: string[] = [];
    for (const mutation of violations)
      for (const [after, resource, key] of changed(base, mutation, mode))
        if ((await answers(after, resource, key, UNKNOWN_MARK, mode, config)) === 0) silent.push(`${mutation.id}: ${resource.type} ${key}`);
    expect(silent).toEqual([]);
  },
  120_000,
);

test("nothing that stands in a property makes a policy throw", async () => {
  const base = ownStack().p.plain("known");
  const odd = [null, 7, "", [], {}, [{}], [null]];
  let turn = 0;
  // One odd value a property, in turn: all of them meet every kind of property many times over.
  for (const mutation of violations)
    for (const [after, resource, key] of changed(base, mutation, "known"))
      await answers(after, resource, key, odd[turn++ % odd.length], "known", DEFAULT_CONFIG);
  expect(turn).toBeGreaterThan(500);
}, 120_000);
