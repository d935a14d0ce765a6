/**
 * The mutation suite's frame: each mutation is one small change to a clean stack and says which policy has to answer.
 * It is tried with unknown ids (as at a first preview) and with known ids (as after `up`).
 */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import type { Config } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import type { Outcome } from "../../../policies/core/outcome";
import { policies } from "../../../policies/rules";
import { program } from "../core/builder";
import type { Handle, Mode, PlainGraph, Program } from "../core/builder";

export interface Mutation {
  /** Id of the corpus ("A01"), or that id with a suffix for a variant of our own ("A01-spot"). */
  readonly id: string;
  readonly title: string;
  /** The policy (or any one of several) that has to answer; an empty list for a benign case: nobody may answer. */
  readonly expect: string | readonly string[];
  /** Default "violation". "unknown" where nobody can know: cannot tell is the only right answer. */
  readonly verdict?: "violation" | "unknown";
  /** Where the verdict differs by what is known: the verdict once ids are known. Default: the same. */
  readonly knownVerdict?: "violation" | "unknown";
  /** Changes the program in place. */
  apply(program: Program): void;
}

/** @param kind what has to be said: "unknown" where nobody can know, nothing at all for a benign case */
export const one = (
  id: string,
  title: string,
  policy: string,
  kind: "violation" | "unknown" | "benign",
  apply: (p: Program) => unknown,
): Mutation => ({
  id,
  title,
  expect: kind === "benign" ? [] : policy,
  ...(kind === "unknown" ? { verdict: kind } : {}),
  apply: (p) => void apply(p),
});

export const bucket = (p: Program): Handle => p.find("aws:s3/bucket:Bucket", /models/);
export const role = (p: Program): Handle => p.find("aws:iam/role:Role", /backend/);
export const backend = (p: Program): Handle => p.find("aws:ec2/instance:Instance", /backend/);

export interface Score {
  readonly mutation: Mutation;
  readonly mode: Mode;
  readonly caught: boolean;
  /** What the policies said beyond the clean stack. */
  readonly answers: readonly Outcome[];
}

export const MODES: readonly Mode[] = ["unknown", "known"];

/** All that is not a pass. @param config for programs with roles of their own */
export async function evaluateProgram(changed: Program, mode: Mode, config: Config = DEFAULT_CONFIG): Promise<Outcome[]> {
  const result = await evaluate(policies, changed.graph(mode), config, "2030-01-01");
  return result.outcomes.filter((outcome) => outcome.verdict !== "pass");
}

/**
 * Applies a mutation to a copy of the clean graph and tells whether the right policy answers, or for a benign case nobody.
 * @param before what is said of the clean graph already (nothing, when it is clean): it is no answer to the mutation
 */
export async function tryMutation(
  clean: PlainGraph,
  mutation: Mutation,
  mode: Mode,
  config: Config = DEFAULT_CONFIG,
  before: readonly Outcome[] = [],
): Promise<Score> {
  const changed = program(clean);
  mutation.apply(changed);
  const said = new Set(before.map(lineOf));
  const answers = (await evaluateProgram(changed, mode, config)).filter((answer) => !said.has(lineOf(answer)));
  const expected = typeof mutation.expect === "string" ? [mutation.expect] : mutation.expect;
  const verdict = (mode === "known" ? mutation.knownVerdict : undefined) ?? mutation.verdict ?? "violation";
  const caught =
    expected.length === 0 ? answers.length === 0 : answers.some((answer) => expected.includes(answer.policy) && answer.verdict === verdict);
  return { mutation, mode, caught, answers };
}

function lineOf({ policy, verdict, urn, message }: Outcome): string {
  return `${policy} ${verdict} ${urn}: ${message}`;
}

/** "C04 (unknown ids): expected violation of x, got violation of y on ...". */
export function explain(score: Score): string {
  const { mutation, mode, answers } = score;
  const expected =
    mutation.expect.length === 0 ? "no answer" : `${mutation.verdict ?? "violation"} of ${[mutation.expect].flat().join(" or ")}`;
  const got = answers.map((answer) => `\n    ${answer.verdict} (${answer.level}) of ${answer.policy} on ${answer.urn}: ${answer.message}`);
  return `${mutation.id} ${mutation.title} (${mode} ids): expected ${expected}, got ${got.length > 0 ? got.join("") : "nothing"}`;
}

/** One line for a test run's output. */
export function scoreLine(name: string, scores: readonly Score[]): string {
  const bad = scores.filter((score) => score.mutation.expect.length > 0);
  const benign = scores.filter((score) => score.mutation.expect.length === 0);
  const right = (list: readonly Score[]): string => `${String(list.filter((score) => score.caught).length)} of ${String(list.length)}`;
  return `${name}: ${right(bad)} violations flagged by the right policy, ${right(benign)} benign cases left alone`;
}

/**
 * Declares one Jest test a mutation and mode, and prints the score at the end.
 * @param clean the clean stack's graph in each mode
 */
export function mutationTests(
  name: string,
  clean: (mode: Mode) => PlainGraph | Promise<PlainGraph>,
  mutations: readonly Mutation[],
  config?: Config,
): void {
  describe(`mutations: ${name}`, () => {
    const scores: Score[] = [];
    const bases = new Map<Mode, { readonly graph: PlainGraph; readonly said: readonly Outcome[] }>();
    const base = (mode: Mode): { readonly graph: PlainGraph; readonly said: readonly Outcome[] } => {
      const found = bases.get(mode);
      if (!found) throw new Error("the clean stack could not be made");
      return found;
    };
    beforeAll(async () => {
      for (const mode of MODES) {
        const graph = await clean(mode);
        bases.set(mode, { graph, said: await evaluateProgram(program(graph), mode, config) });
      }
    }, 120_000);
    afterAll(() => {
      process.stdout.write(`${scoreLine(name, scores)}\n`);
    });
    test("ids are unique", () => expect(mutations.map(({ id }) => id)).toEqual([...new Set(mutations.map(({ id }) => id))]));
    test.each(MODES)("the clean stack is quiet with %s ids", (mode) => {
      expect(base(mode).said.map(lineOf)).toEqual([]);
    });
    const cases = mutations.flatMap((mutation) =>
      MODES.map((mode) => ({ mutation, mode, title: `${mutation.id} ${mutation.title} (${mode} ids)` })),
    );
    test.each(cases)("$title", async ({ mutation, mode }) => {
      const score = await tryMutation(base(mode).graph, mutation, mode, config, base(mode).said);
      scores.push(score);
      if (!score.caught) throw new Error(explain(score));
    });
  });
}
