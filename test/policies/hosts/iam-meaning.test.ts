/** Roles decided by what actions mean and whose resources they reach. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Finding, Policy } from "../../../policies/core/types";
import { actionsOf, expand } from "../../../policies/graph/iam-actions";
import { policy as leastPrivilege } from "../../../policies/rules/hosts/least-privilege-role";
import { policy as modelsReadOnly } from "../../../policies/rules/hosts/models-read-only-role";
import { policy as trust } from "../../../policies/rules/hosts/role-trust";
import { program } from "../core/builder";
import type { Handle, Program } from "../core/builder";

const EC2 = { Service: "ec2.amazonaws.com" };

function withRole(statement: object | undefined, principal: object = EC2, condition?: object): { p: Program; role: Handle } {
  const p = program(undefined, "dev", "ml-gateway");
  const assume = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", ...(condition ? { Condition: condition } : {}) };
  const role = p.add("aws:iam/role:Role", "host", { name: "host-role", assumeRolePolicy: JSON.stringify({ Statement: [assume] }) });
  if (statement)
    p.add("aws:iam/rolePolicy:RolePolicy", "rights", {
      role: role.id,
      policy: JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] }),
    });
  const profile = p.add("aws:iam/instanceProfile:InstanceProfile", "host", { role: role.id });
  p.add("aws:ec2/instance:Instance", "backend", { iamInstanceProfile: profile.id, tags: { Role: "backend" } });
  p.add("aws:s3/bucket:Bucket", "models", { bucket: "our-models", tags: { Role: "models" } });
  return { p, role };
}

async function verdicts(policy: Policy, p: Program): Promise<Finding["verdict"][]> {
  const found = await policy.evaluate(p.graph("known"), DEFAULT_SETTINGS);
  return [...new Set(found.map(({ verdict }) => verdict))];
}

describe("the action table", () => {
  test("has levels and kinds of resources", () => {
    const actions = actionsOf("ec2") ?? [];
    expect(actions.find(({ name }) => name === "ec2:RunInstances")).toMatchObject({ level: "write" });
    expect((actionsOf("s3") ?? []).find(({ name }) => name === "s3:PutBucketPolicy")).toMatchObject({
      level: "permissions",
      resources: ["bucket"],
    });
    expect(actionsOf("no-such-service")).toBeUndefined();
    expect(actionsOf("../s3")).toBeUndefined();
  });
  test("a pattern names what it fits, whatever its case", () => {
    expect(expand("S3:putbucketpol*")).toMatchObject([{ name: "s3:PutBucketPolicy" }]);
    expect(expand("*")).toBe("all");
    expect(expand("s3:NoSuchAction")).toEqual([]);
  });
});

const TOO_MUCH: Readonly<Record<string, object>> = {
  "secrets of everybody in production": { Action: "secretsmanager:GetSecretValue", Resource: "arn:aws:secretsmanager:*:*:secret:prod/*" },
  "rules of any group": { Action: "ec2:ModifySecurityGroupRules", Resource: "*" },
  "a login on any host": { Action: ["ssm:StartSession", "ec2-instance-connect:SendSSHPublicKey"], Resource: "*" },
  "parameters of the account that begin as those of AWS": {
    Action: "ssm:GetParameter",
    Resource: "arn:aws:ssm:us-east-1:123456789012:parameter/aws/*",
  },
  "commands on a named host": {
    Action: "ssm:SendCommand",
    Resource: ["arn:aws:ssm:us-east-1::document/AWS-RunShellScript", "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"],
  },
  "a session on hosts with a tag": {
    Action: "ssm:StartSession",
    Resource: "arn:aws:ec2:us-east-1:123456789012:instance/*",
    Condition: { StringEquals: { "ssm:resourceTag/Role": "backend" } },
  },
  "a login on a named host": {
    Action: "ec2-instance-connect:SendSSHPublicKey",
    Resource: "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
  },
  "a runbook of AWS's": {
    Action: "ssm:StartAutomationExecution",
    Resource: "arn:aws:ssm:us-east-1::automation-definition/AWS-RunShellScript:*",
  },
  "snapshots handed on": { Action: ["ec2:CreateSnapshot", "ec2:ModifySnapshotAttribute"], Resource: "*" },
  "a role passed to a function": {
    Action: ["iam:PassRole", "lambda:CreateFunction"],
    Resource: ["arn:aws:iam::123456789012:role/Admin", "arn:aws:lambda:us-east-1:123456789012:function:f"],
  },
  "rights of one named role": { Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::123456789012:role/host-role" },
  "buckets by their first letter": { Action: "s3:*", Resource: ["arn:aws:s3:::b*", "arn:aws:s3:::c*"] },
  "access points": { Action: ["s3:CreateAccessPoint", "s3:PutAccessPointPolicy"], Resource: "*" },
  "all but identities": { NotAction: "iam:*", Resource: "*" },
};
const ENOUGH: Readonly<Record<string, object>> = {
  "metrics and logs": { Action: ["cloudwatch:PutMetricData", "logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
  "secrets under the project's name": {
    Action: "secretsmanager:GetSecretValue",
    Resource: "arn:aws:secretsmanager:*:*:secret:ml-gateway/*",
  },
  "models of one bucket": {
    Action: ["s3:GetObject", "s3:ListBucket"],
    Resource: ["arn:aws:s3:::our-models", "arn:aws:s3:::our-models/models/*"],
  },
  "descriptions of hosts": { Action: ["ec2:DescribeInstances", "ec2:DescribeTags"], Resource: "*" },
  "a role passed, and nothing to run with it": {
    Action: ["iam:PassRole", "dynamodb:PutItem"],
    Resource: ["arn:aws:iam::123456789012:role/x", "arn:aws:dynamodb:us-east-1:123456789012:table/orders"],
  },
  "parameters that AWS publishes": { Action: "ssm:GetParameter", Resource: "arn:aws:ssm:us-east-1::parameter/aws/service/*" },
  "one table": { Action: "dynamodb:PutItem", Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/orders" },
  "hosts with the project's tag": {
    Action: "ec2:StopInstances",
    Resource: "*",
    Condition: { StringEquals: { "aws:ResourceTag/Project": "ml-gateway" } },
  },
};

describe("least privilege", () => {
  test.each(Object.entries(TOO_MUCH))("%s is too much", async (_, statement) => {
    expect(await verdicts(leastPrivilege, withRole(statement).p)).toEqual(["violation"]);
  });
  test.each(Object.entries(ENOUGH))("%s is enough", async (_, statement) => {
    expect(await verdicts(leastPrivilege, withRole(statement).p)).toEqual([]);
  });
  test("a function's role counts as a host's does", async () => {
    const { p } = withRole(undefined);
    const role = p.add("aws:iam/role:Role", "fn", { name: "fn-role", assumeRolePolicy: "{}" });
    p.add("aws:iam/rolePolicy:RolePolicy", "fn", {
      role: role.id,
      policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "ec2:AuthorizeSecurityGroupIngress", Resource: "*" }] }),
    });
    expect(await verdicts(leastPrivilege, p)).toEqual([]);
    p.add("aws:lambda/function:Function", "fn", { role: role.arn });
    expect(await verdicts(leastPrivilege, p)).toEqual(["violation"]);
  });
  test("a group of administrators", async () => {
    const { p } = withRole(undefined);
    p.add("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "ops", {
      group: "ops",
      policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });
    expect(await verdicts(leastPrivilege, p)).toEqual(["violation"]);
  });
});

describe("people are no administrators for good", () => {
  const allow = (rest: object): string => JSON.stringify({ Statement: [{ Effect: "Allow", ...rest }] });
  const ALL = allow({ Action: "*", Resource: "*" });
  const own = allow({ Action: ["iam:CreateAccessKey", "iam:ChangePassword"], Resource: "arn:aws:iam::*:user/${aws:username}" });
  const named = (p: Program): Handle => p.add("aws:iam/group:Group", "ops", { name: "ops" });
  const inline = (policy: string) => (p: Program) =>
    void p.add("aws:iam/groupPolicy:GroupPolicy", "rights", { group: named(p).out("name"), policy });
  const attached =
    (type: string, name: string, holder: string, key = "policyArn", list = false) =>
    (p: Program): void => {
      const all = p.add("aws:iam/policy:Policy", "all", { policy: ALL });
      p.add(`aws:iam/${name}:${type}`, "rights", { [holder]: list ? ["ops"] : "ops", [key]: key === "policyArns" ? [all.arn] : all.arn });
    };
  const CASES: readonly (readonly [string, (p: Program) => void, readonly string[]])[] = [
    ["everything, inline", inline(ALL), ["violation"]],
    ["iam:*, inline", inline(allow({ Action: "iam:*", Resource: "*" })), ["violation"]],
    ["rights of any role", inline(allow({ Action: ["iam:putrolepolicy"], Resource: "arn:aws:iam::123456789012:role/*" })), ["violation"]],
    ["all but identities", inline(allow({ NotAction: ["iam:*", "organizations:*"], Resource: "*" })), ["violation"]],
    ["a policy of the program", attached("GroupPolicyAttachment", "groupPolicyAttachment", "group"), ["violation"]],
    ["a user's", attached("UserPolicyAttachment", "userPolicyAttachment", "user"), ["violation"]],
    ["by the list of a policy", attached("PolicyAttachment", "policyAttachment", "groups", "policyArn", true), ["violation"]],
    [
      "by the list of a group",
      attached("GroupPolicyAttachmentsExclusive", "groupPolicyAttachmentsExclusive", "groupName", "policyArns"),
      ["violation"],
    ],
    [
      "with a second factor",
      inline(allow({ Action: "*", Resource: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } })),
      [],
    ],
    ["one's own credentials", inline(own), []],
    [
      "rights of roles with one prefix",
      inline(allow({ Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::123456789012:role/app-*" })),
      [],
    ],
    ["one service", inline(allow({ Action: ["ec2:*", "s3:*"], Resource: "*" })), []],
    [
      "everything, and another policy that denies identities and secrets",
      (p) => {
        inline(ALL)(p);
        p.add("aws:iam/groupPolicy:GroupPolicy", "not", {
          group: "ops",
          policy: JSON.stringify({ Statement: [{ Effect: "Deny", Action: ["iam:*", "secretsmanager:*"], Resource: "*" }] }),
        });
      },
      [],
    ],
    [
      "a list of roles alone",
      (p) => {
        const all = p.add("aws:iam/policy:Policy", "all", { policy: ALL });
        p.add("aws:iam/policyAttachment:PolicyAttachment", "rights", { roles: ["elsewhere"], policyArn: all.arn });
      },
      [],
    ],
  ];
  test.each(CASES)("%s", async (_, add, expected) => {
    const { p } = withRole(undefined);
    add(p);
    expect(await verdicts(leastPrivilege, p)).toEqual(expected);
  });
});

test.each(["s3:PutReplicationConfiguration", "s3:PutBucketNotification", "s3:PutEncryptionConfiguration", "s3:PutInventoryConfiguration"])(
  "%s on the models bucket changes a guard",
  async (Action) =>
    expect(await verdicts(modelsReadOnly, withRole({ Action, Resource: "arn:aws:s3:::our-models" }).p)).toEqual(["violation"]),
);

describe("trust", () => {
  test.each([
    ["a host", EC2, []],
    ["an identity provider", { Federated: "cognito-identity.amazonaws.com" }, ["violation"]],
    ["certificates from anywhere", { Service: ["ec2.amazonaws.com", "rolesanywhere.amazonaws.com"] }, ["violation"]],
    ["an account nobody knows yet", { AWS: "arn:aws:iam::999999999999:root" }, ["unknown"]],
  ] as const)("%s", async (_, principal, expected) => {
    const found = await trust.evaluate(withRole(undefined, principal).p.graph("unknown"), DEFAULT_SETTINGS);
    expect(found.map(({ verdict }) => verdict)).toEqual(expected);
  });
});
