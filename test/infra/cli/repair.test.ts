/** `npm run repair` up to the hosts: what it runs for each part, what it refuses, and its report. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repairCommand } from "../../../infra/cli/repair";
import { addresses } from "../../../infra/cli/verify-hosts";
import type { StackInputs } from "../../../infra/release/inputs";
import { exitCode, PARTS, readStep, renderRepair, stepsFor } from "../../../infra/cli/repair-report";
import type { HostOutcome } from "../../../infra/cli/verify-report";
import { hostSteps } from "../../../infra/release/steps";
import type { StepName } from "../../../infra/release/types";
import { run } from "../../cli/run";
import { exampleSpec } from "../release/example";

const steps = hostSteps(exampleSpec("backend"));
const step = (name: StepName) => {
  const found = steps.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

test.each<[string, string[], string[]]>([
  ["one part brings what it needs and releases", ["venv"], ["code", "release"]],
  ["parts together run each step once, in the host's order", ["models", "code", "env"], ["code", "env", "models", "release"]],
  ["all is every step that changes something", ["all"], ["prepare", "code", "env", "models", "release"]],
  ["system restarts no application", ["system"], ["prepare"]],
])("%s", (_, parts, names) => {
  expect(stepsFor(steps, parts).map(({ name }) => name)).toEqual(names);
});

test("no part verifies or is empty, and a gateway without models has none to repair", () => {
  for (const names of Object.values(PARTS)) expect(names).not.toContain("verify");
  expect(stepsFor(hostSteps(exampleSpec("gateway")), ["models"]).map(({ name }) => name)).toEqual(["release"]);
});

test("the release step is told to deploy nothing else, and only by repair", () => {
  const stdin = (repairOnly?: boolean): string =>
    hostSteps(exampleSpec("backend", repairOnly === undefined ? {} : { repairOnly }))
      .find(({ name }) => name === "release")
      ?.stdin({ bucket: "b", backendAddress: "10.0.0.1", env: { LOG_LEVEL: "info" } }) ?? "";
  expect(stdin(true).split("\n")).toContain("repairOnly=yes");
  expect(stdin()).not.toContain("repairOnly");
});

test("the gateway's system step gets the load balancer's name, and says where an earlier version did not keep it", () => {
  const prepare = hostSteps(exampleSpec("gateway", { balanced: true })).find(({ name }) => name === "prepare");
  const verify = hostSteps(exampleSpec("gateway", { balanced: true })).find(({ name }) => name === "verify");
  if (prepare === undefined || verify === undefined) throw new Error("no such step");
  const inputs = { config: { backend: { mode: "single" } } } as unknown as StackInputs;
  const deployed = { gatewayAddress: "203.0.113.10", backendAddress: "10.0.101.10", modelBucket: "m", hostKeys: {} };
  const given = addresses(prepare, inputs, { ...deployed, balancerName: "lb.internal" });
  expect(given).toEqual({ backendAddress: "10.0.101.10", balancerName: "lb.internal" });
  expect(prepare.stdin({ bucket: "m", ...given })).toContain("balancer=lb.internal:");
  const proving = { uses: ["publicName"] as const };
  expect(addresses(proving, inputs, { ...deployed, publicName: "lb.public" })).toMatchObject({ publicName: "lb.public" });
  expect(() => addresses(proving, inputs, deployed)).toThrow(/outputs lack publicName.*deploy the stack/);
  expect(() => addresses(prepare, inputs, deployed)).toThrow(/outputs lack balancerName.*deploy the stack/);
  expect(addresses(verify, inputs, deployed)).toEqual({ backendAddress: "10.0.101.10" });
});

test("of a step that sees secrets only the reason of its failure is shown", () => {
  const said = { stdout: "a line\n", stderr: "log line with pa55word\nddos env failed on h: the reason\n" };
  expect(readStep("backend", step("env"), { code: 1, ...said }).said).toEqual(["ddos env failed on h: the reason"]);
  expect(readStep("backend", step("env"), { code: 0, ...said }).said).toEqual([]);
  expect(readStep("backend", step("release"), { code: 0, ...said }).said).toEqual(["a line"]);
  expect(readStep("backend", step("release"), { code: 9, stdout: "", stderr: "" }).said).toEqual(["it ended with 9 and said nothing"]);
});

test("report and exit code: a failed step counts although the host looks right, an unreachable host is 3", () => {
  const report = { role: "backend", host: "h", release: "r1", models: "m", ok: true, passed: 9, failed: [] } as const;
  const right: HostOutcome = { role: "backend", report };
  const away: HostOutcome = { role: "gateway", error: "no answer" };
  const done = readStep("backend", step("release"), { code: 0, stdout: "release r1 serves, 1 corrected\n", stderr: "" });
  const failed = readStep("backend", step("release"), { code: 1, stdout: "", stderr: "why\n" });
  expect(exitCode([done], [right])).toBe(0);
  expect(exitCode([done, failed], [right])).toBe(1);
  expect(exitCode([done], [right, away])).toBe(3);
  const text = renderRepair("dev", [done, failed], [right]);
  expect(text).toMatch(
    /^backend, release: done\n {2}release r1 serves, 1 corrected\nbackend, release: failed\n {2}why\n2 steps ran: 1 done, 1 failed\./,
  );
});

test.each<[string, string[], RegExp]>([
  ["a host that there is not", ["--host", "frontend"], /^repair: --host: found frontend; expected gateway, backend/],
  ["a part that there is not", ["--part", "pip", "--part", "env"], /^repair: --part: found pip; expected system, tls, keys, code, venv,/],
  ["outputs of an older version", [], /the outputs of dev lack gatewayAddress/],
])("%s: exit code 2, before a host is asked", async (_, args, message) => {
  const folder = mkdtempSync(join(tmpdir(), "repair-"));
  try {
    writeFileSync(join(folder, "empty.json"), "{}");
    const given = ["--stack", "dev", "--config", "empty.json", "--outputs", "empty.json", ...args];
    expect(await run(repairCommand, given, { from: folder })).toEqual({ code: 2, out: "", err: expect.stringMatching(message) as string });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
