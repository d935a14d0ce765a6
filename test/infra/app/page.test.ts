/** docs/applications.md: every row of its table names a test that there is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
const page = readFileSync(join(ROOT, "docs/applications.md"), "utf8");
const table = page.split("## Works, works with a key, refused")[1]?.split("\n## ")[0] ?? "";
const rows = [...table.matchAll(/^\| (.+?) +\| (.+?) +\| .*? +\| (.+?) +\|$/gm)]
  .map(([, application = "", verdict = "", proof = ""]) => ({ application, verdict, proof }))
  .filter(({ application, verdict }) => application !== "application" && !/^-+$/.test(verdict));

test("the table has rows of every verdict", () => {
  expect(rows.length).toBeGreaterThan(15);
  expect([...new Set(rows.map(({ verdict }) => verdict.replace(/ .*/, "")))].sort()).toEqual(["refused", "works"]);
});

test.each(rows)("$application: $verdict", ({ proof }) => {
  const [, file = "", name = ""] = /^`(.+?)`: (.+)$/.exec(proof) ?? [];
  expect(readFileSync(join(ROOT, file), "utf8")).toContain(name);
});
