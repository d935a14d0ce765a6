/** Of the configurations by chance (combined.test.ts) one that is evaluated and one that is refused. */
import * as pulumi from "@pulumi/pulumi";
import { expectRightOrRefused } from "./combined";

jest.setTimeout(60_000);

test.each([
  [true, 1],
  [false, 2],
])("evaluated: %s", async (evaluated, seed) => {
  jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  expect(await expectRightOrRefused(seed)).toBe(evaluated);
  jest.restoreAllMocks();
});
