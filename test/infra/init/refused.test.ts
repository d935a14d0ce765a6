/** What `npm run init` refuses before it evaluates anything; the rest of it is in make.test.ts. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Given } from "../../../infra/init/gather";
import type { Ran } from "../../cli/run";
import { folderOfOwn, given, init as initIn } from "./setup";

let root = "";
beforeEach(() => (root = folderOfOwn()));
afterEach(() => rmSync(root, { recursive: true }));
const init = (options: Given): Promise<Ran> => initIn(root, options);
const files = (): string[] => readdirSync(root).sort();

test("it never overwrites, and says so before anything else", async () => {
  writeFileSync(join(root, "Pulumi.live.yaml"), "config: {}\n");
  const before = files();
  const { code, err } = await init(given());
  expect([code, files(), readFileSync(join(root, "Pulumi.live.yaml"), "utf8")]).toEqual([2, before, "config: {}\n"]);
  expect(err).toContain("Pulumi.live.yaml: is there already");
});

describe("a key", () => {
  test.each<[string, () => void, RegExp]>([
    ["that is no key", () => writeFileSync(join(root, "key"), "hello\n", { mode: 0o600 }), /is there already, and found no private key/],
    ["whose public half alone is there", () => writeFileSync(join(root, "key.pub"), "x"), /key\.pub is there without it/],
  ])("%s is refused", async (_, before, message) => {
    before();
    expect(await init(given())).toMatchObject({ code: 2, err: expect.stringMatching(message) as string });
  });
});
