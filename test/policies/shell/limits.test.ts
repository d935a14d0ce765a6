/** Text that is long, nests deeply or multiplies: the evaluation ends, and what was not followed is said and never passed. */
import { filesAfter } from "../../../policies/shell/analyse";
import type { Files } from "../../../policies/shell/files";
import { lostRules } from "../../../policies/shell/lost-rules";
import { exactly } from "../../../policies/shell/mode";
import { shellParser } from "../../../policies/shell/parser";
import type { ParseShell } from "../../../policies/shell/parser";
import { globMatches, relation } from "../../../policies/shell/paths";
import { withLiterals } from "../../../policies/shell/python";
import type { Executed } from "../../../policies/shell/state";
import { STAR } from "../../../policies/shell/text";
import { matchesPattern } from "../../../policies/graph/iam-match";
import { findSecrets } from "../../../policies/rules/secrets/decode";
import { printedSecrets } from "../../../policies/rules/secrets/echo";

let parse: ParseShell;
beforeAll(async () => {
  parse = await shellParser();
});

const times = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, i) => text(i)).join("");

/** What cannot be followed, one sentence each. */
const unclear = (text: string): string[] => [...new Set(filesAfter(text, parse).context.record.unclear.map(({ what }) => what))];

const TOO_MUCH: Readonly<Record<string, string>> = {
  "loops in loops": `${times(12, (i) => `for v${String(i)} in 1 2 3 4 5 6 7 8; do `)}touch /a; ${times(12, () => "done; ")}`,
  "nested substitutions": `echo ${"$(".repeat(2000)}true${")".repeat(2000)}`,
  "nested groups": `${"{ ".repeat(5000)}true;${" }; ".repeat(5000)}`,
  "nested conditions": `${"if true; then ".repeat(3000)}true; ${"fi; ".repeat(3000)}`,
  "nested sums": `echo ${"$(( ".repeat(3000)}1${" ))".repeat(3000)}; x=${"$(".repeat(300)}rm /a${")".repeat(300)}`,
  "functions that call themselves": "f() { if curl x; then f; fi; f | f; }; f",
  "text that runs itself": "x='eval $x; eval $x'; eval $x",
  "a file that is read into itself": `for i in {1..60}; do cat /tmp/a /tmp/a >>/tmp/a; echo ${"a".repeat(99)} >>/tmp/a; y=$(cat /tmp/a); echo "$y$y" >>/tmp/a; done`,
  "a hundred thousand words": `touch ${"a ".repeat(210_000)}`,
  "many files and many patterns": times(2500, (i) => `touch /srv/f${String(i)}; rm -f /srv/*x${String(i)}y*\n`),
};

test.each(Object.entries(TOO_MUCH))("%s end in «cannot tell»", (_, text) => {
  expect(unclear(text).some((what) => /more commands than can be followed|too deeply/.test(what))).toBe(true);
});

/** What the grammar would read again and again, or a look at each of many would take to the end of the text. */
test.each([
  ["here documents that end too early", times(30_000, () => "cat <<E\nEx\nE\n")],
  ["groups behind ! without an end", "! { ".repeat(60_000)],
])("%s end in «cannot be parsed»", (_, text) => {
  expect(unclear(text).join()).toContain("cannot be parsed");
});

test("thousands of calls in one program are followed, each of them", () => {
  const calls = times(2000, (i) => `os.system("touch /srv/f${String(i)}"); `);
  const { files, context } = filesAfter(`python3 -c 'import os; ${calls}os.chmod("/srv/f1999", 0o640)'`, parse);
  expect(context.record.unclear).toEqual([]);
  expect(files.entries.has("/srv/f1998")).toBe(true);
  expect(filesAfter(`python3 -c 'import os; c = "touch /srv/named"; os.system(c)'`, parse).files.entries.has("/srv/named")).toBe(true);
});

test("an array of many keys is not known, and one of fewer is", () => {
  const modeOf = (count: number): unknown => {
    const items = times(count, (i) => `[k${String(i)}]=640 `);
    const { files } = filesAfter(`declare -A m=(${items}); touch /srv/f; chmod "\${m[k1]}" /srv/f`, parse);
    return files.entries.get("/srv/f")?.[0]?.mode;
  };
  expect(modeOf(3000)).toEqual(exactly(0o640));
  expect(modeOf(20_000)).not.toEqual(exactly(0o640));
});

test("of thousands of names each is read as its text, and none that is bound elsewhere", () => {
  const names = times(30_000, (i) => `p${String(i)} = "/srv/f${String(i)}"\n`);
  const code = withLiterals(`${names}open(p29999)\nq = "/srv/q"\nopen(q)\nfor a, q in x: pass\n${"def f(".repeat(30_000)}`);
  expect(code).toContain(`open("/srv/f29999")\nq = "/srv/q"\nopen(q)\n`);
});

test("thousands of runs that take all rules away are one finding for each rule of others", () => {
  const run = (part: string, words: string): Executed =>
    ({ program: words.split(" ", 1)[0], argv: words.split(" "), stdin: "", place: { urn: "u", part } }) as unknown as Executed;
  const others = [
    run("a", `nft add table ip own { ${"type filter hook x ".repeat(30_000)}table ip own { drop`),
    run("a", "iptables -A INPUT -s 10.0.0.0/8 -j DROP"),
  ];
  const flushes = ["nft flush ruleset", "iptables -F"].flatMap((words) => Array.from({ length: 20_000 }, () => run("b", words)));
  const lost = lostRules({ entries: new Map() } as unknown as Files, [...others, ...flushes], []);
  expect(lost.map(({ what }) => what)).toEqual([
    expect.stringContaining("takes away the table ip own of another step"),
    expect.stringContaining("takes away the rule «-A INPUT -s 10.0.0.0/8 -j DROP» of another step"),
  ]);
});

test("what follows the limit is not taken for done", () => {
  const { files } = filesAfter(`${"true;".repeat(160_001)}\nchmod 600 /home/ddos/app/.env`, parse);
  expect(files.fog?.reason).toMatch(/more commands|too long/);
  expect(files.entries.has("/home/ddos/app/.env")).toBe(false);
});

test("a long chain is no nesting", () => {
  const { context, files } = filesAfter(`${times(5000, (i) => `mkdir /srv/d${String(i)} && `)}chmod 640 /srv/last`, parse);
  expect(context.record.unclear).toEqual([]);
  expect(files.entries.get("/srv/last")?.[0]?.mode).toEqual({ set: 0o640, may: 0o640 });
});

test("a text that doubles without end is not known, and stays a secret", () => {
  const { context } = filesAfter(`x=$1aaaaaaaaaaaaaaaa\n${"x=$x$x\n".repeat(60)}echo "$x" >/srv/x`, parse);
  expect(context.record.written.at(-1)?.content).toContain("long-text");
});

test("words that braces multiply are counted, and what is left out may be any of them", () => {
  const { files } = filesAfter(`touch /srv/${"{a,b}".repeat(40)}; touch /srv/x{1..9}{1..9}{1..9}{1..9}`, parse);
  const paths = [...files.entries.keys()];
  expect(paths.length).toBeLessThan(200);
  expect(paths.some((path) => relation(path, "/srv/x9999") !== "apart")).toBe(true);
  expect(paths.some((path) => relation(path, "/etc/x9999") !== "apart")).toBe(false);
});

/** Patterns that make a backtracking matcher try every way to share the text out. */
test("patterns with many stars", () => {
  const stars = `${STAR}a`.repeat(60);
  expect(relation(`/srv/${stars}b`, `/srv/${"a".repeat(300)}`)).toBe("apart");
  expect(relation(`/srv/${stars}`, `/srv/${"a".repeat(300)}`)).toBe("covers");
  expect(globMatches(`${"*a".repeat(60)}b`, "a".repeat(300), true)).toBe(false);
  expect(globMatches("a*b?[0-9x]*", "a/b-7", true)).toBe(true);
  expect(globMatches("a*b?[0-9x]*", "a/b-7")).toBe(false);
  expect(globMatches("[![:digit:]]*", "1a")).toBe(false);
  expect(matchesPattern(`s3:${"*a".repeat(60)}b`, `s3:${"A".repeat(300)}`, true)).toBe(false);
  expect(matchesPattern("arn:aws:s3:::${aws:username}-?*", "arn:aws:s3:::me-1")).toBe(true);
});

const known = (script: string): string => filesAfter(`${script}; echo "$y" >/srv/y`, parse).files.entries.get("/srv/y")?.[0]?.content ?? "";

test.each([
  ["x=abcabc; y=${x#*b}", "cabc\n"],
  ["x=abcabc; y=${x##*b}", "c\n"],
  ["x=abcabc; y=${x%b*}", "abca\n"],
  ["x=abcabc; y=${x%%b*}", "a\n"],
  ["x=abcabc; y=${x//b?/-}", "a-a-\n"],
  ["x=abcabc; y=${x/[a-b]/-}", "-bcabc\n"],
  [`x=${"ab".repeat(20_000)}; y=\${x%%a*b*c*d}; y=\${y#*ababab}`, `${"ab".repeat(19_997)}\n`],
])("%# trimming and replacing by patterns", (script, expected) => {
  expect(known(script)).toBe(expected);
});

const TEXTS: readonly (readonly [string, string])[] = [
  ["assignments", "TOKEN=".repeat(300_000)],
  ["short patterns", "A=b ".repeat(300_000)],
  ["heads of keys", "PuTTY-User-Key-File-2: ".repeat(30_000)],
  ["begins of keys", "-----BEGIN RSA PRIVATE KEY-----\n# ".repeat(100_000)],
  ["web tokens", "eyJabcdefgh-".repeat(30_000)],
  ["commands with passwords", "curl mysql redis-cli sudo -a ".repeat(20_000)],
  ["quoted pieces", `'a'"b"`.repeat(200_000)],
  ["lines", "\n".repeat(1_000_000)],
  ["one word", "QUJD".repeat(600_000)],
];
test.each(TEXTS)("secrets are looked for in many %s", (_, text) => {
  expect(() => findSecrets(text)).not.toThrow();
  expect(findSecrets(`${text}\nSECRET_KEY=0f9e8d7c6b5a4f3e\n`).some((kind) => kind.includes("SECRET_KEY"))).toBe(true);
  expect(printedSecrets(`${text}\necho "$LATE_ONE"\n`, { stdin: true, variables: ["LATE_ONE"] })).toContain("prints $LATE_ONE");
});
