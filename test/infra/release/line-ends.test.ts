/** Scripts and templates keep LF line ends, or are refused before they reach a host. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Templates from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";
import { ROOT } from "../evaluate";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "line-ends-"))));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => jest.dontMock("node:fs"));

const withGit = unless(lacking("git"));
const git = (where: string, ...args: string[]): string =>
  execFileSync("git", ["-C", where, "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "core.autocrlf=true", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

withGit("a checkout with core.autocrlf=true has every script and template byte for byte", () => {
  const source = join(folder, "source");
  for (const name of [".gitattributes", ".ci", "templates", "test/lab", "test/golden"])
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  git(folder, "init", "-q", "source");
  git(source, "add", "-A");
  git(source, "commit", "-qm", "all");
  git(folder, "clone", "-q", "source", "clone");
  const files = git(source, "ls-files", "-z")
    .split("\0")
    .filter((name) => name !== "");
  expect(files.length).toBeGreaterThan(60);
  const changed = files.filter((name) => !readFileSync(join(folder, "clone", name)).equals(readFileSync(join(ROOT, name))));
  expect(changed).toEqual([]);
});

withGit("without .gitattributes that checkout would have CRLF, so the test above can fail", () => {
  const source = join(folder, "bare");
  cpSync(join(ROOT, "templates/steps"), join(source, "steps"), { recursive: true });
  git(folder, "init", "-q", "bare");
  git(source, "add", "-A");
  git(source, "commit", "-qm", "all");
  git(folder, "clone", "-q", "bare", "bare-clone");
  expect(readFileSync(join(folder, "bare-clone/steps/lib.sh"), "utf8")).toContain("\r\n");
});

const steps = readdirSync(join(ROOT, "templates/steps")).filter((name) => /\.(sh|py)$/.test(name));

test.each(steps)("a step script with CRLF is refused: %s", (name) => {
  jest.isolateModules(() => {
    jest.doMock("node:fs", () => ({
      ...jest.requireActual<object>("node:fs"),
      readFileSync: (path: string) => readFileSync(path, "utf8").replaceAll("\n", "\r\n"),
    }));
    /* eslint-disable-next-line @typescript-eslint/no-require-imports -- the module has to see the file system of this test */
    const { readTemplate } = require("../../../infra/release/templates") as typeof Templates;
    expect(() => readTemplate(`steps/${name}`)).toThrow(`templates/steps/${name}, line 1: found a carriage return`);
  });
});

test("no script or template is read but by what refuses CRLF", () => {
  const files = readdirSync(join(ROOT, "infra"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  expect(files).toContain("release/templates.ts");
  const offenders = files.filter((file) => /readFileSync\([^)]*templates/.test(readFileSync(join(ROOT, "infra", file), "utf8")));
  expect(offenders).toEqual([]);
});
