/** The history of a host's releases, run by bash on a small tree: what is added, what a damaged end does, its bound, and what keeps a release. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readPart } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const bash = unless(lacking("bash") ?? lacking("jq"));
let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "history-test-"))));
afterEach(() => rmSync(root, { recursive: true }));

const FILE = "var/lib/ddos/history";
const id = (number: number): string => `${number}-abcdef012345`;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** As root would: who owns the file is not tried here. */
function sh(text: string): string {
  const script = `set -Eeuo pipefail
replace_file() { install -m "$3" -- "$1" "$2.new" && mv -fT -- "$2.new" "$2"; }
sync() { :; }
${readPart("entries")}
${readPart("history")}
${text}`.replace(/\/var\/lib\/ddos/g, join(root, "var/lib/ddos"));
  mkdirSync(join(root, "var/lib/ddos"), { recursive: true });
  return execFileSync("bash", ["-c", script], { encoding: "utf8" });
}

const lines = (): string[] =>
  readFileSync(join(root, FILE), "utf8")
    .split("\n")
    .filter((line) => line !== "");
const parsed = (): Record<string, string>[] => lines().map((line) => JSON.parse(line) as Record<string, string>);

bash("a line says what, when, how, by whom and of what; what is not known is left out", () => {
  write("made", "code=c0de\nenv=e1\nvenv=v1\nmodels=none\nhealthPath=/health?a=b\n");
  write("about", "via=update\nby=ubuntu from 203.0.113.7\nreplaces=\n");
  sh(`told serves ${id(3)} ${id(2)} "" ${root}/made ${root}/about`);
  const [one] = parsed();
  expect(one).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string,
    result: "serves",
    release: id(3),
    before: id(2),
    via: "update",
    by: "ubuntu from 203.0.113.7",
    code: "c0de",
    env: "e1",
    venv: "v1",
  });
  expect(statSync(join(root, FILE)).mode & 0o777).toBe(0o600);
});

bash("a reason is one line, without control characters, and bounded; quotes and anything else are its own", () => {
  sh(
    `told refused ${id(3)} none $'it said "no" \\\\ \\x07 «because»\\nLast words of it:\\nsecret' /none /none; told undone ${id(4)} none "$(printf 'x%.0s' {1..2000})" /none /none`,
  );
  expect(parsed().map(({ reason }) => reason)).toEqual(['it said "no" \\  «because»', "x".repeat(400)]);
});

bash("the same end twice is one line, as after a step that was killed behind it; a later return is another", () => {
  for (const number of [7, 7, 8, 7]) sh(`told serves ${id(number)} none "" /none /none`);
  expect(parsed().map(({ release }) => release)).toEqual([id(7), id(8), id(7)]);
});

bash("a line without an end makes the file no larger than its bound, and the newest lines stay", () => {
  write(FILE, `{"result":"serves","release":"${id(0)}"}\n${"\0".repeat(9 << 20)}\n{"result":"serves","release":"${id(1)}"}\n`);
  sh(`told serves ${id(2)} ${id(1)} "" /none /none`);
  expect(statSync(join(root, FILE)).size).toBeLessThanOrEqual(1 << 20);
  expect(
    lines()
      .slice(-2)
      .map((line) => (JSON.parse(line) as { release: string }).release),
  ).toEqual([id(1), id(2)]);
});

bash.each([
  ["cut off", '{"at":"2026'],
  ["of zeros", "\0\0\0"],
  ["whole, without its end", `{"result":"serves","release":"${id(1)}"}`],
])("a last line that is %s stays as it is, on a line of its own", (_, end) => {
  write(FILE, `{"result":"serves","release":"${id(0)}"}\n${end}`);
  sh(`told serves ${id(2)} ${id(1)} "" /none /none`);
  expect(lines().slice(0, 2)).toEqual([`{"result":"serves","release":"${id(0)}"}`, end]);
  expect(JSON.parse(lines()[2] ?? "")).toMatchObject({ release: id(2) });
});

bash("it is bounded: of more than 600 lines the newest 500 stay", () => {
  write(FILE, Array.from({ length: 600 }, (_, at) => `{"result":"serves","release":"${id(at)}"}\n`).join(""));
  sh(`told serves ${id(600)} none "" /none /none`);
  expect(parsed().map(({ release }) => release)).toEqual(Array.from({ length: 500 }, (_, at) => id(at + 101)));
  expect(existsSync(join(root, `${FILE}.rest`))).toBe(false);
});

bash("where it cannot be written, the caller goes on and says so", () => {
  mkdirSync(join(root, "var/lib/ddos"), { recursive: true });
  symlinkSync("/dev/full", join(root, FILE));
  expect(sh(`told serves ${id(2)} none "" /none /none 2>/dev/null; printf 'goes on'`)).toMatch(
    /could not be written: that 2-abcdef012345 serves stands nowhere else\ngoes on$/,
  );
});
