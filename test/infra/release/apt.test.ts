/** What the prepare step does where apt fails: a lock of somebody else is waited for, anything else is tried five times. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPart } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";
import { functionOf } from "./functions";

const bash = unless(lacking("bash"));
const LISTS =
  "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)\\nE: Unable to lock directory /var/lib/apt/lists/";
const DPKG =
  "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (unattended-upgr)\\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?";
const AWAY = "E: Failed to fetch http://archive.ubuntu.com/ubuntu/dists/jammy/InRelease  Temporary failure resolving";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "apt-"))));
afterEach(() => rmSync(root, { recursive: true }));

const part = (name: string): string => functionOf(readPart("prepare"), name);

/** @param failures how often apt fails with `line` @param seconds that a lock is waited for @returns calls of apt, and what came of it */
function tried(line: string, failures: number, seconds = 420): { calls: number; said: string } {
  const text = `set -Eeuo pipefail
STEP=prepare EGRESS=managed ROLE=backend COUNT=0
log() { printf '%s\\n' "$*"; }
sleep() { :; }
apt() { if [ "$1" = update ]; then COUNT=$((COUNT + 1)); if [ "$COUNT" -le ${failures} ]; then printf '${line}\\n' >>${root}/prepare.log; return 100; fi; fi; printf 'Setting up %s\\n' "$*" >>${root}/prepare.log; }
${["locked", "try_apt", "apt_reason"].map(part).join("").replaceAll("/var/log/ddos", root).replace("420", String(seconds))}
if try_apt jq; then printf 'well after %s' "$COUNT"; else printf 'failed after %s:%s' "$COUNT" "$(apt_reason)"; fi`;
  const said = execFileSync("bash", ["-c", text], { encoding: "utf8" }).split("\n").at(-1) ?? "";
  return { calls: Number(/after (\d+)/.exec(said)?.[1]), said };
}

bash.each([
  ["of the package lists", LISTS],
  ["of dpkg", DPKG],
])("a lock %s is waited for, more often than a mirror is asked", (_, line) => {
  expect(tried(line, 30).said).toBe("well after 31");
  const { calls, said } = tried(line, 30, 0);
  expect(calls).toBe(1);
  expect(said).toMatch(/E: Unable to .* \(another package manager has been at work for more than seven minutes/);
});

bash("a mirror that is away is asked five times, and named", () => {
  expect(tried(AWAY, 4).said).toBe("well after 5");
  expect(tried(AWAY, 30).said).toMatch(/^failed after 5:E: Failed to fetch .*a name could not be resolved/);
});
