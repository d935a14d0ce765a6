/** .ci/run on a machine that has Node and nothing else: what it installs, in which order, and what it says when that fails. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./tool";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ci-run-"))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Machine {
  /** Programs that are there and succeed, apart from npm and apt-get. */
  readonly has?: readonly string[];
  /** Command lines that fail, by their beginning. */
  readonly fails?: string;
}

/** Runs the script with a PATH of its own, on which every program only notes how it was called. */
function ci({ has = [], fails }: Machine, ...args: readonly string[]): { code: number | null; calls: string[]; last: string | undefined } {
  const log = join(folder, "calls");
  writeFileSync(log, "");
  for (const name of ["dirname", "env", "bash"]) symlinkSync(`/usr/bin/${name}`, join(folder, name));
  const fail = fails === undefined ? "" : `case "$line" in "${fails}"*) exit 1 ;; esac\n`;
  for (const name of ["npm", "apt-get", ...has])
    writeFileSync(join(folder, name), `#!/bin/bash\nline="${name} $*"\necho "$line" >>${log}\n${fail}`, { mode: 0o755 });
  const { status, stdout } = spawnSync("/bin/bash", [".ci/run", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: folder, CI: "true" },
  });
  const calls = readFileSync(log, "utf8").trim().split("\n");
  return { code: status, calls: calls.filter((line) => !line.startsWith("python3")), last: stdout.trim().split("\n").at(-1) };
}

const APT = "apt-get -q -y -o DPkg::Lock::Timeout=300";

test("a bare machine gets the packages first, then npm ci, then the checks with the given options", () => {
  expect(ci({}, "--fast")).toMatchObject({
    code: 0,
    calls: [
      `${APT} update`,
      `${APT} install --no-install-recommends shellcheck git ca-certificates python3 python3-venv`,
      `${APT} update`,
      `${APT} install --no-install-recommends chromium fonts-dejavu-core`,
      "npm ci",
      "npm run -s check -- --fast",
    ],
  });
});

test("a machine that has all is left alone", () => {
  expect(ci({ has: ["shellcheck", "git", "python3", "chromium"] })).toMatchObject({ code: 0, calls: ["npm ci", "npm run -s check --"] });
});

test("Python without venv gets it", () => {
  const { calls } = ci({ has: ["shellcheck", "git", "python3", "chromium"], fails: "python3" });
  expect(calls[1]).toBe(`${APT} install --no-install-recommends python3 python3-venv`);
});

test("a browser that cannot be had keeps nothing else from being tested", () => {
  const { code, calls } = ci({ has: ["shellcheck", "git", "python3"], fails: "apt-get" });
  expect([code, calls]).toEqual([0, [`${APT} update`, "npm ci", "npm run -s check --"]]);
});

test.each(["apt-get", "npm ci"])("where %s fails, nothing was tested, and that has failed", (fails) => {
  expect(ci({ fails })).toMatchObject({ code: 1, last: "0 passed, 1 failed" });
});

test("the exit code is that of the checks", () => {
  expect(ci({ has: ["shellcheck", "git", "python3", "chromium"], fails: "npm run" }).code).toBe(1);
});

test("--help does nothing", () => {
  expect(ci({}, "--help")).toMatchObject({ code: 0, calls: [""] });
});
