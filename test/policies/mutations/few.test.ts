/** A sample of the mutations that test:long tries: of every tenth policy the first that it has to answer, and some benign ones. */
import type { PlainGraph } from "../core/builder";
import { cleanGraph } from "./clean";
import { explain, tryMutation } from "./frame";
import type { Mutation } from "./frame";
import { allMutations } from "./lists";

const all = allMutations();
/** Where a policy has several, one that changes no script: following the scripts of a host anew takes most of the time. */
const byCost = [...all].sort((a, b) => Number(/^[FG]/.test(a.id)) - Number(/^[FG]/.test(b.id)));
const firsts = new Map(
  byCost.flatMap((mutation): [string, Mutation][] => (typeof mutation.expect === "string" ? [[mutation.expect, mutation]] : [])).reverse(),
);
const benign = byCost.filter(({ expect: wanted }) => wanted.length === 0).slice(0, 4);
const sample = [...firsts.values()].filter((_, index) => index % 10 === 0);
const chosen = [...sample, ...benign].map((mutation): [string, Mutation] => [`${mutation.id} ${mutation.title}`, mutation]);

let clean: PlainGraph;
beforeAll(async () => {
  clean = await cleanGraph("unknown");
}, 120_000);

test("there is one for nearly every policy that mutations are about", () => {
  expect(firsts.size).toBeGreaterThan(70);
});

test.each(chosen)("%s", async (_title, mutation) => {
  const score = await tryMutation(clean, mutation, "unknown");
  if (!score.caught) throw new Error(explain(score));
});
