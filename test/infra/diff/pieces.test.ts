/** The pure pieces of a comparison: lines, values, reachability, and what keeps a comment safe. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Change } from "../../../infra/diff/change";
import { compareFlows, type Flow } from "../../../infra/diff/flows";
import { lineDiff } from "../../../infra/diff/lines";
import { renderMarkdown } from "../../../infra/diff/markdown";
import { OUTAGE_SECONDS } from "../../../infra/diff/outage";
import { safeLines, safeText } from "../../../infra/diff/safe";
import { digestSecrets } from "../../../infra/diff/side";
import { inputLines, withoutPayload } from "../../../infra/diff/values";
import { SIGNATURE, SIGNATURES } from "../../../policies/graph/wire";
import { ROOT } from "../evaluate";

describe("lines", () => {
  test.each<[string, string, string[]]>([
    ["a\nb\n", "a\nb\n", []],
    ["", "a\nb\n", ["+a", "+b"]],
    ["a\nb\nc\n", "a\nx\nc\n", [" a", "-b", "+x", " c"]],
    ["1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n7\n", ["@@", " 4", " 5", "-6", "+7"]],
  ])("%j to %j", (before, after, expected) => expect(lineDiff(before, after)).toEqual(expected));

  test("the lines of one sign are the other text's own, in order", () => {
    const texts = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const lines = lineDiff(before, after);
        const of = (sign: string): string[] => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
        const count = (list: readonly string[], wanted: string): number => list.filter((line) => line === wanted).length;
        for (const line of ["a", "b", "c", "d"]) {
          const [old, now] = [before.split("\n"), after.split("\n")];
          expect(count(now, line) - count(old, line)).toBe(count(of("+"), line) - count(of("-"), line));
        }
      }),
    );
  });

  test("a text that nobody would read is counted", () => {
    const long = "x\n".repeat(1500);
    expect(lineDiff(long, `${long}y`)).toEqual(["@@ 1500 lines became 1501 @@"]);
  });
});

test("documents are compared by their lines, whatever the order of their keys", () => {
  expect(inputLines('{"a":1,"b":[1]}', '{"b":[1],"a":2}')).toEqual([" {", '-  "a": 1,', '+  "a": 2,', '   "b": [', "     1", "@@"]);
  expect(inputLines(undefined, true)).toEqual(["+true"]);
});

test("packed text is one line", () => {
  const packed = `${"A".repeat(76)}\n${"B".repeat(10)}`;
  expect(withoutPayload(`id=1\n---\n${packed}\n===\n`)).toBe("id=1\n---\n(packed, 86 characters)\n===\n");
});

describe("reachability", () => {
  const flow = (cidrs: string[], others: string[] = [], what = "tcp 22 into gateway"): Flow => ({ what, cidrs, others });
  test.each<[Flow[], Flow[], string[], string[]]>([
    [[flow(["10.0.0.0/8"])], [flow(["10.1.0.0/16"])], [], ["tcp 22 into gateway from 10.0.0.0/16, 10.2.0.0/15, 10.4.0.0/14, 10.8.0.0/13"]],
    [[flow(["10.1.0.0/16"])], [flow(["0.0.0.0/0"])], ["tcp 22 into gateway from 0.0.0.0/0"], []],
    [[flow(["10.0.0.0/9", "10.128.0.0/9"])], [flow(["10.0.0.0/8"])], [], []],
    [[], [flow([], ["the group web"])], ["tcp 22 into gateway from the group web"], []],
    [[flow([], ["yes"], "public address of web")], [], [], ["public address of web"]],
    [[], [flow(["10.0.0.0/24"], [], "tcp 443 out of web")], ["tcp 443 out of web to 10.0.0.0/24"], []],
  ])("%j to %j", (before, after, opened, closed) => expect(compareFlows(before, after)).toEqual({ opened, closed: cut(closed) }));
  /** More than four blocks are said as the one that they are of. */
  const cut = (closed: string[]): string[] => closed.map((text) => text.replace(/10\.0\.0\.0\/16, .*/, "10.0.0.0/8"));
});

test("a secret is a digest that depends on the key, and its mark stays", () => {
  const secret = (value: unknown): object => ({ [SIGNATURE]: SIGNATURES.secret, value });
  const [one, same, other] = [digestSecrets(secret("a"), "01"), digestSecrets(secret("a"), "01"), digestSecrets(secret("b"), "01")];
  expect(one).toEqual(same);
  expect(one).not.toEqual(other);
  expect(digestSecrets(secret("a"), "02")).not.toEqual(one);
  expect(digestSecrets({ list: [secret("hidden-value")] }, "01")).toEqual({ list: [expect.objectContaining({ value: "[secret]" })] });
});

describe("what is not to be shown", () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  const password = `t9Bv2xQ7${"mN4pL8rS1w"}`;
  test("tokens, passwords in addresses and key blocks", () => {
    expect(safeLines([`+TOKEN=${token}`])[0]).toMatch(/^\+\(not shown: looks like a GitHub token\)$/);
    expect(safeLines(["+url=https://ann:hunter2-and-more@example.com/"])[0]).toContain("not shown");
    const block = ["+-----BEGIN OPENSSH PRIVATE KEY-----", "+b3BlbnNzaC1rZXktdjEA", "+-----END OPENSSH PRIVATE KEY-----", "+after"];
    expect(safeLines(block)).toEqual([...Array.from({ length: 3 }, () => "+(not shown: looks like a private key)"), "+after"]);
    expect(safeText(`it holds ${token}`)).not.toContain(token);
  });
  test.each([
    [`requirepass ${password}`, "a password of Redis"],
    [`CREATE USER 'app'@'%' IDENTIFIED BY '${password}';`, "a password in SQL"],
    [`proxy_set_header X-Api-Key "${password}";`, "a value for X-Api-Key"],
    [`*:*:*:app:${password}`, "a password of .pgpass"],
  ])("what the policies take for a secret where no name stands beside it: %#", (line, kind) => {
    expect(safeLines([`+${line}`])).toEqual([`+(not shown: looks like ${kind})`]);
  });
  test("characters that turn or hide text are named", () => {
    expect(safeText("a\u202eb\u200bc\u001b[31m")).toBe("a\\u202eb\\u200bc\\u001b[31m");
  });
});

describe("Markdown", () => {
  const base: Change = {
    stack: "dev",
    against: { ref: "main", commit: "0123456789abcdef" },
    sides: "both",
    same: false,
    resources: [],
    files: [],
    steps: [],
    hosts: [],
    reach: { opened: [], closed: [] },
    policies: { found: [], gone: [] },
    cost: { lines: [] },
    secrets: [],
    notices: [],
  };
  const file = (path: string, lines: string[]): Change["files"][number] => ({ host: "backend", path, change: "changed", about: [], lines });
  const HOSTILE =
    "</details><script>alert(1)</script> ![x](http://e.example/x.png) [a](javascript:b) @octocat #12 gh-12 OWNER/REPO#12 | `c` **d** www.e.example\n# head\n- item";

  test("a name of a stranger is text: no tag, link, image, mention, issue or cell", () => {
    const text = renderMarkdown({
      ...base,
      reach: { opened: [HOSTILE], closed: [] },
      notices: [HOSTILE],
      secrets: [HOSTILE],
      files: [file(HOSTILE, [])],
    });
    expect(text).not.toMatch(/<script|<\/details><|!\[|\]\(|@octocat|#12\b|gh-1|www\.e|https?:|\*\*|\n# |\n- item/i);
    expect(text.split("\n").filter((line) => line.startsWith("| ") && line.split("|").length !== 4)).toEqual([]);
  });

  test("lines of a file cannot end their block", () => {
    const lines = ["+```", "+````", "+</details>", "+@octocat"];
    const [, fence = "", body = ""] =
      /\n {2}(`+)diff\n([^]*?)\n {2}\1\n/.exec(renderMarkdown({ ...base, files: [file("/etc/x", lines)] })) ?? [];
    expect(fence).toBe("`````");
    expect(body.split("\n").map((line) => line.trim())).toEqual(lines);
  });

  test.each([2_000, 20_000, 65_000])("any change is at most %d characters, and each fold is closed", (limit) => {
    const lines = Array.from({ length: 400 }, (_, index) => `+line ${index} ${"x".repeat(80)}`);
    const files = Array.from({ length: 60 }, (_, index) => file(`/etc/${index}`, lines));
    const opened = Array.from({ length: 3000 }, (_, index) => `tcp ${index} into somewhere`);
    const text = renderMarkdown({ ...base, files, reach: { opened, closed: [] } }, limit);
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text).toMatch(/and \d+ more; `npm run preview:offline/);
  });
});

test("the length of an outage that is said before is the one that was measured", () => {
  const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
  const [, measured = ""] = /### When a machine is replaced\n([^]*?)\n### /.exec(page) ?? [];
  const said = (host: string): number[] =>
    measured
      .split("\n")
      .filter((line) => line.startsWith(`| ${host} `))
      .flatMap((line) => [...line.matchAll(/(\d+) s on test hosts/g)].map(([, seconds]) => Number(seconds)));
  for (const host of ["backend", "gateway"] as const) expect(said(host)).toEqual([OUTAGE_SECONDS[host]]);
});
