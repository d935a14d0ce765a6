/** Findings name the program's line, and teach: in text, JSON, SARIF and JUnit. */
import "@microsoft/jest-sarif";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateGraph } from "../../../policies/api";
import { checkCommand } from "../../../policies/check";
import { lessonOf } from "../../../policies/core/lesson";
import { mappedIds, mappingsOf, mappingTags } from "../../../policies/core/mappings";
import { parsePosition } from "../../../policies/core/source";
import { policies } from "../../../policies/rules";
import { repositoryPolicies } from "../../../policies/rules/secrets/repository";
import { run } from "../../cli/run";
import { program } from "../core/builder";

jest.setTimeout(120_000);
const ROOT = join(__dirname, "../../..");

test.each<[unknown, unknown]>([
  ["project:///infra/stack.ts#36,18", { file: "infra/stack.ts", line: 36, column: 18 }],
  ["project:///a%20b/c.ts#1", { file: "a b/c.ts", line: 1 }],
  ["project:///c.ts#7,0", { file: "c.ts", line: 7 }],
  ["project:///../other/c.ts#7,1", undefined],
  ["project:///c.ts#0,1", undefined],
  ["project:///c.ts", undefined],
  ["project:///%zz.ts#1,1", undefined],
  ["file:///work/c.ts#1,1", undefined],
  ["", undefined],
  [undefined, undefined],
  [{ uri: "project:///c.ts", line: 1 }, undefined],
])("the engine's position %j", (text, expected) => {
  expect(parsePosition(text)).toEqual(expected);
});

/** Three buckets-worth of the same mistake: with a line, made inside a package by a component with a line, and without any. */
function document(): { resources: Record<string, unknown>[] } {
  const p = program();
  const open = { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }] };
  const component = p.add("lib:index:Part", "part", {}, { custom: false });
  p.add("aws:ec2/securityGroup:SecurityGroup", "own", open);
  p.add("aws:ec2/securityGroup:SecurityGroup", "packaged", open, { parent: component });
  p.add("aws:ec2/securityGroup:SecurityGroup", "nowhere", open);
  const lines: Record<string, string> = {
    own: "project:///src/own file.ts#12,3",
    part: "project:///src/part.ts#4,1",
    packaged: "project:///node_modules/lib/part.js#99,9",
  };
  const { resources } = p.plain("known");
  return { resources: resources.map((one) => ({ ...one, sourcePosition: lines[one.urn.split("::").pop() ?? ""] })) };
}

interface Row {
  readonly policy: string;
  readonly urn: string;
  readonly source?: object;
}

interface Found {
  readonly ruleId: string;
  readonly locations: readonly { readonly physicalLocation: object }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

test("each finding has its line, a package's the one of the component that uses it; each policy with findings is explained", async () => {
  const result = (await evaluateGraph(document())) as { policies: Row[]; rules: Record<string, object> };
  const rows = result.policies.filter(({ policy }) => policy === "admin-ports-not-open");
  expect(rows.map(({ urn, source }) => [urn.split("::").pop(), source])).toEqual([
    ["own", { file: "src/own file.ts", line: 12, column: 3 }],
    ["packaged", { file: "src/part.ts", line: 4, column: 1 }],
    ["nowhere", undefined],
  ]);
  const policy = policies.find(({ id }) => id === "admin-ports-not-open");
  expect(result.rules["admin-ports-not-open"]).toMatchObject({ why: policy?.why, example: policy?.good });
  const spoke = new Set(result.policies.filter((row) => row.urn !== "").map((row) => row.policy));
  expect(Object.keys(result.rules).sort()).toEqual([...spoke].sort());
});

describe("reports of a program in a folder of its repository", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "policies-places-"));
    mkdirSync(join(folder, ".git"));
    mkdirSync(join(folder, "deploy here"));
    writeFileSync(join(folder, "deploy here", "Pulumi.yaml"), "name: x\nruntime: nodejs\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a finding is the same one when its line moved, as code scanning has to see it, and no other is", async () => {
    const printsOf = async (resources: readonly object[]): Promise<string[]> => {
      writeFileSync(join(folder, "moved.json"), JSON.stringify({ resources }));
      await run(checkCommand, ["--graph", "moved.json", "--sarif", "moved.sarif"], { from: folder });
      const { runs } = JSON.parse(readFileSync(join(folder, "moved.sarif"), "utf8")) as { runs: { results: Found[] }[] };
      return (runs[0]?.results ?? []).map(({ ruleId, partialFingerprints }) => `${ruleId} ${partialFingerprints.primaryLocationLineHash}`);
    };
    const { resources } = document();
    const moved = resources.map((one) => ({
      ...one,
      sourcePosition: (one.sourcePosition as string | undefined)?.replace("#12,3", "#40,1"),
    }));
    const prints = await printsOf(resources);
    expect(prints.length).toBeGreaterThan(3);
    expect(new Set(prints).size).toBe(prints.length);
    expect(await printsOf(moved)).toEqual(prints);
  });

  test("SARIF has a file of the repository with every result, and JUnit and the text name the line", async () => {
    const from = join(folder, "deploy here");
    writeFileSync(join(folder, "graph.json"), JSON.stringify(document()));
    const { out } = await run(checkCommand, ["--graph", "../graph.json", "--sarif", "out.sarif", "--junit", "out.xml"], { from });
    const sarif = JSON.parse(readFileSync(join(from, "out.sarif"), "utf8")) as {
      runs: { results: Found[] }[];
    };
    expect(sarif).toBeValidSarifLog();
    const places = sarif.runs[0]?.results
      .filter(({ ruleId }) => ruleId === "admin-ports-not-open")
      .map(({ locations }) => locations[0]?.physicalLocation);
    expect(places).toEqual([
      { artifactLocation: { uri: "deploy%20here/src/own%20file.ts" }, region: { startLine: 12, startColumn: 3 } },
      { artifactLocation: { uri: "deploy%20here/src/part.ts" }, region: { startLine: 4, startColumn: 1 } },
      { artifactLocation: { uri: "deploy%20here/Pulumi.yaml" }, region: { startLine: 1 } },
    ]);
    expect(readFileSync(join(from, "out.xml"), "utf8")).toContain("src/own file.ts:12:3: violation");
    expect(out).toContain("\n  at src/own file.ts:12:3\n");
    // Each policy's reason once, below its findings.
    const found = [...out.matchAll(/^(?:VIOLATION|CANNOT TELL) \(\w+\) (.+)$/gm)].map((match) => match[1]);
    expect(found.length).toBeGreaterThan(3);
    expect(out.match(/Write, for example:/g)?.length).toBe(new Set(found).size);
    expect(out).toMatch(/\n {2}Why: .+\n {2}Fix: .+\n {2}Write, for example:\n {4}new aws/);
  });
});

test.each([...policies, ...repositoryPolicies].map((policy) => [policy.id, policy] as const))(
  "%s says why, and its fix in words and as code, in whole sentences",
  (_, policy) => {
    const { why, remediationSteps, example } = lessonOf(policy);
    for (const text of [why, remediationSteps]) expect(text).toMatch(/^[A-Z0-9`"].{14,}[.!?)]$/su);
    expect(example.length).toBeGreaterThan(15);
  },
);

test("published controls: every row is a policy, ids have their framework's form, SARIF and docs name them", () => {
  const ids = new Set([...policies, ...repositoryPolicies].map(({ id }) => id));
  expect(mappedIds.filter((id) => !ids.has(id))).toEqual([]);
  for (const { framework, id } of mappedIds.flatMap(mappingsOf))
    expect(id).toMatch(framework === "NIST SP 800-53" ? /^[A-Z]{2}-\d+(\(\d+\))?$/ : /^\d(\.\d+)+$/);
  expect(mappingTags("imds-v2-required")).toEqual(["cis-aws-3.0.0:5.6", "cis-aws-5.0.0:5.7"]);
  const page = readFileSync(join(ROOT, "docs/policies/hosts.md"), "utf8");
  expect(page).toContain("- Also: CIS AWS Foundations Benchmark 3.0.0: 5.6; CIS AWS Foundations Benchmark 5.0.0: 5.7");
});
