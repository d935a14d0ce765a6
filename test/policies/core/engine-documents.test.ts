/** The runner on what the real engine writes of this project's own stack: an export, and a preview in which nothing changes. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate, exitCode } from "../../../policies/core/evaluate";
import { loadGraph } from "../../../policies/graph/load";
import { SIGNATURE, SIGNATURES } from "../../../policies/graph/wire";
import { policies } from "../../../policies/rules";
import { cleanGraph } from "../mutations/clean";
import { program } from "./builder";
import type { PlainGraph, Program } from "./builder";
import { exported, unchangedPreview } from "./engine-shape";

jest.setTimeout(300_000);
const ROOT = join(__dirname, "../../..");

interface Answer {
  readonly code: number | null;
  readonly found: readonly { readonly policy: string; readonly verdict: string; readonly notShown?: boolean }[];
  /** Ids of the policies that had nothing to evaluate. */
  readonly idle?: readonly string[];
  readonly summary: Readonly<Record<string, number>>;
  readonly err: string;
}

function check(document: object): Answer {
  const command = ["-r", "./tools/register.js", "policies/check.ts", "--graph", "-", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: ROOT,
    encoding: "utf8",
    input: JSON.stringify(document),
    maxBuffer: 2 ** 28,
  });
  const report = (status === 2 ? { policies: [], summary: {} } : JSON.parse(stdout)) as {
    policies: readonly (Answer["found"][number] & { readonly nothingToEvaluate?: boolean })[];
    summary: Answer["summary"];
  };
  const found = report.policies.filter(({ verdict }) => verdict !== "pass");
  const idle = report.policies.filter(({ nothingToEvaluate }) => nothingToEvaluate === true).map(({ policy }) => policy);
  return { code: status, found, idle, summary: report.summary, err: stderr };
}

/** The same without a process. */
async function answersOf(document: object): Promise<Answer> {
  const { graph } = loadGraph(JSON.stringify(document), "document");
  const result = await evaluate(policies, graph, DEFAULT_CONFIG, "2030-01-01");
  const found = result.outcomes.filter(({ verdict }) => verdict !== "pass");
  return { code: exitCode(result), found: found.map(({ policy, verdict }) => ({ policy, verdict })), summary: {}, err: "" };
}

let clean: PlainGraph;
beforeAll(async () => {
  clean = await cleanGraph("known");
});
function changed(change: (p: Program) => void): PlainGraph {
  const p = program(clean);
  change(p);
  return p.plain("known");
}
const backend = (p: Program): ReturnType<Program["find"]> => p.find("aws:ec2/instance:Instance", /backend/);

/** Nothing in the clean stack is of their kind; they can pass nothing. */
const IDLE = [
  "access-logs-guarded",
  "account-guards-on",
  "components-show-resources",
  "databases-encrypted",
  "databases-not-public",
  "endpoints-restricted",
];

test.each(["encrypted", "shown"] as const)("an export of the clean stack with secrets %s: exit 0, no finding", (secrets) => {
  const { code, found, idle, summary } = check(exported(clean, secrets));
  expect(found).toEqual([]);
  expect(code).toBe(0);
  expect(idle?.toSorted()).toEqual(IDLE);
  const ran = policies.length;
  const nothingToEvaluate = IDLE.length;
  expect(summary).toMatchObject({ ran, passed: ran - nothingToEvaluate, nothingToEvaluate, cannotTell: 0, notEvaluated: 0, unknown: 0 });
});

test("an unchanged preview of it: exit 0; what the document never shows is not evaluated, and the numbers add up", () => {
  const { code, found, idle, summary } = check(unchangedPreview(clean));
  expect(code).toBe(0);
  expect(idle?.toSorted()).toEqual(IDLE);
  expect(found).toEqual([expect.objectContaining({ policy: "secret-in-stack-output", verdict: "unknown", notShown: true })]);
  expect(summary).toMatchObject({
    ran: policies.length,
    passed: policies.length - 1 - IDLE.length,
    nothingToEvaluate: IDLE.length,
    withFindings: 0,
    cannotTell: 0,
    notEvaluated: 1,
    unknown: 0,
  });
});

test("a preview in which nothing changes, without its resources: exit 0, and no policy counts as passed", () => {
  const { code, summary } = check(unchangedPreview(clean, false));
  expect(code).toBe(0);
  expect(summary).toMatchObject({ ran: policies.length, passed: 0, cannotTell: 0, notEvaluated: policies.length, unknown: 0 });
});

describe.each([
  ["an export", exported],
  ["an unchanged preview", unchangedPreview],
] as const)("in %s", (_, write) => {
  test("a violation is one", async () => {
    const { code, found } = await answersOf(write(changed((p) => p.set(backend(p), { associatePublicIpAddress: true }))));
    expect(code).toBe(1);
    expect(found).toContainEqual(expect.objectContaining({ policy: "backend-no-public-address", verdict: "violation" }));
  });

  test("what the program marks as secret, and this document hides, stays a cannot tell", async () => {
    const hidden = { [SIGNATURE]: SIGNATURES.secret, value: "#!/bin/bash\nexport X=1" };
    const { code, found } = await answersOf(write(changed((p) => p.set(backend(p), { userData: hidden }))));
    expect(code).toBe(3);
    expect(found).toContainEqual(expect.objectContaining({ policy: "secret-in-user-data", verdict: "unknown" }));
  });

  test("a tag of the user's whose key begins like bookkeeping is no bookkeeping", async () => {
    const tags = { Role: "backend", Name: "x", __token: "ghp_0123456789abcdefghijABCDEFGHIJ012345" };
    const { code, found } = await answersOf(write(changed((p) => p.set(backend(p), { tags }))));
    expect(code).toBe(1);
    expect(found).toContainEqual(expect.objectContaining({ policy: "secret-in-tags", verdict: "violation" }));
  });
});

test("an output of the stack may have any name", async () => {
  const document = exported(clean) as { deployment: { resources: { outputs: Record<string, unknown> }[] } };
  const [stack] = document.deployment.resources;
  if (!stack) throw new Error("no stack");
  stack.outputs = { ...stack.outputs, __apiToken: "ghp_0123456789abcdefghijABCDEFGHIJ012345" };
  expect((await answersOf(document)).found).toContainEqual(
    expect.objectContaining({ policy: "secret-in-stack-output", verdict: "violation" }),
  );
});
