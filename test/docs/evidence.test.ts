/** What the pages claim is there: the tests that prove a promise, the cases of faults, the messages of troubleshooting. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, textOf } from "./pages";

const named = (page: string): string[] => [...textOf(page).matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = ""]) => path);

test.each(["docs/security.md", "docs/evidence.md", "docs/architecture.md", "docs/operations.md"])("%s names tests that exist", (page) => {
  expect(named(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("each promise of docs/security.md has a test", () => {
  const table = textOf("docs/security.md").split("## Promises")[1]?.split("\n## ")[0] ?? "";
  const rows = [...table.matchAll(/^\| .* \|$/gm)].map(([row]) => row).slice(2);
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !/`test\/[^`]+\.tsx?` +\|$/.test(row))).toEqual([]);
});

test("docs/evidence.md has every file of fault cases", () => {
  const files = readdirSync(join(ROOT, "test/lab/faults/cases")).map((file) => `test/lab/faults/cases/${file}`);
  const missing = files.filter((file) => !named("docs/evidence.md").includes(file));
  expect(missing).toEqual([]);
});

/** Everything that prints on a host or at one's desk. */
function sources(): string {
  const below = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return below(path);
      return /\.(ts|sh|py)$/.test(entry.name) ? [readFileSync(join(ROOT, path), "utf8")] : [];
    });
  // A text that is written over several lines, or in parts, is one text to its reader.
  return [...below("infra"), ...below("templates"), ...below("models-manifest")]
    .join("\n")
    .replace(/["'`]\s*\+\s*\n?\s*["'`]/g, "")
    .replace(/"\s*\n\s*f?"/g, "");
}

const MESSAGES = textOf("docs/troubleshooting.md").split("## Messages of this program")[1]?.split("\n## ")[0] ?? "";
const messages = [...MESSAGES.matchAll(/^### (.*)$/gm)].flatMap(([, heading = ""]) =>
  [...heading.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
);

test("the messages of docs/troubleshooting.md are those of the sources", () => {
  const text = sources();
  expect(messages.length).toBeGreaterThan(15);
  // Names and figures stand where the page has dots; what is between has to be there as it is.
  const parts = messages
    .flatMap((message) => message.split("…").map((part) => [message, part.trim()] as const))
    .filter(([, part]) => part.length > 3);
  expect(
    parts
      .filter(([, part]) => !text.includes(part) && !text.includes(part.replace(/^[\w-]+: /, "")))
      .map(([message, part]) => `${message}: "${part}"`),
  ).toEqual([]);
});
