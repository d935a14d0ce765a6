/** What verify finds of the files of a host, run by bash on a small tree: all of them at once, and each as if it were alone. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPart } from "../../../infra/release/templates";
import { sha256 } from "../../../infra/sha256";
import { lacking, unless } from "../../needs";

const root = mkdtempSync(join(tmpdir(), "verify-files-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => join(root, name);
const owner = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
const group = execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();

function file(name: string, text: string, mode = 0o644): void {
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
}

const verify = readPart("verify");
const FUNCTIONS = verify.slice(verify.indexOf("# kind_of PATH"), verify.indexOf("# The rest of a release"));

/** @param rows kind, mode, SHA-256, required or optional, what a link leads to, name @returns "name: expected | found" of each check that fails */
function differences(rows: readonly string[]): { checks: number; failed: string[] } {
  const text = rows.map((row) => {
    const [kind, mode, sha, need, target, ...name] = row.split(" ");
    return `${[kind, owner, group, mode, sha, need, target].join(" ")} ${at(name.join(" "))}\n`;
  });
  mkdirSync(at("stage"), { recursive: true });
  writeFileSync(at("stage/files"), text.join(""));
  const program = `set -Eeuo pipefail
STAGE=${at("stage")}
. "$1/digests.sh"
check() { if [ "$2" = "$3" ]; then printf 'same\\n'; else printf '%s: %s | %s\\n' "$1" "$2" "$3"; fi; }
${FUNCTIONS}
check_files`;
  const steps = join(__dirname, "../../../templates/steps");
  const said = execFileSync("bash", ["-c", program, "bash", steps], { encoding: "utf8", timeout: 20_000 });
  const lines = said
    .replaceAll(`${root}/`, "")
    .replaceAll(`${owner}:${group}`, "US")
    .split("\n")
    .filter((line) => line !== "");
  return { checks: lines.length, failed: lines.filter((line) => line !== "same") };
}

const bash = unless(lacking("bash") ?? lacking("sha256sum") ?? lacking("stat"));
const OF = sha256("content");

bash("files as they should be, with whatever name", () => {
  file("a", "content");
  file("with a blank", "content", 0o600);
  file("back\\slash", "content");
  file("empty", "");
  mkdirSync(at("folder"));
  chmodSync(at("folder"), 0o755);
  symlinkSync("a", at("link"));
  const rows = [
    `file 0644 ${OF} required - a`,
    `file 0600 ${OF} required - with a blank`,
    `file 0644 ${OF} required - back\\slash`,
    `file 0644 ${sha256("")} required - empty`,
    "directory 0755 - required - folder",
    "link 0777 - required a link",
    // What a link leads to counts, for a file.
    `file 0644 ${OF} required - link`,
    `file 0644 ${OF} optional - absent`,
  ];
  expect(differences(rows)).toEqual({ checks: 12, failed: [] });
});

bash("each that is otherwise is named, with what was found", () => {
  file("other", "other");
  file("open", "content", 0o666);
  mkdirSync(at("in-place"));
  chmodSync(at("in-place"), 0o755);
  symlinkSync("nowhere", at("dangling"));
  const rows = [
    `file 0644 ${OF} required - other`,
    `file 0644 ${OF} required - open`,
    `file 0644 ${OF} required - in-place`,
    `file 0644 ${OF} required - absent`,
    "link 0777 - required elsewhere dangling",
    "link 0777 - required elsewhere other",
    `file 0644 ${OF} required - dangling`,
  ];
  expect(differences(rows).failed).toEqual([
    `other sha256: ${OF} | ${sha256("other")}`,
    "open: file US 0644 | file US 0666",
    "in-place: file US 0644 | directory US 0755",
    "absent: file US 0644 | missing",
    "dangling: link to elsewhere | link to nowhere",
    "other: link to elsewhere | link to nothing",
    "dangling: file US 0644 | something else none none",
  ]);
});

bash.each([
  ["a file without a digest, such as a log", "-"],
  ["what is no file, where there should be one", OF],
])("%s, is not read", (_, sha) => {
  // Whoever reads it waits for ever.
  execFileSync("sh", ["-c", 'rm -f "$1"; mkfifo -m 644 "$1"', "sh", at("pipe")]);
  expect(differences([`file 0644 ${sha} required - pipe`]).failed).toEqual(["pipe: file US 0644 | something else US 0644"]);
});

bash("no rows at all are none", () => expect(differences([])).toEqual({ checks: 0, failed: [] }));
