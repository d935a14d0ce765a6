/** Area D: EC2 hosts. */
import type { Handle, Program } from "../core/builder";
import { computed } from "../core/builder";
import { fakes } from "../secrets/fakes";
import type { Mutation } from "./frame";

const INSTANCE = "aws:ec2/instance:Instance";
const backend = (p: Program): Handle => p.find(INSTANCE, /backend/);
const gateway = (p: Program): Handle => p.find(INSTANCE, /gateway/);
const role = (p: Program): Handle => p.find("aws:iam/role:Role", /backend/);
const bucketName = (p: Program): string => String(p.inputs(p.find("aws:s3/bucket:Bucket")).bucket);

/** Changes one field of a block that stands in the inputs. */
function patch(p: Program, target: Handle, key: string, change: Record<string, unknown>): void {
  p.set(target, { [key]: { ...(p.inputs(target)[key] as object), ...change } });
}

function statements(...list: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: list });
}
const allow = (Action: unknown, Resource: unknown): object => ({ Effect: "Allow", Action, Resource });
const objects = (p: Program, key = "*"): string => `arn:aws:s3:::${bucketName(p)}/${key}`;

function rolePolicy(p: Program, policy: unknown): void {
  p.add("aws:iam/rolePolicy:RolePolicy", "extra", { role: role(p).id, policy });
}
const BASE64 = (text: string): string => Buffer.from(text).toString("base64");
const TEMPLATE = { imageId: "ami-0123456789abcdef0", instanceType: "t3.micro" };
const ENCRYPTED_ROOT = [{ deviceName: "/dev/sda1", ebs: { encrypted: "true", volumeSize: 16 } }];

const metadata: Mutation[] = [
  {
    id: "D01",
    title: "IMDSv1 on the backend",
    expect: "imds-v2-required",
    apply: (p) => patch(p, backend(p), "metadataOptions", { httpTokens: "optional" }),
  },
  {
    id: "D02",
    title: "IMDSv1 on the gateway",
    expect: "imds-v2-required",
    apply: (p) => patch(p, gateway(p), "metadataOptions", { httpTokens: "optional" }),
  },
  {
    id: "D01-missing",
    title: "no metadataOptions at all",
    expect: "imds-v2-required",
    apply: (p) => p.set(backend(p), { metadataOptions: undefined }),
  },
  {
    id: "D01-half",
    title: "metadataOptions without httpTokens",
    expect: "imds-v2-required",
    apply: (p) => p.set(backend(p), { metadataOptions: { httpEndpoint: "enabled" } }),
  },
  {
    id: "D01-unknown",
    title: "httpTokens from an output",
    expect: "imds-v2-required",
    verdict: "unknown",
    apply: (p) => p.set(backend(p), { metadataOptions: { httpTokens: p.find("aws:ec2/vpc:Vpc").out("x") } }),
    knownVerdict: "violation",
  },
  {
    id: "D01-template",
    title: "launch template without IMDSv2",
    expect: "imds-v2-required",
    apply: (p) => void p.add("aws:ec2/launchTemplate:LaunchTemplate", "more", { ...TEMPLATE, blockDeviceMappings: ENCRYPTED_ROOT }),
  },
  {
    id: "D01-fleet",
    title: "spot fleet, which cannot require IMDSv2",
    expect: "imds-v2-required",
    apply: (p) =>
      void p.add("aws:ec2/spotFleetRequest:SpotFleetRequest", "fleet", {
        launchSpecifications: [
          {
            ami: "ami-1",
            instanceType: "t3.micro",
            rootBlockDevices: [{ encrypted: true }],
            subnetId: p.find("aws:ec2/subnet:Subnet", /webserver-us-east-1a/).id,
          },
        ],
      }),
  },
  {
    id: "D01-defaults",
    title: "the account's default set back to optional",
    expect: "imds-v2-required",
    apply: (p) => void p.add("aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", "d", { httpTokens: "optional" }),
  },
  {
    id: "D01-Z-template",
    title: "IMDSv2 comes from the instance's launch template",
    expect: [],
    apply: (p) => {
      const template = p.add("aws:ec2/launchTemplate:LaunchTemplate", "t", { metadataOptions: { httpTokens: "required" } });
      p.set(backend(p), { metadataOptions: undefined, launchTemplate: { id: template.id, version: "$Latest" } });
    },
  },
  {
    id: "D01-Z-off",
    title: "the metadata service is off altogether",
    expect: [],
    apply: (p) => p.set(backend(p), { metadataOptions: { httpEndpoint: "disabled" } }),
  },
  {
    id: "D01-Z-defaults",
    title: "the account requires it by default",
    expect: [],
    apply: (p) => {
      p.add("aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", "d", { httpTokens: "required", httpPutResponseHopLimit: 1 });
      p.set(backend(p), { metadataOptions: undefined });
    },
  },
  {
    id: "D15",
    title: "hop limit 5",
    expect: "imds-hop-limit",
    apply: (p) => patch(p, backend(p), "metadataOptions", { httpPutResponseHopLimit: 5 }),
  },
  {
    id: "D15-text",
    title: "hop limit 64 as text",
    expect: "imds-hop-limit",
    apply: (p) => patch(p, gateway(p), "metadataOptions", { httpPutResponseHopLimit: "64" }),
  },
  {
    id: "D15-Z",
    title: "hop limit left out (1)",
    expect: [],
    apply: (p) => p.set(backend(p), { metadataOptions: { httpTokens: "required" } }),
  },
];

const volumes: Mutation[] = [
  {
    id: "D03",
    title: "root volume encrypted: false",
    expect: "volumes-encrypted",
    apply: (p) => patch(p, backend(p), "rootBlockDevice", { encrypted: false }),
  },
  {
    id: "D03-missing",
    title: "root volume says nothing of encryption",
    expect: "volumes-encrypted",
    apply: (p) => p.set(gateway(p), { rootBlockDevice: { volumeSize: 16 } }),
  },
  {
    id: "D03-none",
    title: "no rootBlockDevice",
    expect: "volumes-encrypted",
    apply: (p) => p.set(backend(p), { rootBlockDevice: undefined }),
  },
  {
    id: "D04",
    title: "extra ebsBlockDevice without encryption",
    expect: "volumes-encrypted",
    apply: (p) => p.set(backend(p), { ebsBlockDevices: [{ deviceName: "/dev/sdf", volumeSize: 100 }] }),
  },
  {
    id: "D04-volume",
    title: "ebs.Volume without encryption",
    expect: "volumes-encrypted",
    apply: (p) => void p.add("aws:ebs/volume:Volume", "data", { availabilityZone: "us-east-1a", size: 100 }),
  },
  {
    id: "D04-attached",
    title: "somebody else's volume attached",
    expect: "volumes-encrypted",
    verdict: "unknown",
    apply: (p) =>
      void p.add("aws:ec2/volumeAttachment:VolumeAttachment", "data", {
        deviceName: "/dev/sdf",
        instanceId: backend(p).id,
        volumeId: "vol-0123456789abcdef0",
      }),
  },
  {
    id: "D04-template",
    title: "launch template with a plain data disk",
    expect: "volumes-encrypted",
    apply: (p) =>
      void p.add("aws:ec2/launchTemplate:LaunchTemplate", "more", {
        ...TEMPLATE,
        metadataOptions: { httpTokens: "required" },
        blockDeviceMappings: [...ENCRYPTED_ROOT, { deviceName: "/dev/sdf", ebs: { volumeSize: 10 } }],
      }),
  },
  {
    id: "D04-default-off",
    title: "encryption by default switched off",
    expect: "volumes-encrypted",
    apply: (p) => void p.add("aws:ebs/encryptionByDefault:EncryptionByDefault", "off", { enabled: false }),
  },
  {
    id: "D04-Z",
    title: "encrypted extra disks in two forms",
    expect: [],
    apply: (p) => {
      p.set(backend(p), { ebsBlockDevices: [{ deviceName: "/dev/sdf", encrypted: true }] });
      const volume = p.add("aws:ebs/volume:Volume", "data", { availabilityZone: "us-east-1a", size: 100, encrypted: true });
      p.add("aws:ec2/volumeAttachment:VolumeAttachment", "data", {
        deviceName: "/dev/sdg",
        instanceId: backend(p).id,
        volumeId: volume.id,
      });
    },
  },
  {
    id: "D03-Z-default",
    title: "the account encrypts by default",
    expect: [],
    apply: (p) => {
      p.add("aws:ebs/encryptionByDefault:EncryptionByDefault", "on", {});
      p.set(backend(p), { rootBlockDevice: { volumeSize: 16 } });
    },
  },
  {
    id: "D03-Z-image",
    title: "the image is an encrypted copy",
    expect: [],
    apply: (p) => {
      const image = p.add("aws:ec2/amiCopy:AmiCopy", "image", { sourceAmiId: "ami-1", sourceAmiRegion: "us-east-1", encrypted: true });
      p.set(backend(p), { ami: image.id, rootBlockDevice: { volumeSize: 16 } });
    },
  },
];

const userData: Mutation[] = [
  {
    id: "D06",
    title: "user data with an API key",
    expect: "secret-in-user-data",
    apply: (p) => p.set(backend(p), { userData: `#!/bin/bash\nexport OPENAI_API_KEY=${fakes.openai}\n` }),
  },
  {
    id: "D06-base64",
    title: "userDataBase64 with an API key",
    expect: "secret-in-user-data",
    apply: (p) => p.set(backend(p), { userData: undefined, userDataBase64: BASE64(`#!/bin/bash\nexport API_KEY=${fakes.password}\n`) }),
  },
  {
    id: "D06-cloud-config",
    title: "cloud-config that writes .env in base64",
    expect: "secret-in-user-data",
    apply: (p) =>
      p.set(backend(p), {
        userData: `#cloud-config\nwrite_files:\n- path: /home/ddos/app/.env\n  encoding: b64\n  content: ${BASE64(`SECRET_KEY=${fakes.password}`)}\n`,
      }),
  },
  {
    id: "D06-template",
    title: "launch template's user data",
    expect: "secret-in-user-data",
    apply: (p) =>
      void p.add("aws:ec2/launchTemplate:LaunchTemplate", "t", {
        ...TEMPLATE,
        metadataOptions: { httpTokens: "required" },
        blockDeviceMappings: ENCRYPTED_ROOT,
        userData: BASE64(`#!/bin/bash\necho 'DATABASE_URL=${fakes.databaseUrl}' >> /etc/environment\n`),
      }),
  },
  {
    id: "D06-clone",
    title: "git clone with a password in user data",
    expect: "secret-in-user-data",
    apply: (p) => p.set(gateway(p), { userData: `#!/bin/bash\ngit clone ${fakes.cloneUrl} /srv/app\n` }),
  },
  {
    id: "D06-unknown",
    title: "user data from an output",
    expect: "secret-in-user-data",
    verdict: "unknown",
    apply: (p) => p.set(backend(p), { userData: computed(p.find("aws:ec2/vpc:Vpc")) }),
    knownVerdict: "unknown",
  },
  {
    id: "D08",
    title: "user data with a private key",
    expect: "secret-in-user-data",
    apply: (p) => p.set(gateway(p), { userData: `#!/bin/bash\ncat > /etc/ssh/ssh_host_ed25519_key <<'E'\n${fakes.privateKey}E\n` }),
  },
  {
    id: "D17",
    title: "user data with AWS access keys",
    expect: "secret-in-user-data",
    apply: (p) =>
      p.set(backend(p), {
        userData: `#!/bin/bash\naws configure set aws_access_key_id ${fakes.awsKey}\naws configure set aws_secret_access_key ${fakes.awsSecret}\n`,
      }),
  },
  {
    id: "D06-Z",
    title: "user data with digests, ids and a token fetched at run time",
    expect: [],
    apply: (p) =>
      p.set(backend(p), {
        userData:
          "#!/bin/bash\nset -eu\nTOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')\ncurl -sH \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/latest/meta-data/instance-id\necho '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  x' | sha256sum -c\n",
      }),
  },
  {
    id: "D06-Z-base64",
    title: "harmless base64 user data",
    expect: [],
    apply: (p) =>
      p.set(backend(p), {
        userData: undefined,
        userDataBase64: BASE64("#cloud-config\npackages: [nginx, python3-venv]\nssh_pwauth: false\n"),
      }),
  },
  { id: "D12", title: "secret in a tag", expect: "secret-in-tags", apply: (p) => patch(p, backend(p), "tags", { ApiKey: fakes.stripe }) },
  {
    id: "D12-name",
    title: "secret by its name in a bucket's tag",
    expect: "secret-in-tags",
    apply: (p) => patch(p, p.find("aws:s3/bucket:Bucket"), "tags", { DbPassword: fakes.password }),
  },
  {
    id: "D12-key",
    title: "token as a tag's name",
    expect: "secret-in-tags",
    apply: (p) => patch(p, backend(p), "tags", { [fakes.github]: "x" }),
  },
  {
    id: "D12-volume",
    title: "secret in the root volume's tags",
    expect: "secret-in-tags",
    apply: (p) => patch(p, backend(p), "rootBlockDevice", { tags: { token: fakes.slack } }),
  },
  {
    id: "D12-Z",
    title: "tags with digests, ARNs and a secret's name",
    expect: [],
    apply: (p) =>
      patch(p, backend(p), "tags", {
        Commit: "e67aac5d2b1c4f6a8e9d0c3b2a1f4e5d6c7b8a9f",
        SecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:ddos-a1b2c3",
        KeyName: "ddos",
      }),
  },
  {
    id: "D13",
    title: "ssm.Parameter of type String with a secret",
    expect: "plain-ssm-parameter",
    apply: (p) => void p.add("aws:ssm/parameter:Parameter", "key", { type: "String", name: "/ddos/key", value: fakes.openai }),
  },
  {
    id: "D13-name",
    title: "the same, secret by its name",
    expect: "plain-ssm-parameter",
    apply: (p) => void p.add("aws:ssm/parameter:Parameter", "key", { type: "String", name: "/ddos/SECRET_KEY", value: fakes.password }),
  },
  {
    id: "D13-url",
    title: "database URL in a StringList",
    expect: "plain-ssm-parameter",
    apply: (p) => void p.add("aws:ssm/parameter:Parameter", "url", { type: "StringList", value: `a,${fakes.databaseUrl}` }),
  },
  {
    id: "D13-Z",
    title: "SecureString, and a String that is no secret",
    expect: [],
    apply: (p) => {
      p.add("aws:ssm/parameter:Parameter", "key", {
        type: "SecureString",
        name: "/ddos/SECRET_KEY",
        value: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: fakes.password },
      });
      p.add("aws:ssm/parameter:Parameter", "level", { type: "String", name: "/ddos/LOG_LEVEL", value: "info" });
    },
  },
];

const roles: Mutation[] = [
  {
    id: "D09",
    title: "role may write and delete models",
    expect: "models-read-only-role",
    apply: (p) => rolePolicy(p, statements(allow(["s3:PutObject", "s3:DeleteObject"], objects(p, "models/*")))),
  },
  {
    id: "D09-wildcard",
    title: "s3:* on the bucket",
    expect: "models-read-only-role",
    apply: (p) => rolePolicy(p, statements(allow("s3:*", [`arn:aws:s3:::${bucketName(p)}`, objects(p)]))),
  },
  {
    id: "D09-object",
    title: "document as an object, s3:Put*",
    expect: "models-read-only-role",
    apply: (p) => rolePolicy(p, { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:Put*", Resource: objects(p) } }),
  },
  {
    id: "D09-not-action",
    title: "NotAction on the models",
    expect: "models-read-only-role",
    apply: (p) =>
      rolePolicy(
        p,
        statements({
          Effect: "Allow",
          NotAction: [
            "iam:*",
            "sts:*",
            "secretsmanager:*",
            "ssm:*",
            "ec2:*",
            "kms:*",
            "lambda:*",
            "cloudformation:*",
            "dynamodb:*",
            "rds:*",
          ],
          Resource: objects(p),
        }),
      ),
  },
  {
    id: "D09-policy",
    title: "by a managed policy of the program",
    expect: "models-read-only-role",
    apply: (p) => {
      const policy = p.add("aws:iam/policy:Policy", "writer", { policy: statements(allow("s3:DeleteObject*", objects(p))) });
      p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "writer", { role: role(p).out("name"), policyArn: policy.arn });
    },
  },
  {
    id: "D09-attachment",
    title: "by a PolicyAttachment that lists roles",
    expect: "models-read-only-role",
    apply: (p) => {
      const policy = p.add("aws:iam/policy:Policy", "writer", { policy: statements(allow("s3:PutObject", objects(p))) });
      p.add("aws:iam/policyAttachment:PolicyAttachment", "writer", { roles: [role(p).out("name")], policyArn: policy.arn });
    },
  },
  {
    id: "D09-inline",
    title: "by inlinePolicies of the role",
    expect: "models-read-only-role",
    apply: (p) => p.set(role(p), { inlinePolicies: [{ name: "w", policy: statements(allow("s3:PutObject", objects(p))) }] }),
  },
  {
    id: "D09-guards",
    title: "role may change the bucket's lifecycle",
    expect: "models-read-only-role",
    apply: (p) => rolePolicy(p, statements(allow("s3:PutLifecycleConfiguration", `arn:aws:s3:::${bucketName(p)}`))),
  },
  {
    id: "D09-gateway",
    title: "the gateway's role may write models",
    expect: "models-read-only-role",
    apply: (p) =>
      void p.add("aws:iam/rolePolicy:RolePolicy", "extra", {
        role: p.find("aws:iam/role:Role", /gateway/).id,
        policy: statements(allow("s3:PutObject", objects(p))),
      }),
  },
  {
    id: "D09-s3-full",
    title: "AmazonS3FullAccess attached",
    expect: ["models-read-only-role"],
    apply: (p) => p.set(role(p), { managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"] }),
  },
  {
    id: "D09-unknown",
    title: "the document is unknown as a whole",
    expect: "models-read-only-role",
    verdict: "unknown",
    apply: (p) => rolePolicy(p, computed(p.find("aws:ec2/vpc:Vpc"))),
  },
  {
    id: "D09-foreign-profile",
    title: "an instance profile of somebody else's",
    expect: "models-read-only-role",
    verdict: "unknown",
    apply: (p) => p.set(backend(p), { iamInstanceProfile: "ops-profile" }),
  },
  {
    id: "D09-Z-backup",
    title: "role writes and tidies its own backups",
    expect: [],
    apply: (p) =>
      rolePolicy(p, statements(allow(["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], objects(p, "backups/backend/*")))),
  },
  {
    id: "D09-Z-list",
    title: "role lists the bucket and reads versions",
    expect: [],
    apply: (p) =>
      rolePolicy(
        p,
        statements(
          allow(["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"], `arn:aws:s3:::${bucketName(p)}`),
          allow(["s3:GetObject", "s3:GetObjectVersion"], objects(p, "models/*")),
        ),
      ),
  },
  {
    id: "D09-Z-deny",
    title: "an Allow that a Deny takes back",
    expect: [],
    apply: (p) =>
      rolePolicy(
        p,
        statements(allow("s3:*", [`arn:aws:s3:::${bucketName(p)}`, objects(p)]), {
          Effect: "Deny",
          NotAction: ["s3:Get*", "s3:List*"],
          Resource: "*",
        }),
      ),
  },
  {
    id: "D09-Z-logs",
    title: "logs, metrics and Session Manager",
    expect: [],
    apply: (p) => {
      rolePolicy(p, statements(allow(["logs:CreateLogStream", "logs:PutLogEvents", "cloudwatch:PutMetricData", "ec2:DescribeTags"], "*")));
      p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "ssm", {
        role: role(p).out("name"),
        policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
      });
    },
  },
  {
    id: "D09-Z-deployer",
    title: "a pipeline's role may write models",
    expect: [],
    apply: (p) => {
      const deployer = p.add("aws:iam/role:Role", "deployer", {
        assumeRolePolicy: statements({
          Effect: "Allow",
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:example/shop:ref:refs/heads/main" } },
        }),
      });
      p.add("aws:iam/rolePolicy:RolePolicy", "deploy", { role: deployer.id, policy: statements(allow("s3:*", objects(p))) });
    },
  },
  {
    id: "D11",
    title: "AdministratorAccess attached",
    expect: "least-privilege-role",
    apply: (p) =>
      void p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "admin", {
        role: role(p).out("name"),
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
  },
  {
    id: "D11-meaning",
    title: "administrator by meaning: * on *",
    expect: "least-privilege-role",
    apply: (p) => rolePolicy(p, statements(allow("*", "*"))),
  },
  {
    id: "D11-not-action",
    title: "everything but billing",
    expect: "least-privilege-role",
    apply: (p) => rolePolicy(p, statements({ Effect: "Allow", NotAction: "aws-portal:*", Resource: "*" })),
  },
  {
    id: "D11-pass-role",
    title: "may pass any role",
    expect: "least-privilege-role",
    apply: (p) => rolePolicy(p, statements(allow(["iam:PassRole", "ec2:RunInstances"], "*"))),
  },
  {
    id: "D11-read-all",
    title: "may read every bucket",
    expect: "least-privilege-role",
    apply: (p) => rolePolicy(p, statements(allow("s3:GetObject", "arn:aws:s3:::*"))),
  },
  {
    id: "D11-managed-arns",
    title: "PowerUserAccess by managedPolicyArns",
    expect: "least-privilege-role",
    apply: (p) => p.set(role(p), { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"] }),
  },
  {
    id: "D11-foreign",
    title: "a policy of the account, not of the program",
    expect: "least-privilege-role",
    verdict: "unknown",
    apply: (p) =>
      void p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "ops", {
        role: role(p).out("name"),
        policyArn: "arn:aws:iam::123456789012:policy/ops",
      }),
  },
  {
    id: "D11-trust",
    title: "everybody may assume the backend's role",
    expect: "role-trust",
    apply: (p) => p.set(role(p), { assumeRolePolicy: statements({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }) }),
  },
  {
    id: "D19",
    title: "serial console enabled",
    expect: "no-serial-console",
    apply: (p) => void p.add("aws:ec2/serialConsoleAccess:SerialConsoleAccess", "c", { enabled: true }),
  },
  {
    id: "D19-default",
    title: "serial console enabled by default",
    expect: "no-serial-console",
    apply: (p) => void p.add("aws:ec2/serialConsoleAccess:SerialConsoleAccess", "c", {}),
  },
  {
    id: "D19-Z",
    title: "serial console switched off",
    expect: [],
    apply: (p) => void p.add("aws:ec2/serialConsoleAccess:SerialConsoleAccess", "c", { enabled: false }),
  },
  {
    id: "D21",
    title: "iam.User with an access key",
    expect: "no-long-lived-keys",
    apply: (p) => {
      const user = p.add("aws:iam/user:User", "models", {});
      p.add("aws:iam/accessKey:AccessKey", "models", { user: user.out("name") });
    },
  },
  { id: "D21-Z", title: "iam.User without a key", expect: [], apply: (p) => void p.add("aws:iam/user:User", "ops", {}) },
];

export const mutations: Mutation[] = [...metadata, ...volumes, ...userData, ...roles];
