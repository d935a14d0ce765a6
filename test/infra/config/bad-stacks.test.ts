/** Stack files as people get them wrong: one message for each mistake, in words, with what to write, before anything is created. */
import { APP_CASES } from "./bad-app-cases";
import { FILE_CASES, type Case } from "./bad-file-cases";
import { KEY_CASES } from "./bad-key-cases";
import { expectClear, GOOD, Trial } from "./stack-trial";

jest.setTimeout(120_000);

const CASES: readonly Case[] = [...FILE_CASES, ...KEY_CASES, ...APP_CASES];
const trial = new Trial();
afterAll(() => trial.end());

test("the file that all the others are made of is right", async () => {
  expect(await trial.problems(GOOD)).toEqual([]);
});

test.each(CASES.map((one) => [one[0], one] as const))("%s", async (_title, [, stackFile, expected, files = {}]) => {
  for (const [path, content] of Object.entries(files)) trial.write(path, content);
  const problems = await trial.problems(typeof stackFile === "function" ? stackFile(GOOD) : stackFile);
  for (const problem of problems) expectClear(problem, ["hunter2"]);
  const patterns = [expected].flat();
  expect(problems).toEqual(patterns.map((pattern) => expect.stringMatching(pattern) as string));
});

test("there are at least 120 of them, each with a title of its own", () => {
  const titles = CASES.map(([title]) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThanOrEqual(120);
});
