/** What the pages claim is there: the tests that prove a promise, the cases of faults, the messages of troubleshooting. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { failMessages } from "./fail-messages";
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

test("docs/operations.md has every workflow, and every variable and secret that one asks for", () => {
  const workflows = readdirSync(join(ROOT, ".github/workflows"));
  const section = textOf("docs/operations.md").split("## GitHub workflows")[1]?.split("\n## ")[0] ?? "";
  expect(workflows.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  const texts = workflows.map((name) => readFileSync(join(ROOT, ".github/workflows", name), "utf8")).join("\n");
  const asked = new Set([...texts.matchAll(/\b(?:vars|secrets)\.([A-Z_]+)/g)].map(([, name = ""]) => name));
  expect(asked.size).toBeGreaterThan(5);
  expect([...asked].filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
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
  return [...below("infra"), ...below("templates"), ...below("models-manifest"), ...below("policies/cli")]
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

/** Messages of steps without an entry: they say what to do themselves, or only a fault of this program can bring them about. */
const NO_ENTRY: readonly string[] = [
  "… has another sha256 on the package index than the one that is pinned",
  "give the full 40 digits",
  "see /var/log/letsencrypt/letsencrypt.log",
  "is iproute2 whole?",
  "is python3-venv whole?",
  "is ml-gateway:backup.schedule a calendar expression",
  "which an application must not have",
  "a package left something in its environment",
  "the configuration of pip on this host",
  "which installs the packages, could not be fetched",
  "must bring uvicorn and python-dotenv",
  "the packages could not be compiled",
  "the application that serves (…, pid …) listens on port",
  "does not get free",
  "the checks of the models could not be asked",
  "and the … step, run again for that, failed",
  "though the … step has just run again",
  "ten unused ports in a row",
  "the bundle that arrived has sha256",
  "the text of .env that arrived",
  "what was to be repaired is another one",
  "a deployment is at work on this host and did not end",
  "another deployment brings its scripts",
  "could not be unpacked into …",
  "no release was deployed to this host yet",
  "is not on this host any more: three stay at most",
  "is one of another gateway.mode",
  "openssl could not make a stand-in",
  "openssl of this host takes the key",
  "is no name of a release",
  "is not a code id",
  "is not a source of code",
  "the digest of .env has to be",
  "the step's input has no value",
  "is no plain name",
  "is not an IPv4 address (…)",
  "the list has a line of an unknown kind",
  "the same key is to be authorized and revoked",
];

/** Whether the parts of `pattern`, between its dots, stand in `text` in their order. */
function fits(text: string, pattern: string): boolean {
  let from = 0;
  return pattern.split("…").every((part) => {
    const at = text.indexOf(part.trim(), from);
    from = at + part.trim().length;
    return at !== -1;
  });
}

describe("every reason with which a step may fail", () => {
  const reasons = failMessages();
  const onPage = messages.map((message) => message.replace(/^[\w-]+: /, "")).filter((message) => message.replaceAll("…", "").length > 8);

  test("has an entry in docs/troubleshooting.md, or says itself what to do", () => {
    expect(reasons.length).toBeGreaterThan(100);
    const missing = reasons.filter(({ text }) => ![...onPage, ...NO_ENTRY].some((pattern) => fits(text, pattern)));
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });

  test("which of them need none is not said of messages that are gone, or have an entry", () => {
    const listed = (text: string): boolean => onPage.some((pattern) => fits(text, pattern));
    expect(NO_ENTRY.filter((pattern) => !reasons.some(({ text }) => fits(text, pattern) && !listed(text)))).toEqual([]);
  });
});
