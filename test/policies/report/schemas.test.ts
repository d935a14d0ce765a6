/** SARIF and JUnit reports are what their schemas say, whatever a finding's text is. */
import "@microsoft/jest-sarif";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc, { anyText } from "../../property";
import { validateXML } from "xmllint-wasm";
import { largeGraph } from "../../../bench/policies-graph";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { conclude, evaluate } from "../../../policies/core/evaluate";
import type { Outcome, Result } from "../../../policies/core/outcome";
import { loadGraph } from "../../../policies/graph/load";
import { junitReport } from "../../../policies/report/junit";
import { sarifReport } from "../../../policies/report/sarif";
import { policies } from "../../../policies/rules";
import { program } from "../core/builder";

jest.setTimeout(180_000);
const XSD = { fileName: "junit.xsd", contents: readFileSync(join(__dirname, "junit.xsd"), "utf8") };
const TODAY = "2030-01-01";

async function junitErrors(...reports: readonly string[]): Promise<string[]> {
  const xml = reports.map((contents, index) => ({ fileName: `report-${index}.xml`, contents }));
  const { valid, errors } = await validateXML({ xml, schema: [XSD] });
  return valid ? [] : errors.map(({ message }) => message);
}

const of = (graph: object): Promise<Result> => evaluate(policies, loadGraph(JSON.stringify(graph), "test").graph, DEFAULT_CONFIG, TODAY);

/** Violations of both levels, what is unknown, exempted and disabled policies, and one that passes. */
function mixed(text: string): Result {
  const [a, b, c, d, e, f] = policies.map(({ id }) => id) as [string, string, string, string, string, string];
  const outcome = (policy: string, level: Outcome["level"], verdict: Outcome["verdict"]): Outcome => ({
    policy,
    level,
    verdict,
    urn: `urn:pulumi:dev::p::t::${text}`,
    message: `${policy} ${text}`,
  });
  const found = [
    outcome(a, "mandatory", "violation"),
    outcome(a, "mandatory", "unknown"),
    outcome(b, "advisory", "violation"),
    outcome(c, "mandatory", "unknown"),
    outcome(d, "mandatory", "violation"),
  ];
  const exemption = { policy: d, urn: found[4]?.urn ?? "", reason: `known ${text}`, expires: "2031-01-01" };
  const ran = [a, b, c, d, f].map((id) => ({ id, level: "mandatory" as const }));
  return conclude(found, ran, [e], [exemption, { ...exemption, policy: f }], TODAY);
}

test.each<[string, () => Promise<Result> | Result]>([
  ["many findings", () => of(largeGraph(60, "known"))],
  ["much that is unknown", () => of(program().plain("unknown"))],
  ["nothing but passes", () => conclude([], [], [], [], TODAY)],
  ["one of everything", () => mixed("text")],
])("%s", async (_, result) => {
  const seen = await result();
  expect(JSON.parse(sarifReport(seen, policies, { program: "a folder", files: "" }, "0.1.0"))).toBeValidSarifLog();
  expect(await junitErrors(junitReport(seen, policies))).toEqual([]);
});

test("any text in a message or a URN leaves both reports valid", async () => {
  const texts = fc.sample(fc.oneof(anyText(), fc.string({ unit: "grapheme" }), fc.constant(']]> <a b="&c;">\u0000\ufffe\r\n')), 200);
  for (const text of texts) expect(JSON.parse(sarifReport(mixed(text), policies, { program: "", files: "" }, "0.1.0"))).toBeValidSarifLog();
  expect(await junitErrors(...texts.map((text) => junitReport(mixed(text), policies)))).toEqual([]);
});

test("the checks can fail", async () => {
  const sarif = JSON.parse(sarifReport(mixed("x"), policies, { program: "", files: "" }, "1")) as {
    runs: { results: { level: string }[] }[];
  };
  const [first] = sarif.runs[0]?.results ?? [];
  if (first !== undefined) first.level = "fatal";
  expect(sarif).not.toBeValidSarifLog();
  const junit = junitReport(mixed("x"), policies);
  for (const [from, to] of [
    [/tests="\d+"/, 'tests="many"'],
    [/<testsuites /, '<testsuites skipped="1" '],
    [/ name="[a-z-]+"><failure/, "><failure"],
    [/<failure /, "<broken "],
  ] as const)
    expect(await junitErrors(junit.replace(from, to))).not.toEqual([]);
});

test("the totals are those of the cases", () => {
  const xml = junitReport(mixed("x"), policies);
  const count = (tag: string): number => xml.match(new RegExp(`<${tag}[ >]`, "g"))?.length ?? 0;
  expect(xml).toContain(`<testsuites tests="${count("testcase")}" failures="${count("failure")}" errors="${count("error")}">`);
  expect(xml).toContain(`errors="${count("error")}" skipped="${count("skipped")}">`);
});
