/** What is demanded of a bucket that is there already, from what AWS answers to what is said. */
import { examineBucket } from "../../../infra/models/examine-bucket";
import type { BucketFacts, CloudBucket } from "../../../infra/models/bucket-facts";
import { shownBucket } from "../../../infra/models/shown-bucket";
import { tlsOnly, tlsStatement, withTlsStatement } from "../../../infra/models/settings";
import type { BucketSetting } from "../../../infra/config/existing-schema";
import { BUCKET_SETTINGS } from "../../../infra/config/existing-schema";
import { refusesPlainHttp } from "../../../policies/rules/bucket/bucket-tls-only";
import { ARN, BUCKET, SETTINGS } from "./existing-bucket-aws";

const GOOD: BucketFacts = {
  region: "us-east-1",
  own: true,
  settings: SETTINGS,
  policy: tlsOnly(ARN),
  backups: [],
};
const NO = { unknown: "AccessDenied: no" } as const;

interface Case {
  readonly facts?: Partial<BucketFacts>;
  readonly settings?: Partial<CloudBucket>;
  readonly prefix?: string;
  readonly manage?: readonly BucketSetting[];
  readonly moved?: boolean;
}

function examined({ facts = {}, settings, prefix, manage = [], moved = true }: Case): ReturnType<typeof examineBucket> {
  const all = { ...GOOD, ...facts, ...(settings === undefined ? {} : { settings: { ...(SETTINGS as CloudBucket), ...settings } }) };
  const existing = { bucket: BUCKET, ...(prefix === undefined ? {} : { prefix }), manage };
  return examineBucket({ project: "ml-gateway", region: "us-east-1", account: "123456789012", existing, moved }, all);
}

test("a good bucket: nothing to say", () => {
  expect(examined({})).toEqual({ problems: [], warnings: [] });
});

const rule = (rest: object): Partial<CloudBucket> => ({ LifecycleConfiguration: { Rules: [{ Id: "tidy", Status: "Enabled", ...rest }] } });
const without = (...names: (keyof CloudBucket)[]): Partial<CloudBucket> => Object.fromEntries(names.map((name) => [name, undefined]));
const statement = (rest: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [{ ...tlsStatement(ARN), ...rest }] });

test.each<[string, Case, RegExp]>([
  [
    "not there",
    { facts: { region: "absent" } },
    /, which is not there; make it \(aws s3 mb s3:\/\/team-models-123456789012 --region us-east-1\), or name one of this account$/,
  ],
  ["of another account", { facts: { own: false } }, /, which is not among the buckets of account 123456789012: another account decides/],
  ["of another account, which lets nobody look", { facts: { own: false, region: NO } }, /, which is not among the buckets of account/],
  [
    "in another region",
    { facts: { region: "eu-west-1", settings: "absent" } },
    /, which is in eu-west-1, .* name one of us-east-1, or set aws:region to eu-west-1$/,
  ],
  [
    "never versioned",
    { settings: without("VersioningConfiguration") },
    /, which keeps no versions, .*; run: aws s3api put-bucket-versioning --bucket team-models-123456789012 --versioning-configuration Status=Enabled, or add versioning to models\.existing\.manage$/,
  ],
  ["suspended", { settings: { VersioningConfiguration: { Status: "Suspended" } } }, /, which has its versioning suspended, /],
  [
    "no block",
    { settings: without("PublicAccessBlockConfiguration") },
    /, which blocks no public access, .*put-public-access-block .*BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true/,
  ],
  [
    "half a block",
    { settings: { PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: false } } },
    /, which has IgnorePublicAcls, RestrictPublicBuckets off, /,
  ],
  ["no encryption", { settings: without("BucketEncryption") }, /, which declares no encryption, .*put-bucket-encryption/],
  [
    "ACLs",
    { settings: { OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] } } },
    /, which lets ACLs decide \(its object ownership is ObjectWriter\), .*put-bucket-ownership-controls/,
  ],
  ["no ownership controls", { settings: without("OwnershipControls") }, /is not set\), .*put-bucket-ownership-controls/],
  [
    "no policy",
    { facts: { policy: "absent" } },
    /, which takes requests without TLS, .*run: aws s3api put-bucket-policy --bucket team-models-123456789012 --policy '\{"Version".*\}', or add tlsPolicy to/,
  ],
  [
    "a policy for the objects alone",
    { facts: { policy: statement({ Resource: `${ARN}/*` }) } },
    /, which takes requests without TLS, .*add to its policy .* the statement \{"Sid":"DenyPlainHttp"/,
  ],
  ["a policy for reading alone", { facts: { policy: statement({ Action: "s3:GetObject" }) } }, /takes requests without TLS/],
  [
    "a policy for one role",
    { facts: { policy: statement({ Principal: { AWS: "arn:aws:iam::123456789012:role/x" } }) } },
    /takes requests without TLS/,
  ],
  ["a policy of another bucket", { facts: { policy: tlsOnly("arn:aws:s3:::other") } }, /takes requests without TLS/],
  [
    "models that expire",
    { settings: rule({ ExpirationInDays: 30 }) },
    /, whose lifecycle rule tidy deletes models after 30 days, .* other prefixes than models\/ /,
  ],
  [
    "models that expire on a day",
    { settings: rule({ ExpirationDate: "2027-01-01T00:00:00Z", Prefix: "mod" }) },
    /deletes models on 2027-01-01/,
  ],
  [
    "models of a prefix that expire",
    { settings: rule({ ExpirationInDays: 30, Prefix: "team/" }), prefix: "team/ml/" },
    /deletes models after 30 days, .* other prefixes than team\/ml\/models\/ /,
  ],
  [
    "models that freeze",
    { settings: rule({ Transitions: [{ StorageClass: "STANDARD_IA" }, { StorageClass: "DEEP_ARCHIVE" }] }) },
    /moves models to DEEP_ARCHIVE, from which no host reads/,
  ],
])("%s is refused in one sentence", (_, given, message) => {
  const { problems } = examined(given);
  expect(problems).toEqual([expect.stringMatching(message)]);
  expect(problems[0]).toMatch(/^ml-gateway:models\.existing\.bucket: found team-models-123456789012, wh/);
});

test.each<[string, Case]>([
  ["a rule for other folders", { settings: rule({ ExpirationInDays: 30, Prefix: "logs/" }) }],
  ["a rule that is off", { settings: rule({ ExpirationInDays: 30, Status: "Disabled" }) }],
  ["a rule for what bears a tag", { settings: rule({ ExpirationInDays: 30, TagFilters: [{ Key: "temp", Value: "yes" }] }) }],
  ["old versions that end", { settings: rule({ NoncurrentVersionExpiration: { NoncurrentDays: 90 } }) }],
  ["a cheaper storage class", { settings: rule({ Transitions: [{ StorageClass: "STANDARD_IA" }] }) }],
  [
    "SSE-KMS",
    {
      settings: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }] },
      },
    },
  ],
  ["TLS by its version", { facts: { policy: statement({ Condition: { NumericLessThanIfExists: { "s3:TlsVersion": "1.2" } } }) } }],
  [
    "a policy with more in it",
    {
      facts: {
        policy: JSON.stringify({
          Statement: [
            { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "s3:GetObject", Resource: `${ARN}/*` },
            tlsStatement(ARN),
          ],
        }),
      },
    },
  ],
])("%s is no problem", (_, given) => {
  expect(examined(given)).toEqual({ problems: [], warnings: [] });
});

test("all that is missing is said at once, and nothing of what the program makes", () => {
  const bare = { facts: { settings: {}, policy: "absent" as const } };
  expect(examined(bare).problems).toHaveLength(5);
  expect(examined({ ...bare, manage: ["versioning", "tlsPolicy"] }).problems.join("\n")).toMatch(
    /^[^\n]*public access[^\n]*\n[^\n]*encryption[^\n]*\n[^\n]*ACLs[^\n]*$/,
  );
  expect(examined({ ...bare, manage: BUCKET_SETTINGS }).problems).toEqual([]);
});

test.each<[string, Case, RegExp]>([
  [
    "nobody may look",
    { facts: { region: NO, own: NO, settings: NO, policy: NO } },
    /was not looked at as a whole \(AccessDenied: no\): whether it is there, and where, whether it is one of account 123456789012, its settings, its policy\. /,
  ],
  ["Cloud Control does not find it", { facts: { settings: "absent" } }, /\(Cloud Control does not know the bucket\): its settings\. /],
  [
    "a policy that denies more",
    {
      facts: {
        policy: JSON.stringify({
          Statement: [
            tlsStatement(ARN),
            {
              Sid: "OfficeOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: "*",
              Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
            },
          ],
        }),
      },
    },
    /denies more than requests without TLS \(OfficeOnly\), .* below models\/, /,
  ],
  ["backups of others", { facts: { backups: ["backend"] } }, /where backups of backend lie already: .*set models\.existing\.prefix/],
  [
    "backups of several others, below a prefix",
    { facts: { backups: ["backend-2", "backend-3"] }, prefix: "team/" },
    /where backups of backend-2, backend-3 lie already below team\/: .*set models\.existing\.prefix/,
  ],
  [
    "backups that nobody has seen",
    { facts: { backups: NO } },
    /was not looked at as a whole \(AccessDenied: no\): whether backups lie in it\. /,
  ],
])("%s: a warning", (_, given, message) => {
  expect(examined(given)).toEqual({ problems: [], warnings: [expect.stringMatching(message)] });
});

test("backups of this stack are no others'", () => {
  expect(examined({ facts: { backups: ["backend", "backend-2"] }, moved: false }).warnings).toEqual([]);
});

test("what others have written into a policy stays when the program adds its statement, which makes it refuse plain HTTP", () => {
  const theirs = {
    Sid: "DenyPlainHttp",
    Effect: "Allow",
    Principal: { AWS: "123456789012" },
    Action: "s3:GetObject",
    Resource: `${ARN}/*`,
  };
  const merged = withTlsStatement(JSON.stringify({ Version: "2012-10-17", Id: "team", Statement: theirs }), ARN);
  expect(JSON.parse(merged)).toMatchObject({ Id: "team", Statement: [theirs, { Sid: "DenyPlainHttpToModels", Effect: "Deny" }] });
  expect(refusesPlainHttp(BUCKET, merged)).toBe("yes");
});

test("the pack is shown what was looked up, but for what the program makes", () => {
  const types = (manage: readonly BucketSetting[], facts = GOOD): string[] =>
    shownBucket({ bucket: BUCKET, region: "us-east-1", manage, keys: ["models/x"], facts }).map(({ type }) => type.split(":").at(-1) ?? "");
  expect(types([])).toEqual([
    "Bucket",
    "BucketVersioning",
    "BucketServerSideEncryptionConfiguration",
    "BucketPublicAccessBlock",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketObjectv2",
  ]);
  expect(types(BUCKET_SETTINGS)).toEqual(["Bucket", "BucketObjectv2"]);
  expect(types([], { ...GOOD, settings: NO, policy: NO })).toEqual(["Bucket", "BucketObjectv2"]);
});
