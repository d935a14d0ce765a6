/** templates/steps/lock.sh, and of lib.sh the ends of a step and how it writes files and folders, run by bash, with their folders in a temporary one. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeScript } from "../../../infra/release/compose";
import { readScript } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const needsRoot = lacking("bash") ?? lacking("flock") ?? (process.getuid?.() === 0 ? undefined : "the locks are root's");
let root: string;
let running: ChildProcess[] = [];

beforeEach(() => (root = mkdtempSync(join(tmpdir(), "lock-test-"))));
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running = [];
  rmSync(root, { recursive: true });
});

/** The same text with the host's folders below the temporary one. */
const moved = (text: string): string =>
  text.replace(/\/run\/lock\//g, `${root}/`).replace(/\/(run\/ddos-steps|var\/log\/ddos|home\/ddos|var\/lib\/ddos)/g, `${root}/$1`);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const bash = (text: string, input = "", env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((resolve) => {
    writeFileSync(join(root, "script.sh"), text);
    const child = execFile("bash", [join(root, "script.sh")], { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, out, err }),
    );
    child.stdin?.on("error", () => undefined); // a script that ends without reading its input is evaluated by its exit status
    child.stdin?.end(input);
  });

const lock = (call: string): Promise<Ended> => bash(`set -Eeuo pipefail\n${moved(readScript("lock"))}\n${call}\n`);

/** Holds a lock until the test ends. @returns when it has it */
async function hold(text: string, wrap: readonly string[] = []): Promise<void> {
  const [program = "bash", ...args] = [...wrap, "bash", "-c", `${text}; echo held; sleep 60`];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
}

unless(needsRoot)("the folder of the locks is root's alone, and the lock of the host is exclusive", async () => {
  await hold(moved(readScript("lock")) + "\nlock_host -x 5");
  expect(statSync(join(root, "run/ddos-steps")).mode & 0o777).toBe(0o700);
  expect((await lock("lock_host -s 1")).code).toBe(1);
});

unless(needsRoot)("shared steps run beside each other, none beside itself, and the holder is named", async () => {
  await hold(moved(readScript("lock")) + "\nlock_step code -s 5; note_holder code");
  expect((await lock("lock_step env -s 1")).code).toBe(0);
  expect((await lock("lock_step code -s 1")).code).toBe(1);
  expect((await lock("lock_step release -x 1")).code).toBe(1);
  expect((await lock("lock_holders")).out).toMatch(/^code, pid \d+, since /);
});

unless(needsRoot)("a step of an earlier version is waited for, by its own lock, and named", async () => {
  await hold(`exec 9>>${root}/ddos-deploy.lock; flock -x 9`);
  expect((await lock("lock_host -s 1")).code).toBe(1);
  expect((await lock("lock_holders")).out).toMatch(/^a step of an earlier version, pid \d+/);
});

unless(needsRoot ?? lacking("setpriv"))("who is not root holds nobody up, however the earlier lock is held", async () => {
  writeFileSync(join(root, "ddos-deploy.lock"), "");
  const { chmodSync } = await import("node:fs");
  chmodSync(root, 0o755);
  await hold(`exec 9<${root}/ddos-deploy.lock; flock -x 9`, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
  expect((await lock("lock_host -x 1")).code).toBe(0);
});

/** A step whose script does `work`; what it said to its Command, if anything. */
async function step(work: string): Promise<Ended & { readonly done: string | undefined }> {
  const composed = composeScript({ name: "env", lock: "shared", limitSeconds: 9, parts: ["env"], files: [] });
  const body = composed.text.slice(0, composed.text.lastIndexOf("\nbegin "));
  const text = `${body}\nbegin env shared\n${work}\n\nended\n`;
  const done = join(root, "run/ddos-steps/done-env-1");
  const ended = await bash(moved(text), "---\n===\n", { DDOS_DONE: done, DDOS_MARK: "word" });
  return { ...ended, done: existsSync(done) ? readFileSync(done, "utf8") : undefined };
}

unless(needsRoot).each([
  ["at its last line", "true", 0, "word\n", ""],
  ["before it, with status 0", "exit 0", 1, undefined, "it ended before its last line, with status 0; run again"],
  ["in a function, with status 0", "f() { exit 0; }; f", 1, undefined, "it ended before its last line"],
  ["by a failure", "false", 1, undefined, "exit code 1: false"],
  ["because its work cannot be written", "sync() { return 1; }", 1, undefined, "what it did could not be written to the disk"],
])("a step that ends %s", async (_, work, code, done, reason) => {
  const ended = await step(work);
  expect(ended).toMatchObject({ code, done });
  expect(ended.err).toContain(reason);
});

unless(needsRoot)("what an application wrote does not steer the terminal of whoever reads what a step says", async () => {
  const written = String.raw`$'\e[2K\e[1A\r\a\b\x7f\xc2\x9b31m Grüße,\ttab'`;
  const { out, err } = await step(`summary ${written}; fail ${written}`);
  for (const text of [out, err]) {
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    expect(text).toContain("[2K[1A31m Grüße,\ttab");
  }
});

unless(needsRoot)(
  "a file counts as changed until whoever has to read it again has done so, also after a step that was killed in between",
  async () => {
    const put = `echo new >"$STAGE/file"; put_for sshd "$STAGE/file" ${root}/file 0644 root root`;
    expect((await step(`${put}; kill -KILL $$`)).code).not.toBe(0);
    expect(readFileSync(join(root, "file"), "utf8")).toBe("new\n");
    const { out } = await step(`${put}; echo "$PUT" >&3; has_read sshd; ${put}; echo "$PUT" >&3`);
    expect(out).toBe("changed\nsame\n");
  },
);

unless(needsRoot).each([
  ["that the service's user made, is replaced by a folder, and what it led to is as it was", "65534", "directory", "700"],
  ["of root, as to a larger volume, is followed", "0", "symbolic link", "755"],
])("a link in a folder's place, %s", async (_, owner, kind, mode) => {
  const { out } = await step(
    `mkdir -m 700 ${root}/aim; ln -s ${root}/aim ${root}/place; chown -h ${owner} ${root}/place
folder 0755 root root ${root}/place; stat -c %F ${root}/place >&3; stat -c %a ${root}/aim >&3`,
  );
  expect(out).toBe(`${kind}\n${mode}\n`);
});
