/** A create is read alike by whatever login shell a host gives the user who logs in. */
import { spawnSync } from "node:child_process";
import { forAnyShell, mayUseSudo } from "../../../infra/release/compose";
import { hostKeyScript } from "../../../infra/release/host-key-script";
import { inSh } from "../../../infra/release/in-sh";
import { readTemplate } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const TEXT = `set -eu
word="$(cat)"
if ! echo "$word" | grep -q given; then
  echo "nothing given on $(uname -n)" >&2
  exit 3
fi
echo "\\"$word\\" of" \\
  "\${HOME:-none}" in "$(pwd)"
exit 4
`;

const SCRIPT = `# A comment with an apostrophe: it's one.
set -eu
say() { printf 'read: %s\\n' "$1"; }
say "$(cat)"
case x in
  x) false || exit 5 ;;
esac
echo never
`;

// The usual one, zsh, and the two that read no sh. A test says so where one of them is missing.
describe.each(["sh", "bash", "zsh", "tcsh", "fish"])("%s", (shell) => {
  unless(lacking(shell))("runs it with its input, and ends as it ends", () => {
    const run = (input: string) =>
      spawnSync(shell, ["-c", forAnyShell(TEXT)], { input, encoding: "utf8", cwd: "/", env: { ...process.env, HOME: "/x" } });
    expect(run("given")).toMatchObject({ status: 4, stdout: '"given" of /x in /\n' });
    expect(run("")).toMatchObject({ status: 3, stdout: "" });
  });

  // csh takes no line break within quotes.
  if (shell !== "tcsh") {
    unless(lacking(shell))("a script of many lines with quotes runs in sh", () => {
      const { status, stdout } = spawnSync(shell, ["-c", inSh(SCRIPT)], { input: "it's $HOME\n", encoding: "utf8" });
      expect([status, stdout]).toEqual([5, "read: it's $HOME\n"]);
    });
  }
});

test("the scripts of the user who logs in can be so written", () => {
  for (const script of [hostKeyScript(), readTemplate("steps/ssh-key.sh")]) expect(inSh(script)).toMatch(/^exec \/bin\/sh -c '/);
  expect(() => inSh("echo \\\\\n")).toThrow(/two backslashes/);
});

test("it is one line within one pair of quotes", () => {
  expect(forAnyShell(TEXT)).toMatch(/^exec \/bin\/sh -c '[^'\n]*'\n$/);
  expect(forAnyShell(mayUseSudo("env"))).toMatch(/^exec \/bin\/sh -c 'if ! sudo -n true <\/dev\/null; then echo .*; exit 1; fi'\n$/);
  expect(() => forAnyShell("echo 'x'")).toThrow(/single quote/);
});
