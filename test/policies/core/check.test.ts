/** The runner as a person or a pipeline calls it: arguments, exit codes, and the three kinds of report. Once as a program, otherwise in this process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largeGraph } from "../../../bench/policies-graph";
import { checkCommand } from "../../../policies/check";
import { policies } from "../../../policies/rules";
import { run, type Ran } from "../../cli/run";
import { program } from "./builder";

jest.setTimeout(120_000);
const ROOT = join(__dirname, "../../..");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "policies-check-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const check = (args: readonly string[]): Promise<Ran> => run(checkCommand, args);

function asProgram(args: readonly string[], input: string): { code: number | null; out: string } {
  const result = spawnSync(process.execPath, ["-r", "./tools/register.js", "policies/check.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    input,
  });
  return { code: result.status, out: result.stdout };
}
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
interface Report {
  readonly policies: readonly {
    readonly policy: string;
    readonly level: string;
    readonly verdict: string;
    readonly urn: string;
    readonly message: string;
    readonly nothingToEvaluate?: true;
  }[];
  readonly exempted: readonly unknown[];
  readonly summary: {
    readonly ran: number;
    readonly passed: number;
    readonly violations: number;
    readonly unknown: number;
    readonly disabled: readonly string[];
  };
}
const report = (out: string): Report => JSON.parse(out) as Report;

test("exit 1 and all three reports for violations; levels and exemptions count", async () => {
  const graph = file("violations.json", { deployment: largeGraph(60, "known") });
  const [sarif, junit] = [join(folder, "out.sarif"), join(folder, "out.xml")];
  const found = await check(["--graph", graph, "--json", "--sarif", sarif, "--junit", junit]);
  const { policies: rows, summary } = report(found.out);
  const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  const idle = rows.filter((row) => row.nothingToEvaluate === true).length;
  expect(idle).toBeGreaterThan(0);
  expect(found.code).toBe(1);
  expect(summary).toMatchObject({
    ran: policies.length,
    passed: count("pass") - idle,
    nothingToEvaluate: idle,
    violations: count("violation"),
    unknown: count("unknown"),
    disabled: [],
  });
  expect(found.err).toContain(`${String(policies.length)} policies ran: `);
  expect(new Set(rows.map((row) => row.policy))).toEqual(new Set(policies.map(({ id }) => id)));

  const log = JSON.parse(readFileSync(sarif, "utf8")) as {
    version: string;
    runs: { results: { ruleId: string; kind: string; level: string }[]; tool: { driver: { rules: { id: string }[] } } }[];
  };
  const results = log.runs[0]?.results ?? [];
  expect(log.version).toBe("2.1.0");
  expect(results.map(({ ruleId }) => ruleId).sort()).toEqual(
    rows
      .filter(({ verdict }) => verdict !== "pass")
      .map(({ policy }) => policy)
      .sort(),
  );
  expect(results.every(({ kind, level }) => (kind === "fail" ? level !== "none" : kind === "review" && level === "none"))).toBe(true);
  const rules = log.runs[0]?.tool.driver.rules.map(({ id }) => id) ?? [];
  expect(results.every(({ ruleId }) => rules.includes(ruleId))).toBe(true);

  const failing = new Set(
    rows.filter(({ verdict, level }) => verdict === "violation" && level === "mandatory").map(({ policy }) => policy),
  );
  expect(readFileSync(junit, "utf8")).toContain(`<testsuites tests="${String(policies.length + 1)}" failures="${String(failing.size)}"`);

  const [first] = rows.filter(({ verdict }) => verdict === "violation");
  if (!first) throw new Error("no violation");
  const exemptions = [
    { policy: first.policy, urn: first.urn, message: first.message, reason: "known and accepted", expires: "2999-01-01" },
  ];
  const others = Object.fromEntries(policies.filter(({ id }) => id !== first.policy).map(({ id }) => [id, "disabled"]));
  const one = rows.filter(({ policy, verdict }) => policy === first.policy && verdict === "violation").length;
  const exempted = await check(["--graph", graph, "--json", "--config", file("config.json", { settings: { exemptions }, ...others })]);
  expect(report(exempted.out)).toMatchObject({
    exempted: [{ reason: "known and accepted" }],
    summary: { violations: one - 1, disabled: Object.keys(others) },
  });
});

test("exit 3 where a mandatory policy cannot tell; from standard input; the closing line in the text", () => {
  // One role is played, so the others are missing.
  const p = program();
  p.add("aws:ec2/securityGroup:SecurityGroup", "edge", { ingress: [], tags: { Role: "gateway" } });
  const { code, out } = asProgram(["--graph", "-"], JSON.stringify(p.plain("unknown")));
  expect(code).toBe(3);
  expect(out).toMatch(/CANNOT TELL \(mandatory\) roles-resolved\n {2}urn:pulumi/);
  expect(out.trimEnd().split("\n").at(-1)).toMatch(
    /^\d+ policies ran: \d+ passed, (\d+ had nothing to evaluate, )?\d+ with findings, \d+ cannot tell, \d+ not evaluated here; \d+ violations?, \d+ unknown; none is disabled\.$/,
  );
});

test("exit 0 where nothing mandatory is found", async () => {
  const quiet = file("quiet.json", { all: "advisory" });
  const { code } = await check(["--graph", file("empty.json", program().plain("known")), "--config", quiet]);
  expect(code).toBe(0);
});

test.each<[string, () => string[], RegExp]>([
  ["no graph", () => [], /--graph FILE is missing, or --repository DIR\nUsage: npm run -s policies:check -- /],
  ["an unknown option", () => ["--graf", "x"], /unknown option --graf; did you mean --graph\?/],
  [
    "a file that is not there",
    () => ["--graph", join(folder, "none.json")],
    /--graph: .*none\.json: there is no such file or folder; check the path$/m,
  ],
  [
    "something else than a graph",
    () => ["--graph", file("other.json", { hello: 1 })],
    /other\.json: found an object with the keys hello; expected the JSON of/,
  ],
  [
    "a configuration with errors",
    () => ["--graph", file("g.json", { resources: [] }), "--config", file("c.json", { role: {}, servicePort: 0 })],
    /c\.json: the configuration cannot be used:\n {2}role: unknown key.*\n {2}servicePort: found 0; write a whole number/,
  ],
  [
    "a configuration that is no JSON",
    () => ["--graph", file("g.json", { resources: [] }), "--config", file("c.json", "roles:\n")],
    /c\.json: is not JSON.*; correct it, or write it anew/,
  ],
  [
    "a report that cannot be written",
    () => ["--graph", file("g.json", { resources: [] }), "--junit", join(folder, "none", "x.xml")],
    /--junit: .*x\.xml: there is no such file or folder/,
  ],
])("exit 2 and one message for %s", async (_, args, message) => {
  const { code, out, err } = await check(args());
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(message);
  expect(err.match(/policies:check: /g)).toHaveLength(1);
});
