/** What `npm test` leaves out (test/long.json): each file is there, and every folder still has tests that run at once. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import long from "../long.json";
import { ROOT } from "./tool";

const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts") && !file.endsWith(".host.test.ts"));
const fast = files.filter((file) => !long.includes(file));

test("each file of the list is there, once, in its order", () => {
  expect(long.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(long).toEqual([...new Set(long)].sort());
});

test.each([...new Set(files.map((file) => dirname(file)))])("%s has a file of tests that npm test runs", (folder) => {
  expect(fast.some((file) => dirname(file) === folder)).toBe(true);
});
