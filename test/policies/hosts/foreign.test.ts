/** Another team's program: other names, other types' spellings, roles by configuration; clean, then broken once per area. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Settings } from "../../../policies/core/types";
import { policies as bucketPolicies } from "../../../policies/rules/bucket";
import { policies as enginePolicies } from "../../../policies/rules/engine";
import { policies as hostPolicies } from "../../../policies/rules/hosts";
import { policies as secretPolicies } from "../../../policies/rules/secrets";
import { computed, program, secret } from "../core/builder";
import type { Handle, Mode, Program } from "../core/builder";
import { envText, fakes } from "../secrets/fakes";

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  roles: {
    ...DEFAULT_SETTINGS.roles,
    backendInstances: { tags: { tier: "scoring" } },
    gatewayInstances: { names: ["edge-0"] },
    modelBuckets: { names: ["artefacts"] },
  },
};

interface Parts {
  readonly p: Program;
  readonly bucket: Handle;
  readonly policy: Handle;
  readonly versions: Handle;
  readonly scoring: Handle;
  readonly role: Handle;
  readonly writer: Handle;
}

/** Auto-named bucket, documents as objects with unknown ARNs, a launch template, a component, older tokens. */
function foreign(): Parts {
  const p = program(undefined, "live", "fraud");
  const platform = p.add("fraud:index:Platform", "platform", {}, { custom: false });
  const at = { parent: platform };
  const bucket = p.add("aws:s3/bucketV2:BucketV2", "artefacts", { tags: { team: "fraud" } }, { ...at, options: { protect: true } });
  const versions = p.add(
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
    "artefacts-v",
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled", mfaDelete: "Disabled" } },
    at,
  );
  p.add(
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    "artefacts-e",
    {
      bucket: versions.out("bucket"),
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: computed() } }],
    },
    at,
  );
  p.add(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "artefacts-b",
    { bucket: bucket.out("bucket"), blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    at,
  );
  p.add(
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    "artefacts-l",
    { bucket: bucket.id, rules: [{ id: "old", status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 30 } }] },
    at,
  );
  const role = p.add(
    "aws:iam/role:Role",
    "scoring",
    {
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: ["ec2.amazonaws.com"] }, Action: "sts:AssumeRole" }],
      },
    },
    at,
  );
  const policy = p.add(
    "aws:s3/bucketPolicy:BucketPolicy",
    "artefacts-p",
    {
      bucket: bucket.id,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Tls",
            Effect: "Deny",
            Principal: { AWS: "*" },
            Action: ["s3:*"],
            Resource: [bucket.arn, computed(bucket)],
            Condition: { Bool: { "aws:SecureTransport": ["false"] } },
          },
          { Sid: "Own", Effect: "Allow", Principal: { AWS: role.arn }, Action: "s3:GetObject", Resource: [computed(bucket)] },
        ],
      },
    },
    at,
  );
  const writer = p.add(
    "aws:iam/policy:Policy",
    "read",
    { policy: { Version: "2012-10-17", Statement: { Effect: "Allow", Action: ["s3:GetObject*"], Resource: computed(bucket) } } },
    at,
  );
  p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "read", { role: role.out("name"), policyArn: writer.arn }, at);
  const profile = p.add("aws:iam/instanceProfile:InstanceProfile", "scoring", { role: role.out("name") }, at);
  const template = p.add(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "scoring",
    {
      imageId: "ami-0123456789abcdef0",
      metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeType: "gp3" } },
        { deviceName: "/dev/sdb", virtualName: "ephemeral0" },
      ],
      iamInstanceProfile: { arn: profile.arn },
      userData: Buffer.from("#cloud-config\npackages: [python3-venv]\n").toString("base64"),
    },
    at,
  );
  const scoring = p.add(
    "aws:ec2/instance:Instance",
    "node-7",
    { launchTemplate: { id: template.id, version: "$Default" }, iamInstanceProfile: profile.out("name"), tags: { tier: "scoring" } },
    { ...at, options: { ignoreChanges: ["ami", "launchTemplate.version"].slice(0, 1) } },
  );
  p.add(
    "aws:ec2/instance:Instance",
    "edge-0",
    {
      ami: "ami-1",
      metadataOptions: { httpTokens: "required" },
      rootBlockDevice: { encrypted: true, kmsKeyId: computed() },
      userDataBase64: Buffer.from("#!/bin/sh\nexit 0\n").toString("base64"),
    },
    at,
  );
  p.add(
    "command:remote:Command",
    "config",
    {
      connection: secret({ host: "203.0.113.4", user: "admin", privateKey: fakes.privateKey }),
      create: "umask 077 && cat >/home/ddos/app/.env",
      stdin: secret(envText),
      triggers: [scoring.id],
    },
    { parent: platform },
  );
  p.add(
    "command:local:Command",
    "build",
    { create: "npm run build", environment: { NODE_ENV: "production", TOKEN_URL: "https://login.example.org/token" } },
    at,
  );
  p.add("random:index/randomPassword:RandomPassword", "db", { length: 32, result: secret(fakes.password) }, at);
  p.add("aws:rds/instance:Instance", "db", { password: computed(), username: "svc", storageEncrypted: true }, at);
  return { p, bucket, policy, versions, scoring, role, writer };
}

const OWN = [...bucketPolicies, ...enginePolicies, ...hostPolicies, ...secretPolicies];
async function findingsOf(p: Program, mode: Mode): Promise<string[]> {
  const graph = p.graph(mode);
  const found = await Promise.all(
    OWN.map(async (policy) =>
      (await policy.evaluate(graph, SETTINGS)).map(({ verdict, urn }) => `${verdict} ${policy.id} ${urn.split("::").pop() ?? ""}`),
    ),
  );
  return found.flat();
}

const breaks: [what: string, expected: string, change: (parts: Parts) => void][] = [
  [
    "IMDSv1 beside the template",
    "violation imds-v2-required node-7",
    ({ p, scoring }) => p.set(scoring, { metadataOptions: { httpTokens: "optional" } }),
  ],
  [
    "a plain root beside the template",
    "violation volumes-encrypted node-7",
    ({ p, scoring }) => p.set(scoring, { rootBlockDevice: { encrypted: false } }),
  ],
  [
    "everybody in the bucket policy",
    "violation bucket-not-public artefacts-p",
    ({ p, policy, bucket }) =>
      p.set(policy, { policy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:Get*", Resource: computed(bucket) }] } }),
  ],
  ["no TLS statement", "violation bucket-tls-only artefacts", ({ p, policy }) => p.set(policy, { policy: { Statement: [] } })],
  [
    "versioning gone",
    "violation bucket-versioning artefacts-v",
    ({ p, versions }) => p.set(versions, { versioningConfiguration: { status: "Suspended" } }),
  ],
  ["not protected", "violation bucket-kept artefacts", ({ p, bucket }) => p.setOptions(bucket, { protect: false })],
  [
    "s3:* for the role on every bucket",
    "violation models-read-only-role scoring",
    ({ p, writer }) => p.set(writer, { policy: { Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] } }),
  ],
  [
    "an administrator",
    "violation least-privilege-role scoring",
    ({ p, role }) => p.set(role, { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
  ],
  ["an unmarked .env", "violation command-stdin-secret config", ({ p }) => p.set(p.find("command:remote:Command"), { stdin: envText })],
  [
    "a token in a tag of a component's child",
    "violation secret-in-tags artefacts",
    ({ p, bucket }) => p.set(bucket, { tags: { deploy: fakes.gitlab } }),
  ],
  [
    "frozen versioning",
    "violation guards-not-ignored artefacts-v",
    ({ p, versions }) => p.setOptions(versions, { ignoreChanges: ['["versioningConfiguration"].status'] }),
  ],
];

describe.each<Mode>(["unknown", "known"])("another program, %s ids", (mode) => {
  test("is quiet when clean", async () => {
    expect(await findingsOf(foreign().p, mode)).toEqual([]);
  });
  test.each(breaks)("%s", async (_what, expected, change) => {
    const parts = foreign();
    change(parts);
    expect(await findingsOf(parts.p, mode)).toContain(expected);
  });
  test("a role document that is unknown as a whole: cannot tell", async () => {
    const { p, writer, bucket } = foreign();
    p.set(writer, { policy: computed(bucket) });
    expect(await findingsOf(p, mode)).toEqual(
      expect.arrayContaining(["unknown models-read-only-role read", "unknown least-privilege-role read"]),
    );
  });
});

test("where marks are not shown, only what holds a secret is unknown", async () => {
  const { p } = foreign();
  const graph = { ...p.graph("unknown"), secretsMarked: false };
  const quiet = (await Promise.all(OWN.map(async (policy) => await policy.evaluate(graph, SETTINGS)))).flat();
  expect(quiet).toEqual([]);
  const plain = foreign();
  plain.p.set(plain.p.find("command:remote:Command"), {
    stdin: envText,
    connection: { host: "203.0.113.4", privateKey: fakes.privateKey },
  });
  const open = { ...plain.p.graph("unknown"), secretsMarked: false };
  const found = (
    await Promise.all(OWN.map(async (policy) => (await policy.evaluate(open, SETTINGS)).map(({ verdict }) => `${verdict} ${policy.id}`)))
  ).flat();
  expect(found).toEqual(["unknown command-stdin-secret", "unknown connection-credentials-marked"]);
});
