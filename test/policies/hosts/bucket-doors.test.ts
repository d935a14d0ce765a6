/** Conditions and destinations of the models bucket: only what is provably one's own keeps others out. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { program } from "../core/builder";
import type { Handle, Program } from "../core/builder";
import { policyOf } from "../core/policy-of";

async function verdicts(id: string, change: (p: Program, bucket: Handle) => void): Promise<string[]> {
  const p = program();
  const bucket = p.add("aws:s3/bucket:Bucket", "models", { bucket: "our-models", tags: { Role: "models" } });
  change(p, bucket);
  const found = await policyOf(id).evaluate(p.graph("known"), DEFAULT_SETTINGS);
  return [...new Set(found.map(({ verdict }) => verdict))];
}

const allow = (Condition: object, Principal: unknown = "*"): ((p: Program, bucket: Handle) => void) => {
  const statement = { Effect: "Allow", Principal, Action: "s3:*", Resource: "arn:aws:s3:::our-models/*", Condition };
  return (p, bucket) =>
    p.add("aws:s3/bucketPolicy:BucketPolicy", "policy", { bucket: bucket.id, policy: JSON.stringify({ Statement: [statement] }) });
};

test.each([
  ["a pattern of organizations", { StringLike: { "aws:PrincipalOrgID": "o-?*" } }, ["violation"]],
  ["one organization", { StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } }, []],
  ["an endpoint that is none of the program's", { StringEquals: { "aws:SourceVpce": "vpce-0eeeeeeeeeeeeeeee" } }, ["violation"]],
  ["a unique id", { StringLike: { "aws:userid": "AROAFOREIGNROLEID12:*" } }, ["unknown"]],
])("bucket-not-public: %s", async (_, condition, expected) => {
  expect(await verdicts("bucket-not-public", allow(condition))).toEqual(expected);
});

test("bucket-not-public: a principal by its unique id", async () => {
  expect(await verdicts("bucket-not-public", allow({}, { AWS: "AROAEXAMPLEFOREIGNID1" }))).toEqual(["unknown"]);
});

test.each([
  [
    "replication",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    { rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::elsewhere" } }] },
  ],
  [
    "analytics",
    "aws:s3/analyticsConfiguration:AnalyticsConfiguration",
    { storageClassAnalysis: { dataExport: { destination: { s3BucketDestination: { bucketArn: "arn:aws:s3:::elsewhere" } } } } },
  ],
  ["logging", "aws:s3/bucketLogging:BucketLogging", { targetBucket: "elsewhere" }],
])("bucket-own-account: %s to a bucket of nobody knows whom", async (_, type, inputs) => {
  expect(await verdicts("bucket-own-account", (p, bucket) => p.add(type, "copy", { bucket: bucket.id, ...inputs }))).toEqual(["unknown"]);
});

test("bucket-own-account: logs to a bucket of the program", async () => {
  const own = await verdicts("bucket-own-account", (p, bucket) => {
    const logs = p.add("aws:s3/bucket:Bucket", "logs", { bucket: "our-logs" });
    p.add("aws:s3/bucketLogging:BucketLogging", "log", { bucket: bucket.id, targetBucket: logs.id });
  });
  expect(own).toEqual([]);
});

test.each([
  ["latest", ["violation"]],
  ["temporary-test", []],
])("bucket-lifecycle-keeps-models: the tag %s", async (key, expected) => {
  const rules = [{ id: "x", status: "Enabled", filter: { tag: { key, value: "true" } }, expiration: { days: 1 } }];
  const found = await verdicts("bucket-lifecycle-keeps-models", (p, bucket) =>
    p.add("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "x", { bucket: bucket.id, rules }),
  );
  expect(found).toEqual(expected);
});

test("bucket-public-access-block: guards of another account are none", async () => {
  const guards = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  const block =
    (inputs: object) =>
    (p: Program): void =>
      void p.add("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "all", { ...guards, ...inputs });
  expect(await verdicts("bucket-public-access-block", block({}))).toEqual([]);
  expect(await verdicts("bucket-public-access-block", block({ accountId: "999999999999" }))).toEqual(["violation"]);
});
