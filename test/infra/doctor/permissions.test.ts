import { decisionsOf, principalOf } from "../../../infra/doctor/aws-client";
import { stackState } from "../../../infra/doctor/stack";
import { permissionsLine } from "../../../infra/doctor/permissions";
import type { Aws, Decision, Simulation } from "../../../infra/doctor/surroundings";
import type { AwsQuestion } from "../../../infra/doctor/question";
import type { Line } from "../../../infra/doctor/line";
import { ROOT } from "../evaluate";
import { AWS } from "./doubles";

jest.setTimeout(60_000);

const IDENTITY = { account: "123456789012", arn: "arn:aws:iam::123456789012:user/ann" };
const asked: Simulation[] = [];

type Verdict = (action: string, resource: string, context: Simulation["context"]) => Partial<Decision>;

/** IAM as a function of action, resource and context. */
function iam(verdict: Verdict): Aws {
  return {
    ...AWS,
    simulate: (_, question) => {
      asked.push(question);
      const resources = question.resources.length === 0 ? ["*"] : question.resources;
      return Promise.resolve(
        question.actions.flatMap((action) =>
          resources.map((resource) => ({ action, resource, allowed: true, missing: [], ...verdict(action, resource, question.context) })),
        ),
      );
    },
  };
}

let known: AwsQuestion;
beforeAll(async () => {
  const { region, config, profile, seen } = await stackState(ROOT, "dev", {});
  const once = await seen(IDENTITY.account);
  known = { region, config, profile, seen: () => Promise.resolve(once) };
});

function line(verdict: Verdict, identity = IDENTITY): Promise<Line> {
  asked.length = 0;
  return permissionsLine(known, identity, iam(verdict));
}

test("who may do all is told how much that is, by few questions", async () => {
  const { verdict, found } = await line(() => ({}));
  expect(verdict).toBe("good");
  expect(Number(/all (\d+) actions/.exec(found)?.[1])).toBeGreaterThan(80);
  expect(asked.length).toBeLessThanOrEqual(30);
  const values = (key: string): Set<string> =>
    new Set(asked.flatMap(({ context }) => context.filter((one) => one.key === key).flatMap((one) => one.values)));
  for (const key of ["aws:RequestTag/Stack", "aws:ResourceTag/Stack"]) expect([...values(key)]).toEqual(["dev"]);
  expect(asked.flatMap(({ resources }) => resources).filter((arn) => /\*/.test(arn))).toEqual([]);
});

test("what is lacking is named with the kind of resource, and the command that prints the policy", async () => {
  const found = await line((action) => ({ allowed: !/RunInstances|PassRole/.test(action) }));
  expect(found).toMatchObject({ verdict: "bad", fix: "npm run deploy-role -- --stack dev" });
  expect(found.found).toContain("ec2:RunInstances on instance");
  expect(found.found).toMatch(/and \d+ more: not allowed/);
});

test("an action that is denied for a resource it has nothing to do with is no lack", async () => {
  const own = /^ec2:DeleteVpc$/;
  expect(await line((action, resource) => ({ allowed: !own.test(action) || /:vpc\//.test(resource) }))).toMatchObject({ verdict: "good" });
  expect(await line((action, resource) => ({ allowed: !own.test(action) || !/:vpc\//.test(resource) }))).toMatchObject({ verdict: "bad" });
});

test("a role that may touch what bears the stack's tag alone is enough", async () => {
  const tagged = (context: Simulation["context"]): boolean => context.some(({ key }) => /Tag\/Stack$/.test(key));
  const free = /:(Describe|Get|List|PassRole)|^s3:|RunInstances|ModifyNetworkInterfaceAttribute/;
  expect(await line((action, _, context) => ({ allowed: free.test(action) || tagged(context) }))).toMatchObject({ verdict: "good" });
});

test("what a simulation cannot tell is not called a lack", async () => {
  const found = await line((action) => (action === "ec2:CreateVpc" ? { allowed: false, missing: ["aws:SourceVpc"] } : {}));
  expect(found).toMatchObject({ verdict: "not checked" });
  expect(found.found).toContain("ec2:CreateVpc on vpc: could not be checked");
});

test("an answer that leaves a question out is none", async () => {
  const silent = { ...AWS, simulate: () => Promise.resolve([]) };
  expect(await permissionsLine(known, IDENTITY, silent)).toMatchObject({ verdict: "not checked" });
});

test("the root user is not simulated", async () => {
  expect(await line(() => ({}), { ...IDENTITY, arn: "arn:aws:iam::123456789012:root" })).toMatchObject({ verdict: "not checked" });
  expect(asked).toEqual([]);
});

describe("what stands between", () => {
  test.each([
    ["arn:aws:iam::123456789012:user/ann", undefined, "arn:aws:iam::123456789012:user/ann"],
    [
      "arn:aws:sts::123456789012:assumed-role/deploy/ci",
      "arn:aws:iam::123456789012:role/ci/deploy",
      "arn:aws:iam::123456789012:role/ci/deploy",
    ],
    ["arn:aws-cn:sts::123456789012:assumed-role/deploy/ci", undefined, "arn:aws-cn:iam::123456789012:role/deploy"],
  ])("%s", async (identity, role, expected) => {
    expect(await principalOf(identity, () => Promise.resolve(role))).toBe(expected);
  });

  test("an answer for each resource counts before the one for all", () => {
    const all = {
      EvalActionName: "ec2:DeleteVpc",
      EvalResourceName: "*",
      EvalDecision: "implicitDeny" as const,
      MissingContextValues: ["k"],
    };
    expect(decisionsOf(all)).toEqual([{ action: "ec2:DeleteVpc", resource: "*", allowed: false, missing: ["k"] }]);
    const each = [{ EvalResourceName: "arn:vpc", EvalResourceDecision: "allowed" as const }];
    expect(decisionsOf({ ...all, ResourceSpecificResults: each })).toEqual([
      { action: "ec2:DeleteVpc", resource: "arn:vpc", allowed: true, missing: ["k"] },
    ]);
  });
});
