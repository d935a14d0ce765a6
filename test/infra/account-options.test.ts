/** Tags, IAM and keys of KMS that an account has already: what reaches which resource, and what is asked before. */
import { Refusal, type Provider, type RunResult } from "../../infra/offline/engine";
import { previewProvider } from "../../infra/offline/preview-provider";
import { policies } from "../../policies/rules";
import { byName, evaluateDev } from "./evaluate";
import { judged } from "./judged";

jest.setTimeout(60_000);

const KEY = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const BOUNDARY = "arn:aws:iam::123456789012:policy/team/boundary";
const ALL = {
  tags: { CostCenter: "ml-platform" },
  iam: { permissionsBoundary: BOUNDARY, path: "/team/" },
  kms: { bucketKey: "alias/models", volumeKey: KEY },
};

/** As AWS answers, apart from some questions. */
function answering(answers: Readonly<Record<string, object>>): Provider {
  const offline = previewProvider("us-east-1");
  return {
    ...offline,
    call: (token, args) => {
      const answer = answers[token];
      if (answer === undefined) return offline.call(token, args);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ ...args, ...answer });
    },
  };
}
const GET_KEY = "aws:kms/getKey:getKey";
const GET_POLICY = "aws:iam/getPolicy:getPolicy";
const USABLE = {
  ...{ arn: KEY, awsAccountId: "123456789012", enabled: true, keyManager: "CUSTOMER" },
  ...{ keySpec: "SYMMETRIC_DEFAULT", keyState: "Enabled", keyUsage: "ENCRYPT_DECRYPT" },
};

describe("all of them at once", () => {
  let all: RunResult;
  beforeAll(async () => {
    all = await evaluateDev(ALL);
  });

  test("add no resource and change no name", async () => {
    const names = ({ resources }: RunResult): string[] => resources.map(({ urn }) => urn).sort();
    expect(names(all)).toEqual(names(await evaluateDev()));
  });

  test("have no finding of the policy pack", async () => {
    const { summary } = await judged(all, "2026-11-27");
    expect(summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });

  test("the tag is on everything that takes tags, root volumes included, and on no model", () => {
    const tagged = all.resources.filter(({ type, inputs }) => type.startsWith("aws:") && inputs.tags !== undefined);
    const models = tagged.filter(({ type }) => type.endsWith(":BucketObjectv2"));
    const others = tagged.filter((resource) => !models.includes(resource));
    expect(models).toHaveLength(4);
    for (const { inputs } of models) expect(inputs.tags).toEqual({ Stack: "dev" });
    expect(others.length).toBeGreaterThan(30);
    for (const { inputs } of others) expect(inputs.tags).toMatchObject({ CostCenter: "ml-platform", Stack: "dev" });
    const disk: unknown = byName(all, "aws:ec2/instance:Instance", "backend-instance").inputs.rootBlockDevice;
    expect(disk).toMatchObject({ tags: { CostCenter: "ml-platform" }, kmsKeyId: KEY });
  });

  test("roles and profiles have the path, roles the boundary", () => {
    for (const role of ["gateway", "backend"]) {
      expect(byName(all, "aws:iam/role:Role", `${role}-role`).inputs).toMatchObject({ path: "/team/", permissionsBoundary: BOUNDARY });
      expect(byName(all, "aws:iam/instanceProfile:InstanceProfile", `${role}-profile`).inputs.path).toBe("/team/");
    }
  });

  test("the backend's role may use the bucket's key through S3, the gateway's not", () => {
    const encryption = byName(
      all,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "models-encryption",
    );
    const [rule] = encryption.inputs.rules as { applyServerSideEncryptionByDefault: { sseAlgorithm: string; kmsMasterKeyId: string } }[];
    const key = rule?.applyServerSideEncryptionByDefault.kmsMasterKeyId ?? "";
    expect(key).toMatch(/^arn:aws:kms:us-east-1:123456789012:key\/[0-9a-f-]{36}$/);
    expect(statements(all, "backend")).toContainEqual({
      Sid: "UseBucketKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [key],
      Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    });
    expect(all.resources.some(({ name }) => name === "gateway-policy")).toBe(false);
  });
});

function statements(result: RunResult, role: string): { Sid: string }[] {
  const { policy } = byName(result, "aws:iam/rolePolicy:RolePolicy", `${role}-policy`).inputs;
  return (JSON.parse(policy as string) as { Statement: { Sid: string }[] }).Statement;
}

test("a gateway that proves its name by a record may change that record and no other", async () => {
  const result = await evaluateDev({
    ...{ domain: "ml.your-company.com", dns: { zone: "Z0123456789ABCDEF" } },
    tls: { acme: { email: "operations@your-company.com", agreeToTerms: true, challenge: "dns" } },
  });
  expect(statements(result, "gateway")).toEqual([
    {
      Sid: "ProveName",
      Effect: "Allow",
      Action: ["route53:ChangeResourceRecordSets"],
      Resource: ["arn:aws:route53:::hostedzone/Z0123456789ABCDEF"],
      Condition: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": "_acme-challenge.ml.your-company.com",
          "route53:ChangeResourceRecordSetsRecordTypes": "TXT",
        },
      },
    },
    { Sid: "AwaitRecord", Effect: "Allow", Action: ["route53:GetChange"], Resource: ["arn:aws:route53:::change/*"] },
  ]);
});

test("without backups the backend may decrypt only; a gateway that reads wheels from the bucket may too", async () => {
  const bucket = "models-of-mine-in-this-test";
  const wheelhouse = { uri: `s3://${bucket}/wheels.tar.gz`, sha256: "0".repeat(64) };
  const result = await evaluateDev({
    kms: { bucketKey: KEY },
    backup: { enabled: false },
    models: { manifest: "models-manifest/sample.json", bucket },
    python: { wheelhouse },
  });
  for (const role of ["gateway", "backend"]) {
    expect(statements(result, role)).toContainEqual(expect.objectContaining({ Action: ["kms:Decrypt"], Resource: [KEY] }));
  }
});

test("an alias that leads to another key replaces no host; an ARN is followed", async () => {
  const ignored = async (volumeKey: string): Promise<unknown> =>
    byName(await evaluateDev({ kms: { volumeKey } }), "aws:ec2/instance:Instance", "gateway-instance").options.ignoreChanges;
  expect(await ignored("alias/disks")).toContain("rootBlockDevice.kmsKeyId");
  expect(await ignored(KEY)).not.toContain("rootBlockDevice.kmsKeyId");
});

test("groups of logs are encrypted with the key that an alias leads to, which no host may use; without one by CloudWatch's own", async () => {
  const watch = { enabled: true, logs: true, emails: ["operations@your-company.com"] };
  const groups = ({ resources }: RunResult): unknown[] =>
    resources.filter(({ type }) => type.endsWith(":LogGroup")).map(({ inputs }): unknown => inputs.kmsKeyId);
  const encrypted = await evaluateDev({ watch, kms: { logKey: "alias/logs" } }, answering({ [GET_KEY]: USABLE }), true);
  expect(groups(encrypted)).toEqual(Array(5).fill(KEY));
  expect(JSON.stringify(statements(encrypted, "backend"))).not.toContain("kms:");
  expect(groups(await evaluateDev({ watch }))).toEqual(Array(5).fill(undefined));
});

const boundary = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const ALIAS = { kms: { bucketKey: "alias/models" } };
const asked = new Error("invocation of aws:kms/getKey:getKey returned an error: AccessDeniedException: no\nmore");

test.each<[string, object, object, RegExp]>([
  [
    "a key that is not there",
    ALIAS,
    { [GET_KEY]: new Refusal("NotFoundException: Alias arn is not found.") },
    /kms\.bucketKey: found alias\/models, which is not there in account 123456789012 and us-east-1; make it/,
  ],
  [
    "a key of another account",
    ALIAS,
    { [GET_KEY]: { ...USABLE, awsAccountId: "210987654321" } },
    /a key of account 210987654321, and this stack is deployed in 123456789012/,
  ],
  [
    "a key of another region",
    ALIAS,
    { [GET_KEY]: { ...USABLE, arn: KEY.replace("us-east-1", "eu-west-1") } },
    /which is in eu-west-1, .* name one of us-east-1/,
  ],
  ["a key of AWS", ALIAS, { [GET_KEY]: { ...USABLE, keyManager: "AWS" } }, /which AWS manages for one service/],
  [
    "a key that is to be deleted",
    ALIAS,
    { [GET_KEY]: { ...USABLE, enabled: false, keyState: "PendingDeletion" } },
    /which cannot be used now \(PendingDeletion\)/,
  ],
  [
    "a key that signs",
    ALIAS,
    { [GET_KEY]: { ...USABLE, keyUsage: "SIGN_VERIFY", keySpec: "RSA_2048" } },
    /a key for SIGN_VERIFY of the kind RSA_2048, .*\(SYMMETRIC_DEFAULT\) alone; name one/,
  ],
  [
    "an alias that may not be asked for",
    ALIAS,
    { [GET_KEY]: new Refusal(asked.message) },
    /which key that is could not be asked \(AccessDeniedException: no\); allow kms:DescribeKey, or name the key's ARN/,
  ],
  [
    "a boundary that is not there",
    { iam: ALL.iam },
    { [GET_POLICY]: new Refusal("NoSuchEntity: Policy was not found.") },
    /iam\.permissionsBoundary: found .*boundary, which is not there in account 123456789012/,
  ],
  [
    "a boundary of another account",
    { iam: { permissionsBoundary: BOUNDARY.replace("123456789012", "210987654321") } },
    { [GET_POLICY]: {} },
    /of account 210987654321, and roles of 123456789012 take policies of their own account alone/,
  ],
  [
    "a boundary without what the hosts do",
    { iam: { permissionsBoundary: BOUNDARY }, watch: { enabled: true, metrics: true, emails: ["operations@your-company.com"] } },
    { [GET_POLICY]: { policy: boundary({ Effect: "Allow", Action: ["s3:Get*", "s3:listbucket"], Resource: "*" }) } },
    /boundary, which does not allow cloudwatch:PutMetricData, s3:PutObject, so that .*add them there, or name another/,
  ],
  [
    "a boundary that denies it",
    { iam: { permissionsBoundary: BOUNDARY } },
    {
      [GET_POLICY]: {
        policy: boundary({ Effect: "Allow", Action: "*", Resource: "*" }, { Effect: "Deny", NotAction: "s3:*Bucket", Resource: "*" }),
      },
    },
    /which does not allow s3:GetObject, s3:PutObject, so that/,
  ],
])("%s is refused before anything is registered", async (_title, sections, answers, message) => {
  const run = evaluateDev(sections as Record<string, object>, answering(answers as Record<string, object>), true);
  await expect(run).rejects.toThrow(message);
});

test.each<[string, string]>([
  ["on other resources", boundary({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::others/*" })],
  [
    "under a condition",
    boundary({ Effect: "Allow", Action: "s3:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }),
  ],
  [
    "denied in part",
    boundary({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }, { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::x" }),
  ],
  ["in no form that is known", "no policy"],
])("a boundary that allows what hosts do %s is not judged", async (_, policy) => {
  const answers = answering({ [GET_POLICY]: { policy } });
  await expect(evaluateDev({ iam: { permissionsBoundary: BOUNDARY } }, answers, true)).resolves.toBeDefined();
});

test("a key's ARN that may not be asked for is taken, and a boundary of AWS", async () => {
  const denied = answering({ [GET_KEY]: new Refusal(asked.message), [GET_POLICY]: {} });
  const iam = { permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" };
  const result = await evaluateDev({ kms: { bucketKey: KEY }, iam }, denied, true);
  expect(JSON.stringify(statements(result, "backend"))).toContain(KEY);
});
