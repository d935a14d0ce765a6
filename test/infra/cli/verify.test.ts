/** `npm run verify` up to the hosts: what the pulumi CLI says or not, and the report of what the hosts say. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyCommand } from "../../../infra/cli/verify";
import { exitCode, readReport, renderOutcomes, type HostOutcome } from "../../../infra/cli/verify-report";
import { run } from "../../cli/run";

let folder: string;
const path = process.env["PATH"];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "verify-"))));
afterEach(() => {
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true });
});
const file = (name: string, text: string): string => (writeFileSync(join(folder, name), text), name);
const verify = (...args: string[]) => run(verifyCommand, ["--stack", "dev", ...args], { from: folder });

/** A pulumi CLI that says this on standard output and ends so. */
function pulumi(says: string, code: number): void {
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\nprintf '%s' '${says}'\nexit ${code}\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
  process.env["PATH"] = `${folder}:/usr/bin:/bin`;
}

test("without the pulumi CLI: exit code 3, what is missing and what to do instead", async () => {
  process.env["PATH"] = folder;
  const { code, out, err } = await verify();
  expect([code, out]).toEqual([3, ""]);
  expect(err).toMatch(
    /^verify: pulumi config --stack dev --show-secrets --json: the program "pulumi" is not here: install it.*--config FILE/,
  );
});

test("a pulumi CLI that fails: exit code 3", async () => {
  pulumi("", 255);
  const { code, err } = await verify();
  expect([code, err]).toEqual([3, expect.stringMatching(/ended with 255; what it said stands above\. Log in \(pulumi login\)/)]);
});

test("a pulumi CLI that does not print JSON: exit code 3, and its text is not quoted", async () => {
  pulumi("password: hunter2hunter2", 0);
  const { code, err } = await verify();
  expect([code, err]).toEqual([3, expect.stringContaining("found no JSON object")]);
  expect(err).not.toContain("hunter2");
});

test.each<[string, string[], RegExp]>([
  ["a file that is not there", ["--config", "none.json"], /^verify: --config: none\.json: there is no such file/],
  ["a file that holds no object", ["--config", "list.json"], /^verify: list\.json: found no JSON object/],
  [
    "outputs of an older version",
    ["--config", "empty.json", "--outputs", "empty.json"],
    /the outputs of dev lack gatewayAddress, backendAddress,/,
  ],
])("%s: exit code 2", async (_, args, message) => {
  file("list.json", "[]");
  file("empty.json", "{}");
  expect(await verify(...args)).toEqual({ code: 2, out: "", err: expect.stringMatching(message) as string });
});

const PROOF = { request: "POST /predict", status: 200, answeredBy: "7-abc" };
const said = (
  role: "gateway" | "backend",
  failed: object[],
  passed = 10,
  proof: object | null = role === "gateway" ? PROOF : null,
): HostOutcome =>
  readReport(role, {
    code: 0,
    stderr: "",
    stdout: JSON.stringify({ role, host: "h", release: "r1", models: "m", ok: failed.length === 0, passed, failed, proof }),
  });
const drift = { check: "/etc/x mode", expected: "0644", found: "0600" };

test.each<[string, HostOutcome[], number, RegExp]>([
  ["both as wanted", [said("gateway", []), said("backend", [])], 0, /2 asked, 0 could not be asked; 20 checks ran: 20 passed, 0 failed\.$/],
  [
    "drift",
    [said("gateway", []), said("backend", [drift])],
    1,
    /backend: 1 difference, release r1\n {2}\/etc\/x mode: expected 0644, found 0600\n\n2 hosts: 2 asked, .*; 21 checks ran: 20 passed, 1 failed\.\n\nNext: repair/,
  ],
  [
    "a host that is silent",
    [said("gateway", [drift]), { role: "backend", error: "no answer" }],
    3,
    /backend: could not be asked\n {2}no answer\n\n2 hosts: 1 asked, 1 could not be asked; 11 checks ran: 10 passed, 1 failed\.$/,
  ],
])("the report of %s", (_, outcomes, code, text) => {
  expect(exitCode(outcomes)).toBe(code);
  expect(renderOutcomes("dev", outcomes)).toMatch(text);
});

test("a gateway that is well without a proof that the backend answers is not well", () => {
  const without = said("gateway", [], 10, null);
  expect(without).toEqual({ role: "gateway", error: expect.stringContaining("has no proof that the backend answers") as string });
  expect(exitCode([without, said("backend", [], 10, null)])).toBe(3);
  expect(renderOutcomes("dev", [said("gateway", [])])).toContain("POST /predict was answered by the backend's release 7-abc");
  expect(said("backend", [], 10, null)).toHaveProperty("report.ok", true);
});

test("what is no report is the step's own words", () => {
  expect(readReport("gateway", { code: 1, stdout: "{", stderr: "locked\n" })).toEqual({ role: "gateway", error: "locked" });
  expect(readReport("gateway", { code: 255, stdout: "", stderr: "" })).toEqual({
    role: "gateway",
    error: "the verify step ended with 255 and said nothing",
  });
});
