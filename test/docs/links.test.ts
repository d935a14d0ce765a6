/** Links between the pages lead somewhere: files that exist, anchors that a heading makes. Links to the outside are checked for their form only. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { anchors, pages, prose, ROOT } from "./pages";

interface Link {
  readonly where: string;
  readonly page: string;
  readonly target: string;
}

const links: readonly Link[] = pages().flatMap((page) =>
  prose(page)
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(/\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|(?:src|srcset|href)="([^"]+)"/g)].map(([, target, source]) => ({
        where: `${page}:${String(index + 1)}`,
        page,
        target: target ?? source ?? "",
      })),
    ),
);

function wrong({ page, target }: Link): string | undefined {
  if (/^[a-z]+:/.test(target)) {
    if (!URL.canParse(target)) return "is no address";
    return new URL(target).protocol === "https:" ? undefined : "is not https";
  }
  // As seen from README.md on GitHub: the pages of the workflows.
  const workflow = /^\.\.\/\.\.\/actions\/workflows\/([\w-]+\.yml)(\/badge\.svg)?$/.exec(target)?.[1];
  if (workflow !== undefined)
    return existsSync(join(ROOT, ".github/workflows", workflow)) ? undefined : "names a workflow that there is not";
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (path.startsWith("/")) return "is absolute, which leads elsewhere on GitHub";
  if (!existsSync(join(ROOT, file))) return `leads to ${file}, which does not exist`;
  if (anchor === undefined) return undefined;
  if (!file.endsWith(".md") || statSync(join(ROOT, file)).isDirectory()) return "has an anchor in what is no page";
  return anchors(file).has(anchor) ? undefined : `leads to a heading that ${file} does not have`;
}

test("every link leads somewhere", () => {
  expect(links.length).toBeGreaterThan(150);
  const broken = links.flatMap((link) => (wrong(link) === undefined ? [] : [`${link.where}: (${link.target}) ${wrong(link) ?? ""}`]));
  expect(broken).toEqual([]);
});

test.each([
  ["no-such-file.md", /does not exist/],
  ["README.md#no-such-heading", /heading that README.md does not have/],
  ["/docs/README.md", /absolute/],
  ["http://example.com", /not https/],
  ["package.json#x", /no page/],
  ["../../actions/workflows/none.yml/badge.svg", /a workflow that there is not/],
])("%s would be found", (target, message) => expect(wrong({ where: "", page: "README.md", target })).toMatch(message));

test("docs/README.md is an index: every page of docs is named there, apart from those of a family of policies", () => {
  const named = new Set(
    links.filter(({ page }) => page === "docs/README.md").map(({ target }) => normalize(join("docs", target.split("#")[0] ?? ""))),
  );
  const all = pages().filter((page) => page.startsWith("docs/") && !page.startsWith("docs/policies/") && page !== "docs/README.md");
  expect(all.filter((page) => !named.has(page))).toEqual([]);
});
