/** A commit's files are read from the folder that is named, whatever a hook of git has set. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { treeOf } from "../../../infra/diff/tree";
import { gitEnvironment } from "../../../policies/cli/git";
import { readRepository } from "../../../policies/rules/secrets/repository/read";
import { lacking, unless } from "../../needs";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tree-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));
const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("GIT_")) delete process.env[name];
  Object.assign(process.env, before);
});

function repository(name: string): string {
  const at = join(folder, name);
  mkdirSync(at);
  writeFileSync(join(at, "Pulumi.yaml"), `name: ${name}\n`);
  const git = (...args: string[]): unknown =>
    execFileSync("git", ["-C", at, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { env: gitEnvironment() });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", name);
  return at;
}

const git = unless(lacking("git") ?? lacking("tar"));
git("in a hook of another repository", async () => {
  const [one, other] = [repository("one"), repository("other")];
  Object.assign(process.env, { GIT_DIR: join(other, ".git"), GIT_WORK_TREE: other, GIT_INDEX_FILE: join(other, "no-index") });
  const tree = await treeOf(one, "HEAD");
  expect(readFileSync(join(tree.root, "Pulumi.yaml"), "utf8")).toBe("name: one\n");
  tree.remove();
  expect(existsSync(tree.root)).toBe(false);
  writeFileSync(join(one, "not-tracked"), "");
  expect(readRepository(one).resources.map(({ name }) => name)).toEqual(["Pulumi.yaml"]);
});
