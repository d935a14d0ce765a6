import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { lacking, unless } from "../../needs";
import { ROOT } from "../evaluate";

const SCRIPT = path.join(ROOT, "templates/steps/ssh-key.sh");
const [OLD, NEW, COLLEAGUE] = ["ssh-ed25519 AAAAold+/=", "ssh-ed25519 AAAAnew", "ssh-rsa AAAAother"];
const AUTHORIZE = `authorizedKey=${NEW}\n===\n`;
const REVOKE = `authorizedKey=${NEW}\nrevokedKey=${OLD}\n===\n`;

const onHost = unless(lacking("grep") ?? lacking("mktemp"));

/** Stands in for sudo: runs what it is given, with another folder for /root. */
const SUDO = `#!/bin/sh
shift
for word; do
  shift
  case $word in /root/*) word=$FAKE_ROOT\${word#/root} ;; esac
  set -- "$@" "$word"
done
exec "$@"
`;

let scratch: string;
beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ssh-key-"));
  program("sudo", SUDO);
});
afterEach(() => fs.rmSync(scratch, { recursive: true }));

function program(name: string, text: string): void {
  fs.mkdirSync(path.join(scratch, "bin"), { recursive: true });
  fs.writeFileSync(path.join(scratch, "bin", name), text, { mode: 0o755 });
}

const fileOf = (user: "login" | "root"): string => path.join(scratch, user, ".ssh/authorized_keys");
const read = (user: "login" | "root" = "login"): string => fs.readFileSync(fileOf(user), "utf8");

function write(text: string, user: "login" | "root" = "login"): void {
  fs.mkdirSync(path.dirname(fileOf(user)), { recursive: true });
  fs.writeFileSync(fileOf(user), text, { mode: 0o644 });
}

function run(stdin: string): { status: number | null; stderr: string } {
  const env = {
    ...process.env,
    HOME: path.join(scratch, "login"),
    FAKE_ROOT: path.join(scratch, "root"),
    PATH: `${scratch}/bin:${process.env.PATH}`,
  };
  fs.mkdirSync(env.HOME, { recursive: true });
  return spawnSync("sh", ["-c", fs.readFileSync(SCRIPT, "utf8")], { input: stdin, env, encoding: "utf8" });
}

onHost.each<[string, string | undefined, string, string]>([
  ["no file yet", undefined, AUTHORIZE, `${NEW} ml-gateway\n`],
  ["an empty file", "", AUTHORIZE, `${NEW} ml-gateway\n`],
  ["beside the old key", `${OLD} first boot\n`, AUTHORIZE, `${OLD} first boot\n${NEW} ml-gateway\n`],
  ["a last line without its end", `${OLD}`, AUTHORIZE, `${OLD}\n${NEW} ml-gateway\n`],
  ["only in a comment", `# ${NEW}\n`, AUTHORIZE, `# ${NEW}\n${NEW} ml-gateway\n`],
  ["the old key goes", `${OLD} a\n${COLLEAGUE} bob\n${NEW} b\n`, REVOKE, `${COLLEAGUE} bob\n${NEW} b\n`],
  ["with options, and twice", `from="10.0.0.0/8",command="echo no" ${OLD} a\n${NEW}\n${OLD}\n`, REVOKE, `${NEW}\n`],
  ["keys that only begin alike, and comments, stay", `${OLD}x\n# ${OLD}\n\n${NEW}\n`, REVOKE, `${OLD}x\n# ${OLD}\n\n${NEW}\n`],
  ["never without the current key", `${OLD}\n`, REVOKE, `${NEW} ml-gateway\n`],
])("%s", (_title, before, stdin, after) => {
  if (before !== undefined) {
    write(before);
  }
  expect(run(stdin)).toMatchObject({ status: 0, stderr: "" });
  expect(read()).toBe(after);
  expect(fs.statSync(fileOf("login")).mode & 0o777).toBe(0o600);
  const { ino } = fs.statSync(fileOf("login"));
  expect(run(stdin).status).toBe(0);
  expect(fs.statSync(fileOf("login")).ino).toBe(ino);
});

onHost("root's own file loses the old key and gets none", () => {
  write(`${NEW}\n`);
  write(`command="echo log in as ubuntu" ${OLD}\n${COLLEAGUE}\n`, "root");
  expect(run(AUTHORIZE).status).toBe(0);
  expect(read("root")).toContain(OLD);
  expect(run(REVOKE).status).toBe(0);
  expect(read("root")).toBe(`${COLLEAGUE}\n`);
});

onHost("when the new file cannot be written, the one before stays", () => {
  write(`${OLD}\n`);
  program("sync", "#!/bin/sh\nexit 1\n");
  const { status, stderr } = run(AUTHORIZE);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/authorized_keys could not be written and stays as it was; is the disk full/),
  ]);
  expect(read()).toBe(`${OLD}\n`);
  expect(fs.readdirSync(path.dirname(fileOf("login")))).toEqual(["authorized_keys"]);
});

onHost("a link stays a link", () => {
  write(`${OLD}\n`, "root");
  fs.mkdirSync(path.dirname(fileOf("login")), { recursive: true });
  fs.symlinkSync(fileOf("root"), fileOf("login"));
  expect(run(AUTHORIZE).status).toBe(0);
  expect(fs.lstatSync(fileOf("login")).isSymbolicLink()).toBe(true);
  expect(read("root")).toBe(`${OLD}\n${NEW} ml-gateway\n`);
});

onHost.each([
  ["cut off", `authorizedKey=${NEW}\n`, /ended early/],
  ["nothing", "", /ended early/],
  ["no key", "authorizedKey=\n===\n", /is not a public key/],
  ["two keys in one line", `authorizedKey=${NEW} x ${OLD}\n===\n`, /is not a public key/],
  ["the same key twice", `authorizedKey=${NEW}\nrevokedKey=${NEW}\n===\n`, /the same key is to be authorized and revoked/],
])("input that is wrong changes nothing: %s", (_title, stdin, reason) => {
  write(`${OLD}\n`);
  const { status, stderr } = run(stdin);
  expect([status, stderr]).toEqual([1, expect.stringMatching(reason)]);
  expect(read()).toBe(`${OLD}\n`);
});
