/** templates/watch: logs read on under rotation, what is measured, the limits of CloudWatch. And what the host is told. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFiles } from "../../../infra/release/host-files";
import { hostSteps } from "../../../infra/release/steps";
import type { HostSpec } from "../../../infra/release/types";
import { lacking, unless } from "../../needs";
import { exampleSpec, VALUES } from "./example";

const PROGRAMS = join(__dirname, "../../../templates/watch");
const python = unless(lacking("python3"));

/** A look behind which there is more. */
const more = (...lines: readonly string[]): object => ({ lines, more: true, passed: 0 });

describe("the programs of the host", () => {
  let said: Record<string, unknown>;
  beforeAll(() => {
    if (lacking("python3") !== undefined) return;
    const folder = mkdtempSync(join(tmpdir(), "watch-test-"));
    const driver = join(__dirname, "watch/driver.py");
    said = JSON.parse(execFileSync("python3", ["-E", "-s", "-B", driver, PROGRAMS, folder], { encoding: "utf8" })) as typeof said;
    rmSync(folder, { recursive: true });
  });

  python.each<[string, unknown]>([
    ["first_look_takes_nothing_then_what_is_new", [[], ["one", "two"], ["half"], []]],
    ["rotated_by_copy", [more("not seen before the rotation"), ["after, and longer than the log was when it was looked at last"], []]],
    ["rotated_and_packed", [more("packed"), ["new"]]],
    ["a_damaged_copy_is_no_copy", [["new"], []]],
    ["a_packed_copy_is_not_unpacked_without_end", ["begins here"]],
    ["a_rotated_rest_of_many_pieces_is_read_whole", { looks: [10_000, 10_000, 5000, 2], in_order: true, last: ["cut here", "new"] }],
    ["rotated_twice_the_copy_is_another", ["new"]],
    ["no_log_then_one", [[], ["first line"]]],
    ["link_and_pipe_are_refused", ["refused", "refused"]],
    ["a_hole_is_passed_over", { passed: true, lines: ["behind the hole"] }],
    ["a_line_without_an_end_is_taken_in_pieces", [4 << 20, true, []]],
    ["many_short_lines_are_taken_in_pieces", [10_000, true, ["ab"]]],
    ["a_log_without_end_holds_up_none", [["endless", "short", "endless", "short", "endless"], ["broken: ValueError: broken"]]],
    [
      "answers_by_the_minute",
      [
        { MetricName: "ServerErrors", Timestamp: "2026-11-28T10:00:00+00:00", Unit: "None", Values: [0, 1], Counts: [3, 3] },
        { MetricName: "Latency", Timestamp: "2026-11-28T10:00:00+00:00", Unit: "Seconds", Values: [0.012], Counts: [3] },
        { MetricName: "ServerErrors", Timestamp: "2026-11-28T10:01:00+00:00", Unit: "None", Values: [0], Counts: [1] },
        { MetricName: "Latency", Timestamp: "2026-11-28T10:01:00+00:00", Unit: "Seconds", Values: [0.3], Counts: [1] },
      ],
    ],
    ["many_values_are_split", { largest: 150, all: 4999 }],
    ["memory", 75],
    ["the_release_that_serves", ["7-a.b", null, null, null]],
    ["certificate", 10.5],
    // Without a backup its age counts from when the host is watched; the bucket is asked four times an hour.
    ["backup", [[0, 1, 2, 1, 1.017], 4]],
    ["events_within_the_limits", { refused: 0, sent: 12_201, longest: 32_000, ago: [0] }],
    ["what_was_not_taken_is_said", 2],
    [
      "times_of_lines",
      [
        { timestamp: Date.parse("2026-11-28T10:00:05Z"), message: expect.stringContaining("POST /predict") as string },
        { timestamp: Date.parse("2026-11-28T10:00:00Z"), message: "2026/11/28 10:00:00 [error] 1#1: it broke" },
        { timestamp: 1_800_000_000_000, message: "whatever" },
        { timestamp: 1_800_000_000_000, message: "2026/13/99 10:00:00 [x" },
        { timestamp: expect.any(Number) as number, message: "0001/01/01 00:00:00 [x" },
        { timestamp: expect.any(Number) as number, message: "x [9999-12-31T23:59:59] x" },
      ],
    ],
    ["an_entry_of_the_journal", [{ timestamp: 1_800_000_000_000, message: "nginx[7] <3> hi\ufffd" }, "c"]],
    [
      "strange_entries_of_the_journal",
      ["x[7] <6> one two", "x[7] <6> hi \ufffd", "x[7] <6> (longer than 4096 bytes: journalctl --all shows it on the host)", "x[7] <6> 7"],
    ],
    [
      "the_journal_is_read_on",
      [
        [[], "end", false],
        [[{ timestamp: 5, message: "unknown[1] <6> m" }], "next", false],
        [[], "next", false],
        ["3", true],
        "journalctl ended with 1: no such cursor",
        true,
      ],
    ],
  ])("%s", (name, expected) => {
    expect(said[name]).toEqual(expected);
  });
});

/** What the prepare step tells the host, and what of it is for the sender. */
function told(
  of: Partial<HostSpec>,
  role: HostSpec["role"] = "backend",
): { conf?: Record<string, unknown>; script: string; input: string } {
  const step = hostSteps(exampleSpec(role, of)).find(({ name }) => name === "prepare");
  const input = step?.stdin(VALUES) ?? "";
  const [, line] = /^watch=(.*)$/m.exec(input) ?? [];
  return { ...(line === undefined ? {} : { conf: JSON.parse(line) as Record<string, unknown> }), script: step?.script.text ?? "", input };
}

const BOTH = { namespace: "ml-gateway/dev", metrics: true, logs: "/ml-gateway/dev" };

test("a host is told what it sends, and where the backup is", () => {
  const { conf, input } = told({ watch: BOTH, backup: { schedule: "daily", prefix: "team/" } });
  expect(conf).toMatchObject({
    ...{ host: "backend", namespace: "ml-gateway/dev", metrics: true, health: "/health" },
    ...{ backup: "team/backups/backend/latest", logs: "/ml-gateway/dev", bucket: VALUES.bucket },
  });
  expect(conf?.units).toEqual(expect.arrayContaining(["ddos-backend.service", "nginx.service", "ddos-backup.service"]));
  expect(conf?.units).not.toContain("ddos-watch.service");
  expect(input).toContain("package=python3-boto3\n");
});

test("without logs root does nothing in the sender's unit, and no certificate or backup is asked for where there is none", () => {
  const { conf, script } = told({ watch: { namespace: "a/b", metrics: true } }, "gateway");
  expect(Object.keys(conf ?? {}).sort()).toEqual(["health", "host", "metrics", "namespace", "region"]);
  expect(script).toContain("User=ddos-watch");
  expect(script).not.toContain("ExecStartPre=+/usr/bin/chgrp");
  expect(told({ watch: BOTH }).script).toContain("ExecStartPre=+/usr/bin/chgrp -R ddos-watch /var/log/ddos");
});

test("a host that is not watched has nothing of it", () => {
  expect(told({}).conf).toBeUndefined();
  const paths = hostFiles(exampleSpec("backend", {})).map(({ path }) => path);
  expect(paths.filter((path) => path.includes("watch"))).toEqual([]);
  expect(hostFiles(exampleSpec("backend", { watch: BOTH })).filter(({ path }) => path.includes("watch")).length).toBe(7);
});
