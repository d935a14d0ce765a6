/** What holds of every policy of the pack, and of the page that is made from them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { policyPages } from "../../../policies/docs";
import { SUMMARY_POLICY, SETTINGS_POLICY } from "../../../policies/pack/names";
import { areas, policies as ofGraphs, policyIds, repositoryArea } from "../../../policies/rules";

const policies = [...ofGraphs, ...repositoryArea.policies];

test("ids are unique, kebab-case and no name of the pack's own or of the engine", () => {
  const ids = [...policyIds];
  expect(ids).toEqual([...new Set(ids)]);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  for (const reserved of [SETTINGS_POLICY, SUMMARY_POLICY, "all", "exemptions", "levels", "roles"]) expect(ids).not.toContain(reserved);
});

test.each(policies.map((policy) => [policy.id, policy] as const))("%s says why, how to fix it, and shows both sides", (_, policy) => {
  for (const text of [policy.description, policy.why, policy.remediationSteps]) expect(text).toMatch(/^\S.{5,}\S$/s);
  expect(new Set(policy.tags).size).toBe(policy.tags.length);
  expect(policy.tags.length).toBeGreaterThan(0);
  expect(policy.bad.trim()).not.toBe(policy.good.trim());
  for (const example of [policy.bad, policy.good]) expect(example.trim().length).toBeGreaterThan(10);
});

test("docs/policies.md and docs/policies/ are up to date (npm run policies:docs)", () => {
  const pages = policyPages([...areas, repositoryArea]);
  const text = (path: string): string => readFileSync(join(__dirname, "../../../docs", path), "utf8");
  // A list of ids first: it says at once what is missing.
  const families = pages.slice(1).map(({ path }) => text(path));
  expect(families.flatMap((page) => [...page.matchAll(/^## (.*)$/gm)].map(([, id]) => id))).toEqual(policies.map(({ id }) => id));
  expect(pages.filter((page) => text(page.path) !== page.text()).map(({ path }) => path)).toEqual([]);
  expect(readdirSync(join(__dirname, "../../../docs/policies")).sort()).toEqual(
    pages
      .slice(1)
      .map(({ path }) => path.slice("policies/".length))
      .sort(),
  );
});

test("a row of the index is one line that can be read", () => {
  const [index] = policyPages([...areas, repositoryArea]);
  const cells = [...(index?.text() ?? "").matchAll(/^\| \[.*\| (.+) \|$/gm)].map(([, cell = ""]) => cell);
  expect(cells).toHaveLength(policies.length);
  expect(cells.filter((cell) => cell.length > 115)).toEqual([]);
});
