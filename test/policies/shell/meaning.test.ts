/** What bash means by a line where the grammar, or a name that two ways define, could be read as something else. */
import { filesAfter } from "../../../policies/shell/analyse";
import { showMode } from "../../../policies/shell/mode";
import { shellParser } from "../../../policies/shell/parser";
import { plain, show } from "../../../policies/shell/text";

async function after(script: string): Promise<{ modes: Record<string, string[]>; ran: string[]; unclear: string[] }> {
  const { files, context } = filesAfter(script, await shellParser());
  const modes = [...files.entries].map(([path, entries]) => [
    path,
    entries.flatMap(({ kind, mode }) => (kind === "file" ? [showMode(mode)] : [])),
  ]);
  return {
    modes: Object.fromEntries(modes) as Record<string, string[]>,
    ran: context.record.executed.map(({ argv }) => argv.map(plain).join(" ")),
    unclear: context.record.unclear.map(({ what }) => show(what)),
  };
}

describe("a redirection belongs to the last command in front of it", () => {
  test.each([
    ["behind && it is opened under the new umask", "umask 077; umask 000 && cat > /srv/f", ["0666"]],
    ["and in the new folder", "cd /srv && cd /srv/sub/.. && echo x > f", ["0644"]],
    ["with a here document", "cd /srv && cat <<E > f\nq\nE", ["0644"]],
    ["with a pipe behind the document", "cd /srv && cat - <<E | tee f >/dev/null || y\nq\nE", ["0644"]],
    ["negated", "umask 077; umask 000 && ! true > /srv/f", ["0666"]],
  ])("%s", async (_, script, modes) => {
    expect((await after(script)).modes["/srv/f"]).toEqual(modes);
  });
  test("what follows a document by && comes after all of it", async () => {
    const { modes, ran } = await after("cd /srv && cat <<E > f && cd /opt && echo q > g\nq\nE");
    expect(Object.keys(modes)).toEqual(["/srv/f", "/opt/g"]);
    expect(ran).toEqual(["cd /srv", "cat", "cd /opt", "echo q"]);
  });
});

describe("no word is lost", () => {
  test.each([
    ["- in front of a here document", "x - <<E\nq\nE", "x -"],
    ["behind other words", "x a - <<E b\nq\nE", "x a - b"],
    ["on a line of its own", "x \\\n - \\\n 2>/dev/null <<E\nq\nE", "x -"],
    ["in a condition", "if true; then # so\n x - <<E | y\nq\nE\nfi", "x -"],
  ])("%s", async (_, script, words) => {
    const { ran, unclear } = await after(script);
    expect(ran).toContain(words);
    expect(unclear).toEqual([]);
  });
});

describe("functions", () => {
  test.each([
    ["another program does not see them", "chmod() { :; }; touch /srv/f; sudo chmod 640 /srv/f", ["0640"]],
    ["nor do xargs and env", "touch() { :; }; echo /srv/f | xargs touch; chmod() { :; }; env chmod 640 /srv/f", ["0640"]],
    ["one can stand before the program that it calls", 'install() { command install "${@/600/644}"; }; install -m 600 x /srv/f', ["0644"]],
    [
      "after a branch a name stands for either",
      "if a; then f() { chmod 666 /srv/f; }; else f() { chmod 600 /srv/f; }; fi; touch /srv/f; f",
      ["0666", "0600"],
    ],
    [
      "or for the program, where one way alone defines it",
      "touch /srv/f; if a; then chmod() { :; }; fi; chmod 600 /srv/f",
      ["0644", "0600"],
    ],
  ])("%s", async (_, script, modes) => {
    expect((await after(script)).modes["/srv/f"]).toEqual(modes);
  });
});

describe("numbers", () => {
  test.each([
    ["printf %o", "chmod $(printf %o 384) /srv/f", "0600"],
    ["printf takes a word for each of its letters", 'printf -v m "%x%s" 6 44; chmod "$m" /srv/f', "0644"],
    ["a number that begins with 0 is octal to $(( ))", "chmod $((0644)) /srv/f", "0420"],
  ])("%s", async (_, script, mode) => {
    const { files } = filesAfter(script, await shellParser());
    expect(files.entries.get("/srv/f")?.map((e) => showMode(e.mode))).toEqual([mode]);
  });
  test("a date is one slot of printf, and the words behind come again", async () => {
    expect((await after('x "$(printf "%(%Y-%m-%d)T,%s;" -1 a -1 b)"')).ran.join("\n")).toMatch(/,a;.*,b;/u);
  });
});

test("how many items a list has is not known where ways have made it", async () => {
  const { ran } = await after('m=(); if q; then m+=(a); fi; if [ "${#m[@]}" -gt 0 ]; then x some; else x none; fi');
  expect(ran).toEqual(expect.arrayContaining(["x some", "x none"]));
});

describe("a unit of systemd-run", () => {
  test.each([
    ["has its own umask", "umask 077; systemd-run --pipe --wait sh -c 'cat > /srv/f'", "0644"],
    ["or the one that is written", "systemd-run -p UMask=0077 --pipe --wait sh -c 'cat > /srv/f'", "0600"],
    ["runs its other commands", "touch /srv/f; systemd-run -p 'ExecStartPost=/bin/chmod 666 /srv/f' true", "0666"],
  ])("%s", async (_, script, mode) => {
    expect((await after(script)).modes["/srv/f"]).toEqual([mode]);
  });
  test("a right that it gets is said", async () => {
    expect((await after("systemd-run -p AmbientCapabilities=CAP_DAC_OVERRIDE x")).unclear.join()).toMatch(/AmbientCapabilities/u);
    expect((await after("systemd-run -p User=ddos -p ProtectSystem=strict -p SupplementaryGroups=$(id -gn nginx) x")).unclear).toEqual([]);
  });
});

describe("what is printed on a way that leaves is not lost", () => {
  test.each([
    ["by return", "f() { if q >/dev/null; then echo a; return 0; fi; echo a; }; x $(f)"],
    ["by return on every way", "f() { if q >/dev/null; then echo a; return 0; else echo a; return 0; fi; }; x $(f)"],
    ["by break", "x $(for i in 1; do if q >/dev/null; then echo a; break; fi; echo a; done)"],
    ["by continue", "x $(for i in 1; do if q >/dev/null; then echo a; continue; fi; echo a; done)"],
    ["by exit", "x $(if q >/dev/null; then echo a; exit 0; fi; echo a)"],
    ["by exit through a trap", "x $(bash -c 'trap \"echo a\" EXIT; if q >/dev/null; then exit 0; fi')"],
    ["and a failure of every way", "x $(echo a; if q >/dev/null; then exit 1; else exit 2; fi)"],
  ])("%s", async (_, script) => {
    expect((await after(script)).ran).toContain("x a");
  });
  test("but on one that fails", async () => {
    expect((await after("x $(if q >/dev/null; then echo b; exit 1; fi; echo a)")).ran).toContain("x a");
  });
  test.each([
    ["return", "f() { if q >/dev/null; then echo b; return; fi; echo a; }; x $(f)"],
    ["the test of a loop", "x $(echo a; while q >/dev/null; do echo b; done)"],
  ])("and what differs is not known: %s", async (_, script) => {
    const { ran } = await after(script);
    expect(ran.some((one) => one === "x a" || one === "x b" || one === "x a b b" || one === "x")).toBe(false);
    expect(ran.some((one) => one.startsWith("x "))).toBe(true);
  });
  test("two that are not known are not the same", async () => {
    const f = 'f() { if q >/dev/null; then echo "$1"; else echo c; fi; }';
    const { ran } = await after(`${f}; a=$(f a); b=$(f b); if [ "$a" = "$b" ]; then x same; else x other; fi`);
    expect(ran).toEqual(expect.arrayContaining(["x same", "x other"]));
  });
});

describe("a trap", () => {
  test.each([
    ["of a subshell runs when that ends", "touch /srv/f; (trap 'chmod 640 /srv/f' EXIT; chmod 600 /srv/f)", ["0640"]],
    ["also where the subshell fails", "touch /srv/f; (trap 'chmod 640 /srv/f' EXIT; exit 1) || true; x", ["0640"]],
    ["before what comes behind it", "touch /srv/f; (trap 'chmod 640 /srv/f' EXIT); chmod 600 /srv/f", ["0600"]],
    ["of a part of a pipe", "touch /srv/f; echo a | { trap 'chmod 640 /srv/f' EXIT; cat >/dev/null; }", ["0640"]],
    ["of a substitution", "touch /srv/f; x $(trap 'chmod 640 /srv/f' EXIT; echo a)", ["0640"]],
    ["of a function that is a subshell", "touch /srv/f; f() ( trap 'chmod 640 /srv/f' EXIT; y ); f", ["0640"]],
    ["of the shell is none of its subshells'", "touch /srv/f; trap 'chmod 640 /srv/f' EXIT; (y); chmod 600 /srv/f; trap - EXIT", ["0600"]],
    ["and runs once, at the end", "touch /srv/f; trap 'chmod 640 /srv/f' EXIT; (y); chmod 600 /srv/f", ["0640"]],
    ["on ERR in a subshell may run", "touch /srv/f; chmod 600 /srv/f; (trap 'chmod 644 /srv/f' ERR; y)", ["0600", "0644"]],
    ["that one way sets may run", "touch /srv/f; chmod 600 /srv/f; if q; then trap 'chmod 644 /srv/f' EXIT; fi", ["0600", "0644"]],
    [
      "that the other way sets as well",
      "touch /srv/f; chmod 600 /srv/f; if q; then :; else trap 'chmod 644 /srv/f' EXIT; fi",
      ["0600", "0644"],
    ],
    ["that both set runs", "touch /srv/f; if q; then trap 'chmod 600 /srv/f' EXIT; else trap 'chmod 600 /srv/f' EXIT; fi", ["0600"]],
  ])("%s", async (_, script, modes) => {
    expect((await after(script)).modes["/srv/f"]?.sort()).toEqual(modes);
  });
  test("of a substitution prints into it", async () => {
    expect((await after("x $(trap 'echo b' EXIT; echo a)")).ran).toContain("x a b");
  });
});

describe("a group behind !", () => {
  const modes = async (script: string): Promise<string[] | undefined> => (await after(`touch /srv/f; ${script}`)).modes["/srv/f"]?.sort();
  test.each([
    ["may fail or not", "if ! { a && b; }; then chmod 640 /srv/f; exit 1; fi; chmod 600 /srv/f", ["0600"]],
    ["or either way is gone", "if ! { a && b; }; then chmod 640 /srv/f; else chmod 600 /srv/f; fi", ["0600", "0640"]],
    ["that is certain is followed as what it is", "! { true; } || chmod 600 /srv/f", ["0600"]],
    [
      "on several lines, with groups, quotes and expansions in it",
      'if ! {\n  { a \'}\' "$(b ")")"; } # }\n  c ${x%\\}} \\}\n}; then exit 1; fi\nchmod 600 /srv/f',
      ["0600"],
    ],
    ["keeps what it sets", '! { m=600; false; }; chmod "$m" /srv/f', ["0600"]],
    ["behind others", "true && ! { chmod 600 /srv/f; }", ["0600"]],
    ["is no subshell's", '! ( m=600 ); chmod "${m:-640}" /srv/f', ["0640"]],
  ])("%s", async (_, script, expected) => {
    expect(await modes(script)).toEqual(expected);
  });
  test("with a document in it is not followed, and that is said", async () => {
    expect((await after("if ! { cat <<E; }; then x; fi\na }\nE\n")).unclear.length).toBeGreaterThan(0);
  });
});

describe("a program that talks to others and names a secret file may hand it on", () => {
  const program = (text: string): string => `python3 -c 'import urllib.request; print("${text}")'`;
  test.each(["/home/ddos/app/.env", "config files/.env", ".env"])("%s", async (text) => {
    expect((await after(`cd /home/ddos/app && ${program(text)}`)).unclear.join()).toContain("talks to others");
  });
  test("a sentence that ends in its name is no path", async () => {
    expect((await after(program("the setting A is not in .env"))).unclear).toEqual([]);
  });
});
