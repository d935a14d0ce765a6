import fc from "../../property";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import type { Config, Exemption } from "../../../policies/core/config";
import { evaluate, exitCode } from "../../../policies/core/evaluate";
import { closingLine } from "../../../policies/core/summary";
import type { Finding, Policy } from "../../../policies/core/types";
import { program } from "./builder";

const TODAY = "2030-06-15";
const graph = program().graph("known");

function policy(id: string, level: Policy["enforcementLevel"], findings: readonly Finding[] | (() => Finding[])): Policy {
  const evaluatePolicy = typeof findings === "function" ? findings : () => [...findings];
  return {
    id,
    enforcementLevel: level,
    severity: "high",
    control: "PACK-1",
    tags: ["engine"],
    description: "d",
    why: "w",
    remediationSteps: "m",
    bad: "b",
    good: "g",
    evaluate: evaluatePolicy,
  };
}
const violation = (urn = "urn:a", message = "open", whole?: boolean): Finding => ({
  verdict: "violation",
  urn,
  message,
  ...(whole === undefined ? {} : { whole }),
});
const unknown = (extra: Partial<Finding> = {}): Finding => ({ verdict: "unknown", urn: "urn:a", message: "not known", ...extra });
const run = (policies: Policy[], config: Partial<Config> = {}) => evaluate(policies, graph, { ...DEFAULT_CONFIG, ...config }, TODAY);

test("numbers of policies add up, findings are counted apart; nothing found means pass", async () => {
  const result = await run([
    policy("a", "mandatory", []),
    policy("b", "mandatory", [violation(), violation("urn:b"), unknown()]),
    policy("c", "advisory", [unknown(), unknown({ notShown: "retainOnDelete" })]),
    policy("d", "mandatory", [unknown({ notShown: "retainOnDelete" })]),
    policy("e", "mandatory", [violation("urn:e", "whole", true)]),
  ]);
  const { ran, passed, withFindings, cannotTell, notEvaluated, violations, unknown: open } = result.summary;
  expect({ ran, passed, withFindings, cannotTell, notEvaluated }).toEqual({
    ran: 5,
    passed: 1,
    withFindings: 2,
    cannotTell: 1,
    notEvaluated: 1,
  });
  expect({ violations, open }).toEqual({ violations: 3, open: 2 });
  expect(result.outcomes).toContainEqual({ policy: "a", level: "mandatory", verdict: "pass", urn: "", message: "" });
  expect(result.outcomes).toContainEqual({ policy: "e", level: "mandatory", verdict: "violation", urn: "urn:e", message: "whole" });
  expect(closingLine(result.summary)).toBe(
    "5 policies ran: 1 passed, 2 with findings, 1 cannot tell, 1 not evaluated here (d: the engine does not show policies the option retainOnDelete); 3 violations, 2 unknown; none is disabled.",
  );
});

test("whatever is found, exempted or disabled, the numbers of policies add up", async () => {
  const finding = fc.oneof(
    fc.constant(violation()),
    fc.constant(violation("urn:b", "wide")),
    fc.constant(unknown()),
    fc.constantFrom("retainOnDelete" as const, "stackOutputs" as const).map((notShown) => unknown({ notShown })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(finding, { maxLength: 3 }), { maxLength: 8 }), fc.nat(7), fc.nat(7), async (all, off, exempt) => {
      const ids = all.map((_, index) => `p${String(index)}`);
      const { summary, outcomes } = await run(
        all.map((findings, index) => policy(ids[index] ?? "", "mandatory", findings)),
        {
          levels: { [`p${String(off)}`]: "disabled" },
          exemptions: [{ policy: `p${String(exempt)}`, urn: "urn:b", reason: "for a reason", expires: "2999-01-01" }],
        },
      );
      const { ran, passed, withFindings, cannotTell, notEvaluated, disabled, violations, unknown: open } = summary;
      expect(passed + withFindings + cannotTell + notEvaluated).toBe(ran);
      expect(ran + disabled.length).toBe(ids.length);
      expect(violations).toBe(outcomes.filter(({ verdict }) => verdict === "violation").length);
      expect(open).toBe(outcomes.filter(({ verdict, notShown }) => verdict === "unknown" && notShown === undefined).length);
    }),
  );
});

test("a policy that throws is a mandatory unknown, ends no other, and its message (which may hold a secret) is not shown", async () => {
  const bad = policy("bad", "advisory", () => JSON.parse("hunter2") as Finding[]);
  const result = await run([bad, policy("after", "mandatory", [violation()])]);
  expect(result.outcomes[0]).toMatchObject({
    policy: "bad",
    level: "mandatory",
    verdict: "unknown",
    message: expect.stringMatching(/SyntaxError/) as string,
  });
  expect(JSON.stringify(result)).not.toContain("hunter2");
  expect(result.outcomes[1]).toMatchObject({ policy: "after", verdict: "violation" });
});

test("a rejected promise is no different", async () => {
  const bad = { ...policy("bad", "mandatory", []), evaluate: () => Promise.reject(new TypeError("x")) };
  expect(exitCode(await run([bad]))).toBe(3);
});

test.each([
  [[violation()], "mandatory", 1],
  [[violation()], "advisory", 0],
  [[unknown()], "mandatory", 3],
  [[unknown()], "advisory", 0],
  [[unknown(), violation()], "mandatory", 1],
  [[unknown({ notShown: "retainOnDelete" })], "mandatory", 0],
  [[], "mandatory", 0],
] as const)("exit code of %j at level %s is %d", async (findings, level, code) =>
  expect(exitCode(await run([policy("a", level, findings)]))).toBe(code),
);

test("levels: configured ones win, disabled policies do not run and are named", async () => {
  const result = await run([policy("a", "advisory", [violation()]), policy("b", "mandatory", [violation()])], {
    levels: { a: "mandatory", b: "disabled" },
  });
  expect(result.outcomes.map(({ policy: id, level }) => [id, level])).toEqual([["a", "mandatory"]]);
  expect(result.disabled).toEqual(["b"]);
  expect(closingLine(result.summary)).toContain("disabled: b");
});

describe("exemptions", () => {
  const exemption: Exemption = { policy: "a", urn: "urn:a", reason: "moved next month", expires: TODAY };
  const withExemption = (change: Partial<Exemption>, findings: Finding[] = [violation()]) =>
    run([policy("a", "mandatory", findings)], { exemptions: [{ ...exemption, ...change }] });

  test("leave out the one finding they name, up to and on the last day, and are reported", async () => {
    const result = await withExemption({});
    expect(exitCode(result)).toBe(0);
    expect(result.exempted).toHaveLength(1);
    expect(result.summary).toMatchObject({ violations: 0, passed: 1 });
    expect(closingLine(result.summary)).toContain("1 exempted");
  });
  test.each<[string, Partial<Exemption>, RegExp]>([
    ["expired", { expires: "2030-06-14" }, /expired on 2030-06-14/],
    ["of another resource", { urn: "urn:b" }, /fits no finding/],
    ["with another message", { message: "closed" }, /fits no finding/],
  ])("%s: the finding stays and the exemption is reported", async (_, change, pattern) => {
    const result = await withExemption(change);
    expect(exitCode(result)).toBe(1);
    expect(result.outcomes.find((outcome) => outcome.policy === "exemptions")?.message).toMatch(pattern);
  });
  test("fitting two findings exempts neither, a message part picks one", async () => {
    const findings = [violation("urn:a", "port 22"), violation("urn:a", "port 9000")];
    expect((await withExemption({}, findings)).summary.violations).toBe(3);
    const picked = await withExemption({ message: "port 22" }, findings);
    expect(picked.exempted.map(({ outcome }) => outcome.message)).toEqual(["port 22"]);
    expect(exitCode(picked)).toBe(1);
  });
  test("of a disabled policy are not called useless", async () => {
    const result = await run([policy("a", "mandatory", [violation()])], { exemptions: [exemption], levels: { a: "disabled" } });
    expect(result.outcomes).toEqual([]);
  });
});
