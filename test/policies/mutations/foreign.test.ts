/** Every mutation once more in the program of somebody else: same verdicts, once the roles are configured. */
import { program } from "../core/builder";
import { cleanGraph } from "./clean";
import { foreign } from "./foreign";
import { explain, evaluateProgram, scoreLine } from "./frame";
import type { Mutation, Score } from "./frame";
import { allMutations } from "./lists";

jest.setTimeout(600_000);
const MODE = "unknown";

test("all mutations, renamed", async () => {
  const clean = await cleanGraph(MODE);
  const scores: Score[] = [];
  for (const mutation of allMutations()) scores.push(await tryRenamed(mutation));
  process.stdout.write(`${scoreLine("another program", scores)}\n`);
  expect(scores.filter((score) => !score.caught).map(explain)).toEqual([]);

  async function tryRenamed(mutation: Mutation): Promise<Score> {
    const changed = program(clean);
    mutation.apply(changed);
    const { graph, config } = foreign(changed.plain(MODE), MODE);
    const answers = await evaluateProgram(program(graph), MODE, config);
    const expected = [mutation.expect].flat();
    const right = answers.some((answer) => expected.includes(answer.policy) && answer.verdict === (mutation.verdict ?? "violation"));
    return { mutation, mode: MODE, answers, caught: expected.length === 0 ? answers.length === 0 : right };
  }
});
