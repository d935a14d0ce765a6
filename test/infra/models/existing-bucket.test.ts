/** A stack whose models lie in a bucket that is there already. */
import { statSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { GraphResource, Properties, RunResult } from "../../../infra/offline/engine";
import { BUCKET_SETTINGS } from "../../../infra/config/existing-schema";
import { policies } from "../../../policies/rules";
import { byName, evaluateDev } from "../evaluate";
import { findings, judged } from "../judged";
import { answering, ARN, BUCKET, DENIED, NO_POLICY, SETTINGS, type World } from "./existing-bucket-aws";

jest.setTimeout(60_000);

const PREFIX = "ml-models/";
const existing = (rest: object = {}): { models: object } => ({ models: { existing: { bucket: BUCKET, ...rest } } });
const KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f";

const TODAY = "2026-11-28";
const inS3 = ({ resources }: RunResult): GraphResource[] => resources.filter(({ type }) => type.startsWith("aws:s3/"));
const keysOf = (result: RunResult): string[] => inS3(result).flatMap(({ inputs }) => (typeof inputs.key === "string" ? [inputs.key] : []));
const rights = (result: RunResult): Record<string, unknown>[] =>
  (
    JSON.parse(String(byName(result, "aws:iam/rolePolicy:RolePolicy", "backend-policy").inputs.policy)) as {
      Statement: Record<string, unknown>[];
    }
  ).Statement;

describe("a good bucket, shared with others", () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await evaluateDev(existing({ prefix: PREFIX }), answering(), true);
  });

  test("nothing of it is registered but models, below the prefix, and they stay when the stack goes", () => {
    expect([...new Set(inS3(result).map(({ type }) => type))]).toEqual(["aws:s3/bucketObjectv2:BucketObjectv2"]);
    expect(keysOf(result)).toHaveLength(4);
    for (const key of keysOf(result)) expect(key).toMatch(/^ml-models\/models\/[0-9a-f]{64}\//);
    for (const { options } of inS3(result)) expect(options.retainOnDelete).toBe(true);
    expect(result.outputs.modelBucket).toBe(BUCKET);
  });

  test("the backend's role reads and writes below the prefix alone, in a bucket of this account alone", () => {
    const Condition = { StringEquals: { "s3:ResourceAccount": "123456789012" } };
    expect(rights(result)).toEqual([
      { Sid: "FindModels", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [ARN], Condition },
      { Sid: "ReadModels", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${ARN}/ml-models/models/*`], Condition },
      {
        Sid: "OwnBackups",
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:GetObject"],
        Resource: [`${ARN}/ml-models/backups/backend/*`],
        Condition,
      },
    ]);
  });

  test("the hosts learn bucket and prefix", () => {
    const stdin = (name: string): string => JSON.stringify(byName(result, "command:remote:Command", name).inputs.stdin);
    expect(stdin("backend-prepare")).toContain(`backupBucket=${BUCKET}\\nbackupPrefix=${PREFIX}\\n`);
    expect(stdin("backend-models")).toContain(`bucket=${BUCKET}\\n`);
    expect(stdin("backend-models")).toMatch(/model=[0-9a-f]{64} \d+ required ml-models\/models\//);
  });

  test("the pack has no finding", async () => {
    const verdict = await judged(result, TODAY);
    expect(findings(verdict)).toEqual([]);
    expect(verdict.summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });
});

test("without what was looked up the pack says of four policies that it cannot tell", async () => {
  const verdict = await judged(await evaluateDev(existing()), TODAY);
  expect(verdict.summary).toMatchObject({ withFindings: 0, cannotTell: 4 });
  expect(findings(verdict).map((text) => text.split(" ", 3).join(" "))).toEqual(
    ["encryption", "public-access-block", "tls-only", "versioning"].map((name) => `bucket-${name} mandatory unknown`),
  );
});

describe("all settings by the program", () => {
  let result: RunResult;
  beforeAll(async () => {
    const theirs = {
      Sid: "Team",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: `${ARN}/*`,
      Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
    };
    const policy = JSON.stringify({ Statement: theirs });
    result = await evaluateDev(existing({ manage: BUCKET_SETTINGS }), answering({ settings: { BucketName: BUCKET }, policy }), true);
  });

  test("each has a resource on the bucket, which stays when the stack goes; what others wrote in its policy stays", () => {
    const settings = inS3(result).filter(({ type }) => !type.includes("Object"));
    expect(settings.map(({ name }) => name).sort()).toEqual(
      ["encryption", "owner", "private", "tls", "versioning"].map((name) => `models-${name}`),
    );
    for (const { inputs, options } of settings) expect([inputs.bucket, options.retainOnDelete]).toEqual([BUCKET, true]);
    expect(JSON.parse(String(byName(result, "aws:s3/bucketPolicy:BucketPolicy", "models-tls").inputs.policy))).toMatchObject({
      Statement: [{ Sid: "Team" }, { Sid: "DenyPlainHttp" }],
    });
  });

  test("the pack has no finding", async () => expect(findings(await judged(result, TODAY))).toEqual([]));
});

describe("backups that lie there already", () => {
  const objects = { "backups/backend-2/latest": 90, "backups/backend-3/latest": 90 };
  const warned = async (sections: object): Promise<string[]> => {
    const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
    await evaluateDev({ ...existing(), ...sections }, answering({ objects }), true);
    const texts = warn.mock.calls.map(([text]) => text);
    warn.mockRestore();
    return texts.filter((text) => text.includes("lie already"));
  };
  const backend = (count: number): object => ({ loadBalancer: true, count });

  test("are warned of by the names of all hosts that would write there", async () => {
    expect(await warned({ backend: backend(3) })).toEqual([
      expect.stringMatching(/found team-models-123456789012, where backups of backend-2, backend-3 lie already: .*prefix/),
    ]);
    expect(await warned({ backend: backend(2) })).toEqual([expect.stringContaining("where backups of backend-2 lie already: ")]);
  });

  test.each<[string, object]>([
    ["a stack whose hosts have other names", {}],
    ["a stack without backups", { backend: backend(3), backup: { enabled: false } }],
  ])("are nothing to %s", async (_, sections) => {
    expect(await warned(sections)).toEqual([]);
  });
});

test("models that are in the bucket are not sent again, and the pack knows where they are, also in a folder that sounds like something else", async () => {
  const sections = existing({ prefix: "reports/ml/" });
  const first = await evaluateDev(sections, answering(), true);
  const objects = Object.fromEntries(
    inS3(first).map(({ inputs: { key, source } }) => [String(key), statSync((source as { path: string }).path).size]),
  );
  const result = await evaluateDev(sections, answering({ objects }), true);
  expect(inS3(result)).toEqual([]);
  expect(findings(await judged(result, TODAY))).toEqual([]);
  const wide = JSON.parse(JSON.stringify(result)) as RunResult;
  const policy = byName(wide, "aws:iam/rolePolicy:RolePolicy", "backend-policy");
  policy.inputs.policy = String(policy.inputs.policy).replace(
    `"s3:GetObject"],"Resource":["${ARN}/reports/ml/models/*`,
    `"s3:PutObject"],"Resource":["${ARN}/reports/ml/models/*`,
  );
  expect(findings(await judged(wide, TODAY)).map((text) => text.split(" ", 1)[0])).toContain("models-read-only-role");
});

describe("encryption with a key of KMS", () => {
  const kms = (KMSMasterKeyID?: string): World => ({
    settings: {
      ...SETTINGS,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID } }],
      },
    },
  });
  const use = (result: RunResult): unknown => rights(result).find(({ Sid }) => Sid === "UseBucketKey")?.Resource;

  test.each([
    ["an ARN", kms(KEY), {}, [KEY]],
    ["an id", kms(KEY.split("/")[1]), {}, [KEY]],
    ["the key of AWS", kms(), {}, undefined],
    ["an alias, and the key by name", kms("alias/team"), { kms: { bucketKey: KEY } }, [KEY]],
    ["the same key", kms(KEY), { kms: { bucketKey: KEY } }, [KEY]],
  ])("%s: the backend's role may use it through S3", async (_, world, sections, wanted) => {
    expect(use(await evaluateDev({ ...existing(), ...sections }, answering(world), true))).toEqual(wanted);
  });

  test.each([
    [
      "another key",
      kms(KEY.replace("0a1b", "ffff")),
      { kms: { bucketKey: KEY } },
      /kms\.bucketKey: found arn.*0a1b.*, which is there already, encrypts with arn.*ffff/,
    ],
    [
      "a key, and S3's own encryption",
      {},
      { kms: { bucketKey: KEY } },
      /encrypts with a key of AWS; remove the key, or add encryption to models\.existing\.manage/,
    ],
    ["an alias alone", kms("alias/team"), {}, /names its key by an alias \(alias\/team\), .*write the key's ARN/],
  ])("%s is refused", async (_, world, sections, message) => {
    await expect(evaluateDev({ ...existing(), ...sections }, answering(world), true)).rejects.toThrow(message);
  });
});

test("what is wrong with bucket, key and network is one message", async () => {
  const network = {
    existing: {
      vpcId: "vpc-0aaaaaaaaaaaaaaa1",
      gatewaySubnetId: "subnet-0aaaaaaaaaaaaaaa1",
      webserverSubnetIds: ["subnet-0bbbbbbbbbbbbbbb1"],
    },
    egress: "managed",
  };
  const below = answering({ settings: { BucketName: BUCKET }, policy: NO_POLICY });
  const absent = {
    ...below,
    call: (token: string, args: Properties) =>
      token.includes("getVpc:")
        ? Promise.resolve({
            id: "vpc-0aaaaaaaaaaaaaaa1",
            enableDnsSupport: false,
            mainRouteTableId: "rtb-1",
            instanceTenancy: "default",
            ownerId: "123456789012",
          })
        : below.call(token, args),
  };
  const text = await evaluateDev({ ...existing(), network }, absent, true).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(text.match(/^ {2}- /gm)).toHaveLength(6);
  expect(text).toMatch(/^what the configuration names cannot be used:\n.*DNS resolution off(.|\n)*keeps no versions/);
});

test("an update does not write over a policy that it could not read", async () => {
  const world = answering({ policy: DENIED });
  await expect(evaluateDev(existing({ manage: ["tlsPolicy"] }), world, false)).rejects.toThrow(
    /manage: names tlsPolicy, .*could not be read .*allow s3:GetBucketPolicy, or remove tlsPolicy/,
  );
  await expect(evaluateDev(existing({ manage: ["tlsPolicy"] }), world, true)).resolves.toBeDefined();
});

test.each<[string, World]>([
  ["a policy that is no JSON", { policy: "{" }],
  ["a policy whose statements are none", { policy: JSON.stringify({ Statement: [null] }) }],
  ["settings of another form", { settings: { LifecycleConfiguration: { Rules: "x" }, Tags: {} } }],
])("%s is not looked at, and no fault of the program", async (_, world) => {
  await expect(evaluateDev(existing(), answering(world), true)).resolves.toBeDefined();
});
