/** Configurations by chance: DDOS_SEED takes others, DDOS_RUNS more of them. */
import * as pulumi from "@pulumi/pulumi";
import { runs } from "../../property";
import { expectRightOrRefused } from "./combined";

jest.setTimeout(300_000);

beforeAll(() => void jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined));
afterAll(() => jest.restoreAllMocks());

test("each is evaluated without a mandatory finding, or refused in clear sentences", async () => {
  const first = Number(process.env.DDOS_SEED ?? 1) * 1000;
  const { numRuns } = runs(12);
  let evaluated = 0;
  for (let seed = first; seed < first + numRuns; seed += 1) if (await expectRightOrRefused(seed)) evaluated += 1;
  // Neither all refused nor none: both halves of the sentence are tried.
  expect(evaluated).toBeGreaterThan(numRuns / 6);
  expect(evaluated).toBeLessThan(numRuns);
});
