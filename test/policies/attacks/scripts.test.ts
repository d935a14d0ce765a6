/** Attacks by script that the policies did not know when they were written down: each is found, or said to be unknown; ordinary work is left alone. */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { policies } from "../../../policies/rules";
import { program, settings } from "../host-setup/program";
import { BAD, GOOD } from "./host-scripts";
import { BAD_SCRIPTS, GOOD_SCRIPTS } from "./scripts";

const ENV = "/home/ddos/app/.env";
const SETUP = {
  create: `set -eu\nsudo install -m 600 -o ddos -g ddos /dev/stdin ${ENV}\n`,
  stdin: "SECRET_KEY=0f9e8d7c6b5a\n",
  inputs: { logging: "none" },
};

/** What is mandatory and no pass. */
async function said(script: string): Promise<string[]> {
  const graph = program([SETUP, { create: `set -eu\n${script}\n` }]);
  const { outcomes } = await evaluate(policies, graph, { ...DEFAULT_CONFIG, settings }, "2030-01-01");
  return outcomes
    .filter(({ verdict, level }) => verdict !== "pass" && level === "mandatory")
    .map(({ policy, verdict, message }) => `${verdict} ${policy}: ${message}`);
}

/** The small program has no network and pins no host key: what is said of it anyway is no answer. */
let anyway: ReadonlySet<string>;
beforeAll(async () => {
  anyway = new Set(await said("true"));
}, 60_000);
const answers = async (script: string): Promise<string[]> => (await said(script)).filter((line) => !anyway.has(line));

test.each([...BAD_SCRIPTS, ...BAD])("is no pass: %s", async (_, script) => {
  expect(await answers(script)).not.toEqual([]);
});
test.each([...GOOD_SCRIPTS, ...GOOD])("is left alone: %s", async (_, script) => {
  expect(await answers(script)).toEqual([]);
});
