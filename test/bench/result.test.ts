/** What is said of measurements: medians, targets, and what became slower. */
import { parseReport } from "../../bench/report-file";
import { compareReports, mergeReports, spreadOf, verdicts, type Report, type Result, type Row } from "../../bench/result";
import { comparisonText, figure, reportText } from "../../bench/tables";

const row = (what: string, values: readonly number[], more?: boolean): Row => ({ what, unit: "ms", values, ...(more ? { more } : {}) });
const result = (rows: readonly Row[], targets: Result["targets"] = []): Result => ({
  name: "x",
  title: "X",
  method: "By hand.",
  rows,
  targets,
});
const report = (rows: readonly Row[]): Report => ({
  at: "2026-01-02T03:04:05.000Z",
  commit: "0123456789ab",
  machine: { node: "v20.0.0", processor: "a processor", cores: 2, memoryGiB: 8, load: 0.1 },
  results: [result(rows)],
});

test.each([
  [[3, 1, 2], { median: 2, least: 1, most: 3 }],
  [[1, 2, 3, 10], { median: 2.5, least: 1, most: 10 }],
  [[7], { median: 7, least: 7, most: 7 }],
])("the median of %j", (values, spread) => expect(spreadOf(values)).toEqual(spread));

test("of nothing there is no median", () => expect(() => spreadOf([])).toThrow("nothing was measured"));

test("a target is a ratio or a value; why it is not met is said where it is not; one whose peer was not measured is left out", () => {
  const rows = [row("ours", [10, 10, 10]), row("theirs", [40, 40, 40])];
  const found = verdicts(
    result(rows, [
      { what: "beside", of: "ours", by: "theirs", atMost: 0.5, because: "never" },
      { what: "more", of: "theirs", by: "ours", atLeast: 5, because: "they wait" },
      { what: "alone", of: "ours", atMost: 9 },
      { what: "gone", of: "ours", by: "another", atMost: 1 },
    ]),
  );
  expect(found).toEqual([
    { what: "beside", value: 0.25, limit: "at most 0.5", met: true },
    { what: "more", value: 4, limit: "at least 5", met: false, because: "they wait" },
    { what: "alone", value: 10, limit: "at most 9", met: false },
  ]);
});

test("what may never happen is judged by the run in which it happened most", () => {
  const found = verdicts(result([row("failed", [0, 0, 3])], [{ what: "failed", of: "failed", atMost: 0 }]));
  expect(found).toEqual([{ what: "failed", value: 3, limit: "at most 0", met: false }]);
});

test.each<[string, Row, Row, string]>([
  ["within the spread", row("a", [10, 12, 20]), row("a", [15, 15, 15]), "same"],
  ["outside, by less than a tenth", row("a", [100, 100, 100]), row("a", [105, 105, 105]), "same"],
  ["slower", row("a", [10, 10, 11]), row("a", [15, 15, 15]), "worse"],
  ["quicker", row("a", [10, 10, 11]), row("a", [5, 5, 5]), "better"],
  ["fewer requests", row("a", [100, 100, 100], true), row("a", [50, 50, 50], true), "worse"],
  ["more requests", row("a", [100, 100, 100], true), row("a", [150, 150, 150], true), "better"],
])("%s", (_title, before, after, verdict) => {
  expect(compareReports(report([before]), report([after])).map((one) => one.verdict)).toEqual([verdict]);
});

test("rows that only one report has are not compared", () => {
  expect(compareReports(report([row("a", [1])]), report([row("b", [1])]))).toEqual([]);
  expect(comparisonText(report([row("a", [1])]), report([row("b", [1])]))).toBe("Nothing was measured in both.");
});

test("a report names machine, commit and day, and every row with its spread", () => {
  const text = reportText(report([row("preview", [2345, 2300, 2400])]));
  expect(text).toContain("2026-01-02, commit 0123456789; a processor, 2 cores, 8.00 GiB, Node v20.0.0; load before: 0.1");
  expect(text).toMatch(/\| preview \| 2345 ms \| 2300 to 2400 +\| 3 +\|/);
});

test.each([
  [1234.5, "1235"],
  [123.4, "123"],
  [12.34, "12.3"],
  [0.456, "0.46"],
])("%d is %s", (value, text) => expect(figure(value)).toBe(text));

test("a kept report is read back as it was", () => {
  const kept = report([row("a", [1, 2, 3])]);
  expect(parseReport("x.json", JSON.stringify(kept))).toEqual(kept);
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  '{"at":"x","machine":{},"results":[]}',
  '{"at":"x","machine":{},"results":[{"rows":[{"what":"a","values":["1"]}]}]}',
])("%j is no report", (text) => expect(() => parseReport("x.json", text)).toThrow(/^x\.json: found no /));

test("a report takes over what another run measured, and says of each when and of what it was", () => {
  const named = (name: string, value: number): Result => ({ ...result([row("a", [value, value, value])]), name });
  const old = { ...report([]), results: [named("start", 1), named("models", 2)] };
  const other = { ...report([]), at: "2026-02-03T00:00:00.000Z", commit: "ffffffffff", results: [named("models", 3), named("serving", 4)] };
  const merged = mergeReports(old, other, ["start", "serving", "models"]);
  expect(merged.at).toBe(other.at);
  expect(merged.results.map(({ name, run }) => [name, run?.commit])).toEqual([
    ["start", "0123456789ab"],
    ["serving", "ffffffffff"],
    ["models", "ffffffffff"],
  ]);
  expect(reportText(merged)).toContain("Measured on 2026-01-02, commit 0123456789; load before: 0.1.");
  expect(
    mergeReports(merged, { ...report([]), results: [named("models", 5)] }, ["start", "serving", "models"]).results[0]?.run?.commit,
  ).toBe("0123456789ab");
});

test("what was measured on another machine says so, and is not judged beside this one's", () => {
  const named = (name: string, value: number): Result => ({ ...result([row("a", [value, value, value])]), name });
  const here = { ...report([]), results: [named("models", 3)] };
  const there = {
    ...report([]),
    machine: { ...here.machine, processor: "another processor" },
    results: [named("start", 1), named("models", 9)],
  };
  const merged = mergeReports(there, here, ["start", "models"]);
  expect(merged.results.map(({ name, run }) => [name, run?.machine?.processor])).toEqual([
    ["start", "another processor"],
    ["models", undefined],
  ]);
  expect(reportText(merged)).toContain("another machine (another processor, 2 cores, 8.00 GiB, Node v20.0.0); load before: 0.1.");
  expect(compareReports(there, merged).map(({ what, verdict }) => [what, verdict])).toEqual([
    ["start: a", "same"],
    ["models: a", "other machine"],
  ]);
  // Back where it was made, it is at home again.
  expect(mergeReports(merged, there, ["start", "models"]).results.map(({ run }) => run?.machine)).toEqual([undefined, undefined]);
});
