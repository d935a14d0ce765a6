/** .github/post-change.sh with a double of `gh`: what it believes of an artifact that a stranger's code wrote, and what it posts. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { lacking, unless } from "../../needs";
import { ROOT } from "../evaluate";

const HEAD = "a".repeat(40);
const testHere = unless(
  lacking("bash") ?? lacking("jq") ?? lacking("python3") ?? (spawnSync("unzip", ["-v"]).error ? "unzip is not installed" : undefined),
);

/** Answers by the path that is asked for; what is sent is kept. The token `--jq` is passed on to jq. */
const GH = `#!/usr/bin/env bash
set -euo pipefail
shift
method=GET; input=; filter=; path=
while [ $# -gt 0 ]; do
  case $1 in
    --method) method=$2; shift 2;;
    --input) input=$2; shift 2;;
    --jq) filter=$2; shift 2;;
    --paginate|--silent) shift;;
    *) path=$1; shift;;
  esac
done
case $path in
  */zip) cat "$DOUBLE/change.zip"; exit;;
  */artifacts) answer=$(cat "$DOUBLE/artifacts");;
  */pulls/*) answer=$(cat "$DOUBLE/pull");;
  *) answer=$(cat "$DOUBLE/comments");;
esac
if [ "$method" != GET ]; then printf '%s %s\\n' "$method" "$path" >>"$DOUBLE/sent"; cp "$input" "$DOUBLE/body-$method.json"; exit; fi
jq -r "$filter" <<<"$answer"
`;

interface Double {
  readonly files?: Readonly<Record<string, string>>;
  readonly size?: number;
  readonly pull?: object;
  readonly comments?: readonly object[];
}

function post(
  { files, size, pull, comments = [] }: Double,
  env: NodeJS.ProcessEnv = {},
): { code: number | null; err: string; sent: string; body: string } {
  const double = mkdtempSync(join(tmpdir(), "post-change-"));
  try {
    mkdirSync(join(double, "bin"));
    writeFileSync(join(double, "bin/gh"), GH);
    chmodSync(join(double, "bin/gh"), 0o755);
    const pack =
      "import json, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n  for n, t in json.load(sys.stdin).items(): z.writestr(n, t)";
    execFileSync("python3", ["-c", pack, join(double, "change.zip")], {
      input: JSON.stringify(files ?? { number: "7", "comment.md": "text" }),
    });
    writeFileSync(join(double, "artifacts"), JSON.stringify({ artifacts: [{ id: 1, name: "change", size_in_bytes: size ?? 100 }] }));
    writeFileSync(join(double, "pull"), JSON.stringify(pull ?? { state: "open", head: { sha: HEAD } }));
    writeFileSync(join(double, "comments"), JSON.stringify(comments));
    const { status, stderr } = spawnSync("bash", [join(ROOT, ".github/post-change.sh")], {
      encoding: "utf8",
      env: {
        PATH: `${join(double, "bin")}${delimiter}${process.env.PATH ?? ""}`,
        DOUBLE: double,
        REPO: "o/r",
        RUN_ID: "5",
        HEAD_SHA: HEAD,
        ...env,
      },
    });
    const read = (name: string): string => (existsSync(join(double, name)) ? readFileSync(join(double, name), "utf8") : "");
    const body = read("body-POST.json") || read("body-PATCH.json");
    return { code: status, err: stderr, sent: read("sent"), body: body === "" ? "" : String((JSON.parse(body) as { body?: string }).body) };
  } finally {
    rmSync(double, { recursive: true });
  }
}

testHere("posts one comment, mentions nobody and loads no image", () => {
  const { code, sent, body } = post({ files: { number: "7", "comment.md": "### Stack dev @octocat ![x](http://e.example) <IMG src=x>" } });
  expect(code).toBe(0);
  expect(sent).toBe("POST repos/o/r/issues/7/comments\n");
  expect(body).toMatch(/^<!-- ml-gateway: what this change does -->\n_Written by the code of this pull request/);
  expect(body).not.toMatch(/@octocat|!\[|<img/i);
});

/** As GitHub shows it: references become characters, whether or not a semicolon ends them (HTML does not ask for it in text that it gets raw). */
const shown = (markdown: string): string =>
  markdown
    .replace(/&#x([0-9a-f]+);?/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#([0-9]+);?/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(commat|num|amp);/g, (_, name: string) => ({ commat: "@", num: "#" })[name] ?? "&");

testHere("nobody is mentioned and no issue is named by references to characters either", () => {
  const names = [
    "@octocat",
    "&#64;octocat",
    "&#0064octocat",
    "&#x40;octocat",
    "&#X00040;octocat",
    "&commat;octocat",
    "@&#111;ctocat",
    "@&#x6F;ctocat",
  ];
  const issues = ["#12", "o/r#12", "&#35;12", "&#x23;12", "&num;12", "#&#49;2", "#&#x31;2", "GH-12", "gh&#45;12", "G&#72;-12", "GH-&#49;2"];
  const { code, body } = post({ files: { number: "7", "comment.md": [...names, ...issues].join(" ") } });
  expect(code).toBe(0);
  const text = shown(body);
  expect(text).toContain("@\u2060octocat @\u2060octocat");
  expect(text).toContain("#\u206012 o/r#\u206012 #\u206012");
  expect(text).not.toMatch(/@[a-z]|#[0-9]|gh-[0-9]/i);
});

testHere("what the preview writes is shown as it was written", () => {
  const text = "### Stack dev &#96;a&#96; &#95;b&#95;\n\n- <code>x&#64;&#8288;y</code> step 1\n";
  const { body } = post({ files: { number: "7", "comment.md": text } });
  expect(shown(body).replaceAll("\u2060", "")).toContain(shown(text).replaceAll("\u2060", ""));
  expect(body).toContain("### Stack dev &#96;a&#96; &#95;b&#95;");
});

testHere("a later run replaces its own comment, and nobody else's of that form", () => {
  const marker = "<!-- ml-gateway: what this change does -->";
  const comments = [
    { id: 3, user: { login: "somebody" }, body: marker },
    { id: 4, user: { login: "github-actions[bot]" }, body: `${marker}\nold` },
  ];
  expect(post({ comments }).sent).toBe("PATCH repos/o/r/issues/comments/4\n");
});

testHere("a long text is cut to what a comment holds", () => {
  expect(post({ files: { number: "7", "comment.md": "x".repeat(300_000) } }).body).toHaveLength(65_000);
});

const refused: readonly (readonly [string, Double, string])[] = [
  ["an artifact that is too large", { size: 2_000_000 }, "more than 1048576"],
  ["a number that is none", { files: { number: "7/../../x", "comment.md": "x" } }, "names no pull request"],
  ["no number", { files: { "comment.md": "x" } }, "names no pull request"],
  ["no comment", { files: { number: "7" } }, "holds no comment"],
  ["a pull request of somebody else", { pull: { state: "open", head: { sha: "b".repeat(40) } } }, "not open at"],
  ["a pull request that is closed", { pull: { state: "closed", head: { sha: HEAD } } }, "not open at"],
];
for (const [what, double, why] of refused) {
  testHere(`refuses ${what}`, () => {
    const { code, err, sent } = post(double);
    expect({ code, sent }).toEqual({ code: 1, sent: "" });
    expect(err).toContain(why);
  });
}

testHere("findings go to code scanning where the repository takes them", () => {
  const log = (runs: number): string => JSON.stringify({ version: "2.1.0", runs: Array.from({ length: runs }, () => ({})) });
  const files = { number: "7", "comment.md": "x", "findings.sarif": log(1) };
  const comment = "POST repos/o/r/issues/7/comments\n";
  const posted = (sarif: string): ReturnType<typeof post> =>
    post({ files: { ...files, "findings.sarif": sarif } }, { CODE_SCANNING: "true" });
  expect(post({ files }).sent).toBe(comment);
  expect(posted(log(1)).sent).toBe(`${comment}POST repos/o/r/code-scanning/sarifs\n`);
  expect(posted("")).toMatchObject({ code: 0, sent: comment });
  expect(posted("{}")).toMatchObject({ code: 1, sent: comment, err: expect.stringContaining("no SARIF 2.1.0") as string });
  expect(posted(log(0)).err).toContain("no SARIF 2.1.0 with a run");
  expect(posted(log(21)).err).toContain("more than 20 runs");
});
