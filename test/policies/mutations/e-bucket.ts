/** Area E: the models bucket. */
import type { Handle, Program } from "../core/builder";
import { computed } from "../core/builder";
import { bucket } from "./frame";
import type { Mutation } from "./frame";

const arn = (p: Program): string => `arn:aws:s3:::${String(p.inputs(bucket(p)).bucket)}`;
const guard = (p: Program): Handle => p.find(/^aws:s3\/bucketPublicAccessBlock:/);
const versioning = (p: Program): Handle => p.find(/^aws:s3\/bucketVersioning:/);
const lifecycle = (p: Program): Handle => p.find(/^aws:s3\/bucketLifecycleConfiguration:/);
const bucketPolicy = (p: Program): Handle => p.find(/^aws:s3\/bucketPolicy:/);

interface Statement {
  readonly [element: string]: unknown;
}
/** The clean policy's statements with more of them. */
function add(p: Program, ...more: Statement[]): void {
  const document = JSON.parse(String(p.inputs(bucketPolicy(p)).policy)) as { Statement: Statement[] };
  p.set(bucketPolicy(p), { policy: JSON.stringify({ ...document, Statement: [...document.Statement, ...more] }) });
}
function replace(p: Program, ...statements: Statement[]): void {
  p.set(bucketPolicy(p), { policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) });
}
const read = (p: Program, Principal: unknown, more: Statement = {}): Statement => ({
  Effect: "Allow",
  Principal,
  Action: "s3:GetObject",
  Resource: `${arn(p)}/*`,
  ...more,
});
const noTls = (p: Program, more: Statement = {}): Statement => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [arn(p), `${arn(p)}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
  ...more,
});
const rule = (p: Program, ...rules: object[]): void =>
  p.set(lifecycle(p), { rules: rules.map((given, index) => ({ id: `r${String(index)}`, status: "Enabled", ...given })) });

function open(id: string, title: string, statement: (p: Program) => Statement, verdict?: "unknown"): Mutation {
  return { id, title, expect: "bucket-not-public", ...(verdict ? { verdict } : {}), apply: (p) => add(p, statement(p)) };
}
function closed(id: string, title: string, statement: (p: Program) => Statement): Mutation {
  return { id, title, expect: [], apply: (p) => add(p, statement(p)) };
}
function off(id: string, guardName: string, value: unknown = false): Mutation {
  return {
    id,
    title: `${guardName} ${String(value)}`,
    expect: "bucket-public-access-block",
    apply: (p) => p.set(guard(p), { [guardName]: value }),
  };
}

const guards: Mutation[] = [
  off("E01", "blockPublicAcls"),
  off("E02", "blockPublicPolicy"),
  off("E03", "ignorePublicAcls"),
  off("E03-restrict", "restrictPublicBuckets"),
  off("E03-missing", "ignorePublicAcls", undefined),
  { id: "E05", title: "public access block missing", expect: "bucket-public-access-block", apply: (p) => p.remove(guard(p)) },
  {
    id: "E05-other",
    title: "public access block on another bucket",
    expect: "bucket-public-access-block",
    apply: (p) => {
      const other = p.add("aws:s3/bucket:Bucket", "logs", {});
      p.set(guard(p), { bucket: other.id });
    },
  },
  {
    id: "E05-unknown",
    title: "whose public access block it is, is not known",
    expect: "bucket-public-access-block",
    verdict: "unknown",
    apply: (p) => p.set(guard(p), { bucket: computed() }),
  },
  {
    id: "E05-Z-account",
    title: "the account's own block instead",
    expect: [],
    apply: (p) => {
      p.remove(guard(p));
      p.add("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "all", {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    },
  },
  {
    id: "E05-Z-other",
    title: "a log bucket without any of it beside the models",
    expect: [],
    apply: (p) => void p.add("aws:s3/bucket:Bucket", "access-logs", { forceDestroy: true }),
  },
  {
    id: "E18",
    title: "objectOwnership ObjectWriter",
    expect: "bucket-ownership-enforced",
    apply: (p) => p.set(p.find(/^aws:s3\/bucketOwnershipControls:/), { rule: { objectOwnership: "ObjectWriter" } }),
  },
  {
    id: "E18-preferred",
    title: "objectOwnership BucketOwnerPreferred",
    expect: "bucket-ownership-enforced",
    apply: (p) => p.set(p.find(/^aws:s3\/bucketOwnershipControls:/), { rule: { objectOwnership: "BucketOwnerPreferred" } }),
  },
  {
    id: "E18-Z",
    title: "ownership controls left out (enforced by default)",
    expect: [],
    apply: (p) => p.remove(p.find(/^aws:s3\/bucketOwnershipControls:/)),
  },
  {
    id: "E25",
    title: "access point without a public access block",
    expect: "bucket-access-point",
    apply: (p) => void p.add("aws:s3/accessPoint:AccessPoint", "door", { bucket: bucket(p).id }),
  },
  {
    id: "E25-off",
    title: "access point with one guard off",
    expect: "bucket-access-point",
    apply: (p) =>
      void p.add("aws:s3/accessPoint:AccessPoint", "door", {
        bucket: bucket(p).id,
        publicAccessBlockConfiguration: { blockPublicPolicy: false },
      }),
  },
  {
    id: "E25-public",
    title: "access point whose policy lets everybody in",
    expect: "bucket-not-public",
    apply: (p) =>
      void p.add("aws:s3/accessPoint:AccessPoint", "door", {
        bucket: bucket(p).id,
        vpcConfiguration: { vpcId: p.find("aws:ec2/vpc:Vpc").id },
        policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }] }),
      }),
  },
  {
    id: "E25-Z",
    title: "access points that are closed",
    expect: [],
    apply: (p) => {
      p.add("aws:s3/accessPoint:AccessPoint", "door", {
        bucket: bucket(p).id,
        publicAccessBlockConfiguration: {
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
      });
      p.add("aws:s3/accessPoint:AccessPoint", "inside", {
        bucket: bucket(p).id,
        vpcConfiguration: { vpcId: p.find("aws:ec2/vpc:Vpc").id },
      });
    },
  },
];

const policies: Mutation[] = [
  open("E06", "Allow Principal * s3:GetObject", (p) => read(p, "*")),
  open("E06-aws", 'Principal { AWS: "*" }', (p) => read(p, { AWS: "*" })),
  open("E06-list", 'Principal { AWS: ["*"] }', (p) => read(p, { AWS: ["*"] })),
  open("E06-not-principal", "Allow with NotPrincipal", (p) => ({
    Effect: "Allow",
    NotPrincipal: { AWS: "arn:aws:iam::123456789012:user/x" },
    Action: "s3:GetObject",
    Resource: `${arn(p)}/*`,
  })),
  open("E06-referer", "a Referer condition, which anybody can send", (p) =>
    read(p, "*", { Condition: { StringLike: { "aws:Referer": "https://example.org/*" } } }),
  ),
  open("E06-tls", "only a TLS condition", (p) => read(p, "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } })),
  open("E06-if-exists", "a condition that absent keys pass", (p) =>
    read(p, "*", { Condition: { StringEqualsIfExists: { "aws:SourceVpce": "vpce-0123456789abcdef0" } } }),
  ),
  open("E06-not-equals", "everybody but one endpoint", (p) =>
    read(p, "*", { Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0123456789abcdef0" } } }),
  ),
  open("E06-world-range", "a source range as wide as the world", (p) =>
    read(p, "*", { Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } } }),
  ),
  open("E06-any-org", "any organisation", (p) => read(p, "*", { Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } })),
  open("E06-cdn", "a content delivery network may read", (p) =>
    read(
      p,
      { Service: "cloudfront.amazonaws.com" },
      { Condition: { StringEquals: { "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1" } } },
    ),
  ),
  {
    id: "E06-object",
    title: "the policy as an object, Statement a single object",
    expect: "bucket-not-public",
    apply: (p) =>
      p.set(bucketPolicy(p), {
        policy: {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [computed(bucket(p))] },
        },
      }),
  },
  {
    id: "E06-inline",
    title: "by the bucket's own policy property",
    expect: "bucket-not-public",
    apply: (p) => p.set(bucket(p), { policy: JSON.stringify({ Statement: [read(p, "*")] }) }),
  },
  {
    id: "E06-second",
    title: "by a second BucketPolicy that names the bucket by its output",
    expect: "bucket-not-public",
    apply: (p) =>
      void p.add("aws:s3/bucketPolicy:BucketPolicy", "more", {
        bucket: bucket(p).id,
        policy: JSON.stringify({ Statement: [read(p, "*")] }),
      }),
  },
  {
    id: "E06-unknown",
    title: "the policy is unknown as a whole (getPolicyDocument)",
    expect: "bucket-not-public",
    verdict: "unknown",
    apply: (p) => p.set(bucketPolicy(p), { policy: computed(bucket(p)) }),
  },
  closed("Z10", "Deny Principal * unless the org", (p) => ({
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: `${arn(p)}/*`,
    Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
  })),
  closed("E06-Z-org", "Allow * of one organisation", (p) =>
    read(p, "*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }),
  ),
  closed("E06-Z-vpce", "Allow * through one endpoint", (p) =>
    read(p, { AWS: "*" }, { Condition: { StringEquals: { "aws:sourceVpce": ["vpce-0123456789abcdef0"] } } }),
  ),
  closed("E06-Z-range", "Allow * from the office", (p) =>
    read(p, "*", { Condition: { IpAddress: { "aws:SourceIp": "198.51.100.0/24" } } }),
  ),
  closed("E06-Z-service", "log delivery by a service", (p) => ({
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${arn(p)}/logs/*`,
    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
  })),
  {
    id: "E06-Z-role",
    title: "Allow for the backend's role, an unknown ARN",
    expect: [],
    apply: (p) => {
      const role = p.find("aws:iam/role:Role", /backend/);
      p.set(bucketPolicy(p), {
        policy: {
          Version: "2012-10-17",
          Statement: [noTls(p), { Effect: "Allow", Principal: { AWS: role.arn }, Action: "s3:GetObject", Resource: `${arn(p)}/models/*` }],
        },
      });
    },
  },
  {
    id: "E23",
    title: "another account gets s3:*",
    expect: "bucket-own-account",
    apply: (p) =>
      add(p, { Effect: "Allow", Principal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "s3:*", Resource: [arn(p), `${arn(p)}/*`] }),
  },
  {
    id: "E23-bare",
    title: "another account by its bare number may write",
    expect: "bucket-own-account",
    apply: (p) =>
      add(p, { Effect: "Allow", Principal: { AWS: ["999999999999"] }, Action: ["s3:GetObject", "s3:PutObject"], Resource: `${arn(p)}/*` }),
  },
  {
    id: "E23-condition",
    title: "another account by a condition may write",
    expect: "bucket-own-account",
    apply: (p) =>
      add(p, {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: `${arn(p)}/*`,
        Condition: { StringEquals: { "aws:PrincipalAccount": "999999999999" } },
      }),
  },
  {
    id: "E23-read",
    title: "another account may read",
    expect: "bucket-own-account",
    apply: (p) => add(p, read(p, { AWS: "arn:aws:iam::999999999999:root" })),
  },
  {
    id: "E23-replication",
    title: "replication to another account",
    expect: "bucket-own-account",
    apply: (p) =>
      void p.add("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "copy", {
        bucket: bucket(p).id,
        role: "arn:aws:iam::123456789012:role/r",
        rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::elsewhere", account: "999999999999" } }],
      }),
  },
  {
    id: "E17",
    title: "deny-without-TLS statement dropped",
    expect: "bucket-tls-only",
    apply: (p) => replace(p, read(p, { AWS: "arn:aws:iam::123456789012:role/x" })),
  },
  { id: "E17-missing", title: "no bucket policy at all", expect: "bucket-tls-only", apply: (p) => p.remove(bucketPolicy(p)) },
  {
    id: "E17-objects",
    title: "the statement covers objects only",
    expect: "bucket-tls-only",
    apply: (p) => replace(p, noTls(p, { Resource: `${arn(p)}/*` })),
  },
  {
    id: "E17-bucket",
    title: "the statement covers the bucket only",
    expect: "bucket-tls-only",
    apply: (p) => replace(p, noTls(p, { Resource: arn(p) })),
  },
  {
    id: "E17-action",
    title: "the statement covers uploads only",
    expect: "bucket-tls-only",
    apply: (p) => replace(p, noTls(p, { Action: "s3:PutObject" })),
  },
  {
    id: "E17-true",
    title: "the condition is the wrong way round",
    expect: "bucket-tls-only",
    apply: (p) => replace(p, noTls(p, { Condition: { Bool: { "aws:SecureTransport": "true" } } })),
  },
  {
    id: "E17-narrow",
    title: "a second condition narrows it",
    expect: "bucket-tls-only",
    apply: (p) =>
      replace(p, noTls(p, { Condition: { Bool: { "aws:SecureTransport": "false" }, IpAddress: { "aws:SourceIp": "10.0.0.0/16" } } })),
  },
  {
    id: "E17-somebody",
    title: "it denies one role only",
    expect: "bucket-tls-only",
    apply: (p) => replace(p, noTls(p, { Principal: { AWS: "arn:aws:iam::123456789012:role/x" } })),
  },
  {
    id: "E17-unknown",
    title: "one unknown ARN in the statement",
    expect: "bucket-tls-only",
    verdict: "unknown",
    apply: (p) => p.set(bucketPolicy(p), { policy: { Statement: [noTls(p, { Resource: [computed(bucket(p))] })] } }),
  },
  {
    id: "E17-Z-boolean",
    title: "false as a boolean, in an object",
    expect: [],
    apply: (p) =>
      p.set(bucketPolicy(p), {
        policy: { Statement: noTls(p, { Principal: { AWS: "*" }, Condition: { Bool: { "aws:SecureTransport": false } } }) },
      }),
  },
  {
    id: "E17-Z-not-action",
    title: "NotAction, NotResource and BoolIfExists",
    expect: [],
    apply: (p) =>
      replace(p, {
        Effect: "Deny",
        Principal: { AWS: ["*"] },
        NotAction: "sts:*",
        NotResource: "arn:aws:s3:::another/*",
        Condition: { BoolIfExists: { "AWS:SecureTransport": ["false"] } },
      }),
  },
  {
    id: "E17-Z-two",
    title: "two statements, bucket and objects apart, by StringNotEquals",
    expect: [],
    apply: (p) =>
      replace(
        p,
        noTls(p, { Resource: arn(p) }),
        noTls(p, { Resource: `${arn(p)}/*`, Condition: { StringNotEquals: { "aws:SecureTransport": "true" } } }),
      ),
  },
  {
    id: "E17-Z-arns",
    title: "ARNs that are unknown, the bucket and its objects",
    expect: [],
    apply: (p) => p.set(bucketPolicy(p), { policy: { Statement: [noTls(p, { Resource: [computed(bucket(p)), computed(bucket(p))] })] } }),
  },
];

const contents: Mutation[] = [
  {
    id: "E09",
    title: "BucketAcl public-read",
    expect: "bucket-acl-private",
    apply: (p) => void p.add("aws:s3/bucketAcl:BucketAcl", "acl", { bucket: bucket(p).id, acl: "public-read" }),
  },
  {
    id: "E09-v2",
    title: "BucketAclV2 authenticated-read",
    expect: "bucket-acl-private",
    apply: (p) => void p.add("aws:s3/bucketAclV2:BucketAclV2", "acl", { bucket: bucket(p).id, acl: "authenticated-read" }),
  },
  {
    id: "E09-grant",
    title: "a grant to AllUsers",
    expect: "bucket-acl-private",
    apply: (p) =>
      void p.add("aws:s3/bucketAcl:BucketAcl", "acl", {
        bucket: bucket(p).id,
        accessControlPolicy: {
          owner: { id: "x" },
          grants: [{ permission: "READ", grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers" } }],
        },
      }),
  },
  {
    id: "E09-inline",
    title: "acl on the bucket itself",
    expect: "bucket-acl-private",
    apply: (p) => p.set(bucket(p), { acl: "public-read-write" }),
  },
  {
    id: "E09-Z",
    title: "BucketAcl private",
    expect: [],
    apply: (p) => void p.add("aws:s3/bucketAcl:BucketAcl", "acl", { bucket: bucket(p).id, acl: "private" }),
  },
  {
    id: "E11",
    title: "versioning Suspended",
    expect: "bucket-versioning",
    apply: (p) => p.set(versioning(p), { versioningConfiguration: { status: "Suspended" } }),
  },
  {
    id: "E11-disabled",
    title: "versioning Disabled",
    expect: "bucket-versioning",
    apply: (p) => p.set(versioning(p), { versioningConfiguration: { status: "Disabled" } }),
  },
  {
    id: "E11-inline",
    title: "versioning false on the bucket",
    expect: "bucket-versioning",
    apply: (p) => {
      p.remove(versioning(p));
      p.set(bucket(p), { versioning: { enabled: false } });
    },
  },
  { id: "E12", title: "versioning resource missing", expect: "bucket-versioning", apply: (p) => p.remove(versioning(p)) },
  {
    id: "E11-unknown",
    title: "versioning status from an output",
    expect: "bucket-versioning",
    verdict: "unknown",
    apply: (p) => p.set(versioning(p), { versioningConfiguration: { status: computed() } }),
  },
  {
    id: "E12-external",
    title: "a models bucket that the program only reads",
    expect: "bucket-versioning",
    verdict: "unknown",
    apply: (p) => void p.add("aws:s3/bucket:Bucket", "shared", { tags: { Role: "models" } }, { external: true }),
  },
  {
    id: "E12-Z-inline",
    title: "versioning on the bucket itself",
    expect: [],
    apply: (p) => {
      p.remove(versioning(p));
      p.set(bucket(p), { versioning: { enabled: true } });
    },
  },
  {
    id: "E12-Z-v2",
    title: "the older token of the same resource",
    expect: [],
    apply: (p) => {
      p.remove(versioning(p));
      p.add("aws:s3/bucketVersioningV2:BucketVersioningV2", "v", {
        bucket: bucket(p).out("bucket"),
        versioningConfiguration: { status: "Enabled" },
      });
    },
  },
  {
    id: "E13",
    title: "encryption configuration missing",
    expect: "bucket-encryption",
    apply: (p) => p.remove(p.find(/^aws:s3\/bucketServerSideEncryptionConfiguration:/)),
  },
  {
    id: "E13-empty",
    title: "encryption without an algorithm",
    expect: "bucket-encryption",
    apply: (p) => p.set(p.find(/^aws:s3\/bucketServerSideEncryptionConfiguration:/), { rules: [{ bucketKeyEnabled: true }] }),
  },
  {
    id: "Z06",
    title: "SSE with aws:kms",
    expect: [],
    apply: (p) =>
      p.set(p.find(/^aws:s3\/bucketServerSideEncryptionConfiguration:/), {
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: computed() } }],
      }),
  },
  {
    id: "E15",
    title: "current objects expire after 30 days",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) => rule(p, { filter: {}, expiration: { days: 30 } }),
  },
  {
    id: "E15-date",
    title: "current objects expire on a date",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) => rule(p, { expiration: { date: "2031-01-01T00:00:00Z" } }),
  },
  {
    id: "E15-prefix",
    title: "objects under models/ expire",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) => rule(p, { filter: { prefix: "models/" }, expiration: { days: 365 } }),
  },
  {
    id: "E15-tag",
    title: "tagged objects expire",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) => rule(p, { filter: { and: { prefix: "", tags: { release: "old" } } }, expiration: { days: 7 } }),
  },
  {
    id: "E15-inline",
    title: "lifecycleRules on the bucket itself",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) => p.set(bucket(p), { lifecycleRules: [{ enabled: true, expiration: { days: 30 } }] }),
  },
  {
    id: "E15-second",
    title: "the second of three rules, by the V2 token",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) =>
      void p.add("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "l", {
        bucket: bucket(p).id,
        rules: [
          { id: "a", status: "Disabled", expiration: { days: 1 } },
          { id: "b", status: "Enabled", filter: { objectSizeGreaterThan: 1000 }, expiration: { days: 90 } },
        ],
      }),
  },
  {
    id: "E15-instant",
    title: "replaced versions go after a day",
    expect: "bucket-lifecycle-keeps-models",
    apply: (p) => rule(p, { noncurrentVersionExpiration: { noncurrentDays: 1 } }),
  },
  {
    id: "E15-unknown",
    title: "days from an output",
    expect: "bucket-lifecycle-keeps-models",
    verdict: "unknown",
    apply: (p) => rule(p, { expiration: { days: computed() } }),
  },
  {
    id: "E15-Z",
    title: "transitions, old versions, delete markers, uploads, a disabled rule, backups",
    expect: [],
    apply: (p) =>
      rule(
        p,
        { transitions: [{ days: 30, storageClass: "STANDARD_IA" }] },
        { noncurrentVersionExpiration: { noncurrentDays: 90 } },
        { expiration: { expiredObjectDeleteMarker: true } },
        { abortIncompleteMultipartUpload: { daysAfterInitiation: 3 } },
        { status: "Disabled", expiration: { days: 1 } },
        { filter: { prefix: "backups/" }, expiration: { days: 90 } },
        { filter: { prefix: "logs/" }, expiration: { days: 30 } },
      ),
  },
  { id: "E16", title: "forceDestroy true", expect: "bucket-force-destroy", apply: (p) => p.set(bucket(p), { forceDestroy: true }) },
  {
    id: "E16-object",
    title: "forceDestroy on a model object",
    expect: "bucket-force-destroy",
    apply: (p) => p.set(model(p), { forceDestroy: true }),
  },
  {
    id: "E19",
    title: "website configuration",
    expect: "bucket-not-published",
    apply: (p) =>
      void p.add("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "site", {
        bucket: bucket(p).id,
        indexDocument: { suffix: "index.html" },
      }),
  },
  {
    id: "E19-inline",
    title: "website on the bucket itself",
    expect: "bucket-not-published",
    apply: (p) => p.set(bucket(p), { website: { indexDocument: "index.html" } }),
  },
  {
    id: "E19-cdn",
    title: "a CloudFront distribution on the bucket",
    expect: "bucket-not-published",
    apply: (p) =>
      void p.add("aws:cloudfront/distribution:Distribution", "cdn", {
        enabled: true,
        origins: [{ originId: "o", domainName: bucket(p).out("bucketRegionalDomainName") }],
      }),
  },
  {
    id: "E21",
    title: "model object with acl public-read",
    expect: "bucket-acl-private",
    apply: (p) => p.set(model(p), { acl: "public-read" }),
  },
  {
    id: "E21-old",
    title: "an object by the older token",
    expect: "bucket-acl-private",
    apply: (p) =>
      void p.add("aws:s3/bucketObject:BucketObject", "o", { bucket: bucket(p).id, key: "models/x", acl: "public-read", content: "x" }),
  },
  {
    id: "E22",
    title: "CORS allowedOrigins *",
    expect: "bucket-cors",
    apply: (p) =>
      void p.add("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "cors", {
        bucket: bucket(p).id,
        corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
      }),
  },
  {
    id: "E22-Z",
    title: "CORS for one origin",
    expect: [],
    apply: (p) =>
      void p.add("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "cors", {
        bucket: bucket(p).id,
        corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["https://ops.example.org"] }],
      }),
  },
];

function model(p: Program): Handle {
  const [first] = p.findAll(/^aws:s3\/bucketObject/);
  if (!first) throw new Error("the clean stack uploads no model");
  return first;
}

export const mutations: Mutation[] = [...guards, ...policies, ...contents];
