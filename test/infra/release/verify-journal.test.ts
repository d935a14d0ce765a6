/** What verify says of a service's errors: none only where the journal can be read, and takes entries. Run by bash, with programs in place of systemd's. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPart } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const stage = mkdtempSync(join(tmpdir(), "verify-journal-"));
afterAll(() => rmSync(stage, { recursive: true }));

const verify = readPart("verify");
const FUNCTIONS = verify.slice(verify.indexOf("# By invocation, not by time"), verify.indexOf("# --- ports and answers"));

/** @param journal what journalctl does when it is asked for errors @param taken whether it takes entries */
function found(journal: string, taken: boolean): string {
  const program = `set -Eeuo pipefail
STAGE=${stage}
log() { printf '%s\\n' "$*"; }
sleep() { :; }
property() { printf 'an-id'; }
systemd-cat() { printf '%s\\n' "\${*: -1}" >${stage}/entries; }
journalctl() {
  case "$*" in
    *MESSAGE=*) ${taken ? `last="\${*: -1}"; grep -xF -- "\${last#MESSAGE=}" ${stage}/entries` : "printf ''"} ;;
    *) ${journal} ;;
  esac
}
${FUNCTIONS}
printf '%s' "$(journal_errors x.service)"`;
  return spawnSync("bash", ["-c", program], { encoding: "utf8" }).stdout;
}

const bash = unless(lacking("bash"));

bash("no errors, in a journal that takes entries", () => {
  expect(found("printf ''", true)).toBe("0");
});

bash("errors are counted, and the last one is shown, whatever the journal takes", () => {
  expect(found("printf 'one\\ntwo\\n'", false)).toBe("2, the last: two");
});

bash("a journal that takes no entries says nothing about errors", () => {
  expect(found("printf ''", false)).toMatch(/^cannot tell, the journal takes no entries: is its file system full or read-only/);
});

bash("nor does one that cannot be read", () => {
  expect(found("echo 'Failed to open files: Input/output error' >&2; return 1", true)).toBe(
    "cannot tell, the journal cannot be read: Failed to open files: Input/output error",
  );
});
