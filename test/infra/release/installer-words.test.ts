/** What the installer's log comes to in the reason of a failed step, also when it holds no error: an installer that was killed says nothing more. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lacking, unless } from "../../needs";

const SCRIPT = join(__dirname, "../../../templates/steps/installer.sh");
const folder = mkdtempSync(join(tmpdir(), "installer-words-"));
afterAll(() => rmSync(folder, { recursive: true }));
const SAYS = `eval "$(sed -n '/^installer_words()/,/^}/p' "$1")"; cat >"$2"; BUILD_LOG=$2; words=$(installer_words); printf '%s' "$words"`;

unless(lacking("bash")).each([
  ["nothing", "", "the installer gave no reason"],
  ["killed", "Using Python 3.11.2 environment at: /home/ddos/venv\n", "the installer gave no reason"],
  ["advice besides", "error: no such package\nhint: look elsewhere\n", "error: no such package"],
  ["an error of uv", "Resolved\nerror: Failed to build `x`\n  cause: y\n", "error: Failed to build `x` cause: y"],
])("%s", (_what, log, words) => {
  const said = execFileSync("bash", ["-eEuo", "pipefail", "-c", SAYS, "bash", SCRIPT, join(folder, "log")], {
    input: log,
    encoding: "utf8",
  });
  expect(said.trim()).toBe(words);
});
