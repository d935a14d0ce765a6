import { roleOf, type RoleOptions, type Role } from "../../../infra/deploy-role/role";
import { EXAMPLE_ACCOUNT, seenBy, standInAccount } from "../../../infra/deploy-role/evaluate";
import { MANAGED_LIMIT, pack, sizeOf, statementsOf, type Statement } from "../../../infra/deploy-role/documents";
import { filesOf, renderRole, toJson } from "../../../infra/deploy-role/report";
import { ROWS } from "../../../infra/deploy-role/rows";
import { PURPOSES, type Purpose, type Seen } from "../../../infra/deploy-role/statements";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { readStackFile, type StackFile } from "../../../infra/offline/stack-file";
import { readDocument } from "../../../policies/graph/iam-document";
import { risksOf } from "../../../policies/graph/iam-risk";
import { ROOT } from "../evaluate";

jest.setTimeout(60_000);

const KEY = placeholderKey();
const DEV = readStackFile(ROOT, "dev", { privateKey: () => KEY });
const WHOLE: RoleOptions = { purposes: PURPOSES, refresh: false };

type Sections = Readonly<Record<string, object | string>>;

function fileWith(sections: Sections, stack = "dev"): StackFile {
  const changed = Object.entries(sections).map(
    ([name, value]) => [`ml-gateway:${name}`, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return { ...DEV, stack, config: { ...DEV.config, ...Object.fromEntries(changed) } };
}

const see = (sections: Sections = {}): Promise<Seen> => seenBy(ROOT, fileWith(sections), "us-east-1", EXAMPLE_ACCOUNT);
const SSH = { sshFrom: ["203.0.113.0/24"] };

/** Every choice that registers other types. */
const VARIANTS: Readonly<Record<string, Sections>> = {
  dev: {},
  "a managed NAT": { network: { egress: "managed" } },
  "no way out": {
    network: { egress: "none" },
    backend: { ami: "ami-0123456789abcdef0" },
    python: { wheelhouse: { uri: "s3://wheels/all.tar.gz", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" } },
  },
  "an Elastic IP": { gateway: { ...SSH, elasticIp: true } },
  "a proxy": { gateway: { ...SSH, mode: "proxy" } },
  "an image of one's own": { backend: { ami: "ami-0123456789abcdef0" } },
  watched: { watch: { enabled: true, emails: ["operations@your-company.com"] } },
  "HTTPS with a certificate that the gateway gets, and its record": {
    domain: "ml.your-company.com",
    tls: { acme: { email: "operations@your-company.com", agreeToTerms: true } },
    dns: { zone: "Z0123456789ABCDEFGHIJ" },
    gateway: { ...SSH, elasticIp: true },
  },
  "access over SSM, without a way out": {
    access: "ssm",
    network: { egress: "none" },
    backend: { ami: "ami-0123456789abcdef0" },
    python: { wheelhouse: { uri: "s3://wheels-of-ours/wheels.tar.gz", sha256: "0".repeat(64) } },
  },
  "access by an Instance Connect Endpoint": { access: "instance-connect" },
  "a public load balancer with a certificate of its own": {
    domain: "ml.your-company.com",
    tls: { acm: "new" },
    dns: { zone: "Z0123456789ABCDEFGHIJ" },
    gateway: { ...SSH, loadBalancer: true },
  },
  "a load balancer": { backend: { loadBalancer: true } },
  "fleets of gateways and of backends": {
    domain: "ml.your-company.com",
    tls: { acm: "new" },
    dns: { zone: "Z0123456789ABCDEFGHIJ" },
    gateway: { loadBalancer: true, fleet: {} },
    network: { egress: "managed" },
    backend: { loadBalancer: true, mode: "fleet" },
    access: "none",
  },
  "a bucket taken over": { models: { manifest: "models-manifest/sample.json", bucket: "shop-models", adopt: true } },
};
const seen = new Map<string, Seen>();
let dev: Seen;
beforeAll(async () => {
  for (const [name, sections] of Object.entries(VARIANTS)) seen.set(name, await see(sections));
  dev = seen.get("dev") as Seen;
});

const role = (options: Partial<RoleOptions> = {}, of: Seen = dev): Role => roleOf(DEV, "us-east-1", of, { ...WHOLE, ...options });
const statements = (made: Role): Statement[] => made.policies.flatMap(({ Statement }) => Statement);
const actions = (made: Role): string[] => [...new Set(statements(made).flatMap(({ Action }) => Action))].sort();
const of = (made: Role, action: string): Statement[] => statements(made).filter(({ Action }) => Action.includes(action));

describe.each(Object.keys(VARIANTS))("%s", (name) => {
  const made = (options: Partial<RoleOptions> = {}): Role => role(options, seen.get(name));

  test("every type that is registered has a row", () => {
    const types = [...new Set((seen.get(name)?.resources ?? []).map(({ type }) => type))].filter((type) => type.startsWith("aws:"));
    expect(types.length).toBeGreaterThan(15);
    expect(types.filter((type) => ROWS[type] === undefined)).toEqual([]);
    expect(made().policies.length).toBeGreaterThan(0);
  });

  test.each([...PURPOSES.map((one) => [one]), PURPOSES])(
    "%s: documents that IAM takes, each statement with a name of its own",
    (...purposes) => {
      const { policies } = made({ purposes });
      for (const document of policies) expect(sizeOf(document)).toBeLessThanOrEqual(MANAGED_LIMIT);
      const sids = policies.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    },
  );

  test("as the pack understands IAM, it gives away what a deployment has to, and nothing else", () => {
    const whole = { Version: "2012-10-17", Statement: statements(made()) };
    const { statements: read, complete } = readDocument(JSON.stringify(whole));
    expect(complete).toBe(true);
    const risks = Object.fromEntries(
      risksOf(read, { words: ["ml-gateway", "shop-models"] }).map(({ kind, actions: list }) => [kind, list]),
    );
    // Roles of the hosts alone; what names no stack is the role's name, and the tag Stack stands beside it.
    const roles = read.filter(({ actions: list }) => list?.known.some((one) => one.startsWith("iam:")));
    expect(
      roles
        .flatMap(({ resources }) => resources?.known ?? [])
        .filter((arn) => !/:(role|instance-profile)\/(gateway|backend|gateways|fleet)-(role|profile)-\*$/.test(arn)),
    ).toEqual([]);
    expect(Object.keys(risks).sort()).toEqual(["changes", "passes-role", "permissions"]);
    expect(risks["permissions"]).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/User|Group|AttachRole|CreatePolicy|PermissionsBoundary|ServiceLinked|OpenID|SAML|AccessKey/),
      ]),
    );
    // Without an ARN and without the stack's tag on a resource that is there: what makes something new with the tag, and what bears no tag.
    const made_ = (risks["changes"] ?? []).filter(
      // Topics, alarms and dashboards by the program's names; what is wider (health checks) says why.
      (action) =>
        !/^(acm:(RequestCertificate|AddTagsToCertificate)|autoscaling:CreateAutoScalingGroup|ec2:(Create|Allocate|Import|Authorize)\w+|elasticloadbalancing:(Create\w+|AddTags)|iam:(Create|Tag)\w+|(sns|cloudwatch|route53):\w+)$/.test(
          action,
        ),
    );
    expect(
      made_.filter(
        (one) =>
          !["ec2:RunInstances", "ec2:ModifyNetworkInterfaceAttribute", "ec2:AssociateAddress", "ec2:DisassociateAddress"].includes(one),
      ),
    ).toEqual([]);
  });
});

test("a record in a zone that is there: of that zone and that name alone", () => {
  const made = role({}, seen.get("HTTPS with a certificate that the gateway gets, and its record"));
  const [change, ...others] = of(made, "route53:ChangeResourceRecordSets");
  expect(others).toEqual([]);
  expect(change?.Resource).toEqual(["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"]);
  expect(change?.Condition?.["ForAllValues:StringEquals"]).toMatchObject({
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": "ml.your-company.com",
  });
  expect(of(made, "route53:GetHostedZone").flatMap(({ Resource }) => Resource)).toEqual(change?.Resource);
});

test("the proof of a certificate: a record of the form that ACM gives it, in the zone of its name, and certificates of the stack alone", () => {
  const made = role({}, seen.get("a public load balancer with a certificate of its own"));
  const changes = of(made, "route53:ChangeResourceRecordSets");
  expect(changes.flatMap(({ Resource }) => Resource)).toEqual(changes.map(() => "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"));
  expect(changes.map(({ Condition }) => Condition?.["ForAllValues:StringLike"] ?? Condition?.["ForAllValues:StringEquals"])).toEqual(
    expect.arrayContaining([
      {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": "_*.ml.your-company.com",
        "route53:ChangeResourceRecordSetsRecordTypes": "CNAME",
      },
      {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": "ml.your-company.com",
        "route53:ChangeResourceRecordSetsRecordTypes": "A",
      },
    ]),
  );
  const acm = statements(made).filter(({ Action }) => Action.some((one) => one.startsWith("acm:")));
  expect(acm.length).toBeGreaterThan(2);
  for (const { Condition } of acm) expect(JSON.stringify(Condition)).toMatch(/"aws:(Request|Resource)Tag\/Stack":"dev"/);
});

describe("what limits it", () => {
  test("what is made bears the stack's tag, what is used bears it already, in statements apart", () => {
    const [own, made] = of(role(), "ec2:CreateSubnet");
    expect(own).toMatchObject({ Condition: { StringEquals: { "aws:ResourceTag/Stack": "dev" } } });
    expect(own?.Resource).toContain(`arn:aws:ec2:us-east-1:${EXAMPLE_ACCOUNT}:vpc/*`);
    expect(made).toMatchObject({
      Resource: [`arn:aws:ec2:us-east-1:${EXAMPLE_ACCOUNT}:subnet/*`],
      Condition: { StringEquals: { "aws:RequestTag/Stack": "dev" } },
    });
    expect(of(role(), "ec2:CreateSubnet")).toHaveLength(2);
  });

  test("a tag of the stack is neither moved nor taken away", () => {
    const [stays] = of(role(), "ec2:DeleteTags");
    expect(stays?.Condition).toEqual({
      StringEquals: { "aws:ResourceTag/Stack": "dev" },
      "ForAllValues:StringNotEquals": { "aws:TagKeys": "Stack" },
      Null: { "aws:TagKeys": "false" },
    });
    const marks = of(role(), "ec2:CreateTags").map(({ Condition }) => Condition);
    expect(marks).toHaveLength(3);
    for (const one of marks) expect(JSON.stringify(one)).toContain('"aws:RequestTag/Stack":"dev"');
  });

  test("roles go to EC2 alone", () => {
    expect(of(role(), "iam:PassRole")).toEqual([
      expect.objectContaining({
        Resource: [`arn:aws:iam::${EXAMPLE_ACCOUNT}:role/backend-role-*`, `arn:aws:iam::${EXAMPLE_ACCOUNT}:role/gateway-role-*`],
        Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      }),
    ]);
  });

  test("S3: the stack's bucket, and in it the models", () => {
    const s3 = statements(role()).filter(({ Action }) => Action.some((one) => one.startsWith("s3:")));
    const bucket = `arn:aws:s3:::ml-gateway-dev-models-${EXAMPLE_ACCOUNT}-us-east-1`;
    expect(s3.flatMap(({ Resource }) => Resource).sort()).toEqual([bucket, `${bucket}/models/*`]);
    expect(actions(role()).filter((one) => /^s3:Delete(Bucket|Object|ObjectVersion)$/.test(one))).toEqual([]);
  });

  test("nothing but lists of the region works on everything", () => {
    const everything = statements(role()).filter(({ Resource }) => Resource.includes("*"));
    expect(everything).toHaveLength(1);
    expect(everything[0]?.Action.filter((one) => !one.startsWith("ec2:Describe"))).toEqual([]);
    expect(everything[0]?.Condition).toEqual({ StringEquals: { "ec2:Region": "us-east-1" } });
  });

  test("images: those of the owner that is asked for, or the one that is named", () => {
    expect(of(role(), "ec2:RunInstances").find(({ Resource }) => Resource.join().includes("image"))).toMatchObject({
      Resource: ["arn:aws:ec2:us-east-1::image/*"],
      Condition: { StringEquals: { "ec2:Owner": ["099720109477", "amazon"] } },
    });
    const named = of(role({}, seen.get("an image of one's own")), "ec2:RunInstances").flatMap(({ Resource }) => Resource);
    expect(named).toContain("arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0");
  });

  test("a load balancer by name and tag, and in Route 53 one record: no other name of the account's zones can be led elsewhere", () => {
    const made = role({}, seen.get("a load balancer"));
    const elb = statements(made).filter(({ Action }) => Action.some((one) => /^elasticloadbalancing:(?!Describe)/.test(one)));
    expect(elb.length).toBeGreaterThan(3);
    for (const { Resource, Condition } of elb) {
      for (const arn of Resource) expect(arn).toMatch(/:(loadbalancer\/app|listener\/app|targetgroup)\/balancer-(lb|targets)-\*\//);
      expect(JSON.stringify(Condition)).toMatch(/"aws:(Request|Resource)Tag\/Stack":"dev"/);
    }
    expect(of(made, "route53:ChangeResourceRecordSets").map(({ Condition }) => Condition)).toEqual([
      {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": "backend.internal",
          "route53:ChangeResourceRecordSetsRecordTypes": "A",
        },
        Null: {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false",
          "route53:ChangeResourceRecordSetsRecordTypes": "false",
        },
      },
    ]);
    expect(actions(role()).filter((one) => /^(elasticloadbalancing|route53):/.test(one))).toEqual([]);
  });

  test("--vpc limits what bears no tag", () => {
    const open = role().allowed.filter(({ why }) => why !== undefined).length;
    const closed = role({ vpc: "vpc-0123456789abcdef0" });
    expect(closed.allowed.filter(({ why }) => why !== undefined)).toHaveLength(open - 2);
    const arn = `arn:aws:ec2:us-east-1:${EXAMPLE_ACCOUNT}:vpc/vpc-0123456789abcdef0`;
    expect(of(closed, "ec2:ModifyNetworkInterfaceAttribute").map(({ Condition }) => Condition)).toContainEqual({
      ArnEquals: { "ec2:Vpc": arn },
    });
  });

  test("what is there already is named by its id", () => {
    const resources = dev.resources.map((one) =>
      one.type === "aws:ec2/subnet:Subnet" ? { ...one, inputs: { ...one.inputs, vpcId: "vpc-0123456789abcdef0" } } : one,
    );
    const named = of(role({}, { ...dev, resources }), "ec2:CreateSubnet").find(({ Condition }) => Condition === undefined);
    // A VPC may be shared by another account.
    expect(named?.Resource).toEqual(["arn:aws:ec2:us-east-1:*:vpc/vpc-0123456789abcdef0"]);
  });

  test("a permissions boundary of the program's roles is demanded of them", () => {
    const boundary = `arn:aws:iam::${EXAMPLE_ACCOUNT}:policy/hosts`;
    const resources = dev.resources.map((one) =>
      one.type === "aws:iam/role:Role" ? { ...one, inputs: { ...one.inputs, permissionsBoundary: boundary } } : one,
    );
    const made = role({}, { ...dev, resources });
    for (const action of ["iam:CreateRole", "iam:PutRolePolicy"]) {
      for (const { Condition } of of(made, action))
        expect(Condition?.["StringEquals"]).toMatchObject({ "iam:PermissionsBoundary": boundary });
    }
    expect(renderRole(made, filesOf(made), { width: 100, colours: false })).not.toContain("it is a role for few");
  });
});

describe("what it is for", () => {
  test("a preview asks, and reads nothing else; with --refresh, or of what it takes over, it does", () => {
    const preview: Purpose[] = ["preview"];
    const asks = [
      ...["ec2:DescribeAvailabilityZones", "ec2:DescribeImages", "ec2:DescribeInstanceTypeOfferings"],
      ...["s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket"],
    ];
    expect(actions(role({ purposes: preview }))).toEqual(asks);
    expect(actions(role({ purposes: preview }, seen.get("a bucket taken over")))).toContain("s3:GetBucketPolicy");
    const refreshed = actions(role({ purposes: preview, refresh: true }));
    expect(refreshed).toContain("ec2:DescribeInstances");
    expect(refreshed.filter((one) => !/:(Describe|Get|List)/.test(one))).toEqual([]);
  });

  test("a destroy makes nothing and passes no role", () => {
    const list = actions(role({ purposes: ["destroy"] }));
    expect(list).toEqual(expect.arrayContaining(["ec2:TerminateInstances", "ec2:DeleteVpc", "iam:DeleteRole"]));
    expect(list.filter((one) => /:(Create|Run|Allocate|Import|Authorize|Put|Pass|Associate)/.test(one))).toEqual([]);
  });

  test("an update can remove what it replaces", () => {
    expect(actions(role({ purposes: ["up"] }))).toEqual(actions(role()));
  });
});

describe("what is refused", () => {
  test("types without a row, all at once, with the place of the table", () => {
    const strange = ["aws:rds/instance:Instance", "aws:lambda/function:Function"].map((type) => ({
      ...(dev.resources.at(-1) as Seen["resources"][number]),
      type,
      name: "x",
    }));
    expect(() => role({}, { ...dev, resources: [...dev.resources, ...strange] })).toThrow(
      /aws:rds\/instance:Instance "x", aws:lambda\/function:Function "x": .*infra\/deploy-role\/rows\.ts/,
    );
    expect(() => role({}, { ...dev, questions: [{ token: "aws:ec2/getNetworkAcls:getNetworkAcls", args: {} }] })).toThrow(
      "aws:ec2/getNetworkAcls:getNetworkAcls",
    );
  });

  test.each([
    [{ account: "12" }, "--account"],
    [{ vpc: "vpc-*" }, "--vpc"],
    [{ oidc: "gitlab:acme/shop" }, "--oidc"],
    [{ oidc: "github:acme/shop:branch:*" }, "more than one branch"],
    [{ state: { url: "gs://bucket", where: "--state" } }, "--state"],
    [{ secrets: { url: "passphrase", where: "--secrets" } }, "--secrets"],
  ])("%j", (options, said) => {
    expect(() => role(options)).toThrow(said);
  });

  test("names of another form", () => {
    const file = { ...DEV, config: { ...DEV.config, "pulumi:autonaming": "{}" } };
    expect(() => roleOf(file, "us-east-1", dev, WHOLE)).toThrow("pulumi:autonaming");
  });
});

describe("who may take it", () => {
  test.each([
    ["github:acme/shop", PURPOSES, "repo:acme/shop:environment:dev"],
    ["github:acme/shop", ["preview"], "repo:acme/shop:environment:preview"],
    ["github:acme/shop:environment:prod", PURPOSES, "repo:acme/shop:environment:prod"],
    ["github:acme/shop:branch:release/1.2", PURPOSES, "repo:acme/shop:ref:refs/heads/release/1.2"],
    ["github:acme@123/shop@456:branch:main", PURPOSES, "repo:acme@123/shop@456:ref:refs/heads/main"],
  ] as [string, Purpose[], string][])("%s for %j", (oidc, purposes, subject) => {
    const { trust } = role({ oidc, purposes, account: "210987654321" });
    expect(trust?.subject).toBe(subject);
    expect(trust?.document).toMatchObject({
      Statement: [
        {
          Principal: { Federated: "arn:aws:iam::210987654321:oidc-provider/token.actions.githubusercontent.com" },
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": subject,
            },
          },
        },
      ],
    });
  });
});

describe("state and secrets", () => {
  test("a folder of a bucket, and a key by its alias, id or ARN", () => {
    const made = role({
      state: { url: "s3://acme-state/team?region=eu-west-1", where: "" },
      secrets: { url: "awskms://alias/pulumi?region=eu-west-1", where: "" },
    });
    expect(of(made, "s3:DeleteObject")).toMatchObject([{ Resource: ["arn:aws:s3:::acme-state/team/.pulumi/*"] }]);
    expect(of(made, "kms:Encrypt")).toMatchObject([
      { Resource: [`arn:aws:kms:eu-west-1:${EXAMPLE_ACCOUNT}:key/*`], Condition: { StringEquals: { "kms:RequestAlias": "alias/pulumi" } } },
    ]);
    const key = "arn:aws:kms:us-east-1:111122223333:key/abc";
    expect(of(role({ secrets: { url: `awskms:///${key}`, where: "" }, purposes: ["preview"] }), "kms:Decrypt")).toMatchObject([
      { Action: ["kms:Decrypt"], Resource: [key] },
    ]);
  });
});

test("digits in a name that is given are not taken for the account", async () => {
  const sections = { models: { manifest: "models-manifest/sample.json", bucket: `shop-${EXAMPLE_ACCOUNT}`, adopt: true } };
  const file = fileWith(sections);
  const standIn = standInAccount(JSON.stringify(file.config));
  const made = roleOf(file, "us-east-1", await seenBy(ROOT, file, "us-east-1", standIn), { ...WHOLE, standIn });
  expect(toJson(made)).toContain(`arn:aws:s3:::shop-${EXAMPLE_ACCOUNT}`);
  expect(toJson(made)).toContain("arn:aws:iam::ACCOUNT-ID:role/gateway-role-*");
  expect(toJson(made)).not.toContain(standIn);
});

test("without --account the documents hold a placeholder, with it the number", () => {
  const none = role({ oidc: "github:acme/shop" });
  const shown = renderRole(none, filesOf(none), { width: 100, colours: false });
  expect(`${shown}${toJson(none)}`).not.toContain(EXAMPLE_ACCOUNT);
  expect(shown).toContain("ACCOUNT-ID stands for the number of your account");
  const named = renderRole(none, filesOf(none), { width: 100, colours: false }, "my roles");
  expect(named).toContain("Written to my roles\n  - trust.json: who may take the role, ");
  expect(named).not.toContain('"Statement"');
  expect(named).toContain("--assume-role-policy-document 'file://my roles/trust.json'");
  const given = role({ account: "210987654321" });
  expect(toJson(given)).toContain("arn:aws:iam::210987654321:role/gateway-role-*");
  expect(toJson(given)).not.toContain("ACCOUNT-ID");
  expect(`${toJson(given)}${renderRole(given, filesOf(given), { width: 100, colours: false })}`).not.toContain(`:${EXAMPLE_ACCOUNT}:`);
  expect((JSON.parse(toJson(given)) as { policies: { size: number; document: object }[] }).policies.map(({ size }) => size)).toEqual(
    given.policies.map(sizeOf),
  );
});

test("statements that are too large are divided into the same pairs of action and resource", () => {
  const big = Array.from({ length: 90 }, (_, index) => `arn:aws:s3:::${"b".repeat(60)}${index}`);
  const [one] = statementsOf([{ actions: ["s3:GetObject", "s3:PutObject"], resources: big, conditions: {} }]);
  const parts = pack([one as Statement]);
  expect(parts.length).toBeGreaterThan(1);
  const pairs = parts.flatMap(({ Statement }) =>
    Statement.flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.map((arn) => `${action} ${arn}`))),
  );
  expect(pairs.sort()).toEqual(["s3:GetObject", "s3:PutObject"].flatMap((action) => big.map((arn) => `${action} ${arn}`)).sort());
  expect(() => pack([{ Sid: "A", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["x".repeat(7000)] }])).toThrow("cannot be divided");
});

test("keys of KMS and a boundary: by their ARNs, keys through the service that uses them", async () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
  const boundary = "arn:aws:iam::123456789012:policy/team/boundary";
  const made = role({}, await see({ kms: { bucketKey: key, volumeKey: key }, iam: { permissionsBoundary: boundary, path: "/team/" } }));
  const via = (service: string): object => ({ StringEquals: { "kms:ViaService": `${service}.us-east-1.amazonaws.com` } });
  const only = (action: string): Statement | undefined => of(made, action)[0];
  expect(only("kms:CreateGrant")).toMatchObject({ Resource: [key], Condition: via("ec2") });
  expect(only("kms:GenerateDataKey")).toMatchObject({ Resource: [key], Condition: via("s3") });
  expect(only("kms:DescribeKey")).toMatchObject({ Resource: [key] });
  expect(only("iam:GetPolicy")).toMatchObject({ Resource: [boundary] });
  expect(only("iam:PutRolePermissionsBoundary")).toMatchObject({
    Resource: ["backend", "gateway"].map((name) => `arn:aws:iam::123456789012:role/team/${name}-role-*`),
    Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } },
  });
  expect(actions(role()).filter((action) => /^kms:|Boundary/.test(action))).toEqual([]);
});

test("alarms: by the names that the program gives, the one on health in the region of its metrics", async () => {
  const sections = { watch: { enabled: true, emails: ["operations@your-company.com"] } };
  const file = fileWith(sections);
  const elsewhere = await seenBy(
    ROOT,
    { ...file, config: { ...file.config, "aws:region": "eu-central-1" } },
    "eu-central-1",
    EXAMPLE_ACCOUNT,
  );
  const made = roleOf(DEV, "eu-central-1", elsewhere, WHOLE);
  const resources = (action: string): string[] => of(made, action).flatMap(({ Resource }) => Resource);
  expect(resources("sns:Subscribe").sort()).toEqual([
    "arn:aws:sns:eu-central-1:123456789012:watch-topic-*",
    "arn:aws:sns:us-east-1:123456789012:watch-health-topic-*",
  ]);
  expect(resources("cloudwatch:PutMetricAlarm")).toContain("arn:aws:cloudwatch:us-east-1:123456789012:alarm:watch-health-*");
  expect(resources("cloudwatch:PutDashboard")).toEqual(["arn:aws:cloudwatch::123456789012:dashboard/ml-gateway-dev"]);
  expect(made.allowed.filter(({ why, resources: on }) => why !== undefined && on.includes("arn:aws:route53:::healthcheck/*"))).not.toEqual(
    [],
  );
});
