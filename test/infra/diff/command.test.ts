/** `preview:offline --against` as a person runs it, in a repository of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewCommand } from "../../../infra/cli/preview";
import type { Change } from "../../../infra/diff/change";
import { run } from "../../cli/run";
import { lacking, unless } from "../../needs";
import { ROOT } from "../evaluate";

jest.setTimeout(240_000);
const testIfGit = unless(lacking("git") ?? lacking("tar"));

let folder: string;
/** Of the command alone, so that what it leaves behind can be told from what others do on this machine. */
let temporary: string;
const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.hooksPath=/dev/null", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "against-test-"));
  temporary = mkdtempSync(join(tmpdir(), "against-test-"));
  for (const name of ["infra", "policies", "templates", "models-manifest", "tools", "package.json", "tsconfig.json"]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: (from) => !/node_modules|__pycache__/.test(from) });
  }
  for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"]) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, ".gitignore"), "node_modules\n.cache\n");
});
afterAll(() => [folder, temporary].forEach((one) => rmSync(one, { recursive: true })));

function preview(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", "./tools/register.js", "infra/cli/preview.ts", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TMPDIR: temporary, INIT_CWD: undefined, npm_package_json: undefined },
  });
  return { status, stdout, stderr };
}

testIfGit("a change of the program itself, of a template and of the configuration, as JSON and as a comment", () => {
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "before");
  const edit = (name: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, name), "utf8");
    expect(text).toContain(from);
    writeFileSync(join(folder, name), text.replace(from, to));
  };
  edit("infra/network/firewall.ts", '"tcp", args.servicePort, fromGateway', '"tcp", args.servicePort, { cidrIpv4: ANYWHERE }');
  edit("Pulumi.dev.yaml", "203.0.113.0/24", "20.30.40.0/24");
  edit("templates/logrotate.mustache", "rotate", "# changed\n  rotate");
  const { status, stdout, stderr } = preview("--against", "HEAD", "--json", "--markdown", "comment.md");
  expect(stderr).toBe("");
  const change = JSON.parse(stdout) as Change;
  expect(status).toBe(1);
  expect(change.policies.found.map(({ policy }) => policy)).toContain("service-port-only-from-gateway");
  expect(change.reach.opened).toContain("tcp 9000 into backend-instance from 0.0.0.0/0");
  expect(change.reach.closed).toContain("tcp 9000 into backend-instance from the group firewall-gateway-sg");
  expect(change.files.map(({ path }) => path)).toContain("/etc/logrotate.d/ddos");
  expect(change.steps.map(({ name }) => name)).toContain("prepare");
  const comment = readFileSync(join(folder, "comment.md"), "utf8");
  expect(comment).toContain("### Stack dev, compared with HEAD");
  expect(comment).toContain("| Reachability | 2 opened, 2 closed |");
  // Neither list of worktrees nor index were touched, and nothing stays behind.
  expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
  expect(git("status", "--porcelain").split("\n").filter(Boolean).sort()).toEqual([
    " M Pulumi.dev.yaml",
    " M infra/network/firewall.ts",
    " M templates/logrotate.mustache",
    "?? comment.md",
  ]);
  expect(readdirSync(temporary)).toEqual([]);
});

testIfGit("what cannot be compared is said", () => {
  git("rm", "-q", "--cached", "infra/program.ts");
  git("commit", "-qm", "another layout");
  expect(preview("--against", "HEAD")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("it has no infra/program.ts") as string,
  });
  git("rm", "-q", "--cached", "Pulumi.yaml");
  git("commit", "-qm", "no project");
  expect(preview("--against", "HEAD").stderr).toContain("that commit has no Pulumi.yaml");
  expect(preview("--against", "no-such-branch").stderr).toContain("no branch, tag or commit of that name");
  expect(preview("--against=--output=x").stderr).toContain("is no branch, tag or commit");
});

test.each<[string[], string]>([
  [["--markdown", "-"], "--markdown belongs to --against REF"],
  [["--against", "HEAD", "--steps"], "leave out --steps"],
  [["--against", "HEAD", "--json", "--markdown", "-"], "both write to standard output"],
  [["--against", "HEAD", "--markdown", "-", "--limit", "10"], "a whole number from 2000 to 65000"],
])("%j is refused", async (args, message) => {
  const { code, err } = await run(previewCommand, args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});
