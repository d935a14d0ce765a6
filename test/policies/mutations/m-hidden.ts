/** Area M: rights and ways that stand where nobody looks first: in the bucket's policy, in a default group, in tables of gateways, in what others keep. */
import { computed } from "../core/builder";
import type { Handle, Program } from "../core/builder";
import { partsOf } from "../network/parts";
import { backend, bucket, one, role } from "./frame";
import type { Mutation } from "./frame";

type Statement = Readonly<Record<string, unknown>>;

const ACCOUNT = "arn:aws:iam::123456789012";
const STRANGER = "arn:aws:iam::999999999999";
const pol = (...statements: readonly Statement[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const arn = (p: Program): string => `arn:aws:s3:::${String(p.inputs(bucket(p)).bucket)}`;

/** One more statement in the policy of the bucket. */
function lets(p: Program, statement: Statement): void {
  const policy = p.find("aws:s3/bucketPolicy:BucketPolicy");
  const { Statement: own } = JSON.parse(String(p.inputs(policy).policy)) as { Statement: Statement[] };
  p.set(policy, { policy: pol(...own, { Effect: "Allow", Action: "s3:GetObject", Resource: `${arn(p)}/models/*`, ...statement }) });
}
const named = (p: Program): void => p.set(role(p), { name: "ml-backend" });
const managed = (p: Program, name: string): Handle =>
  p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "more", { role: role(p).id, policyArn: `arn:aws:iam::aws:policy/${name}` });
const signs = (p: Program, Federated: string, Action: string, Condition: Statement): Handle =>
  p.add("aws:iam/role:Role", "deploy", { assumeRolePolicy: pol({ Effect: "Allow", Principal: { Federated }, Action, Condition }) });
const saml = (p: Program, account: string): Handle =>
  signs(p, `${account}:saml-provider/okta`, "sts:AssumeRoleWithSAML", {
    StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" },
  });
const github = (p: Program, account: string): Handle =>
  signs(p, `${account}:oidc-provider/token.actions.githubusercontent.com`, "sts:AssumeRoleWithWebIdentity", {
    StringEquals: { "token.actions.githubusercontent.com:sub": "repo:example/shop:ref:refs/heads/main" },
  });
const copied = (p: Program, from: unknown, to: unknown): Handle =>
  p.add("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "copies", {
    bucket: from,
    role: `${ACCOUNT}:role/r`,
    rules: [{ id: "x", status: "Enabled", destination: { bucket: to } }],
  });
function edge(p: Program, route: Statement): void {
  const { vpc, internet } = partsOf(p);
  const table = p.add("aws:ec2/routeTable:RouteTable", "edge", { vpcId: vpc.id, routes: [route] });
  p.add("aws:ec2/routeTableAssociation:RouteTableAssociation", "edge", { routeTableId: table.id, gatewayId: internet.id });
}
const repaired = (p: Program, targetId: unknown): Handle =>
  p.add("aws:cfg/remediationConfiguration:RemediationConfiguration", "repair", {
    configRuleName: "rule",
    targetType: "SSM_DOCUMENT",
    targetId,
    automatic: true,
  });
const withDefault = (p: Program): void => {
  const { vpc } = partsOf(p);
  p.set(backend(p), {
    vpcSecurityGroupIds: [p.find("aws:ec2/securityGroup:SecurityGroup", /webserver/).id, vpc.out("defaultSecurityGroupId")],
  });
};

export const mutations: Mutation[] = [
  one("M01", "the bucket's policy lets the host's role replace models", "models-read-only-role", "violation", (p) => {
    named(p);
    lets(p, { Principal: { AWS: `${ACCOUNT}:role/ml-backend` }, Action: ["s3:PutObject", "s3:GetObject"] });
  }),
  one(
    "M01-all",
    "the bucket's policy lets everybody of the organization replace models, and so the host",
    "models-read-only-role",
    "unknown",
    (p) => lets(p, { Principal: "*", Action: "s3:*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } } }),
  ),
  one("M01-read", "the bucket's policy lets the host's role read", "", "benign", (p) => {
    named(p);
    lets(p, { Principal: { AWS: `${ACCOUNT}:role/ml-backend` } });
  }),
  one("M01-other", "the bucket's policy lets the pipeline's role upload", "", "benign", (p) => {
    named(p);
    lets(p, { Principal: { AWS: `${ACCOUNT}:role/pipeline` }, Action: "s3:PutObject" });
  }),
  one(
    "M02",
    "the backend is in the default group as well, which AWS opens to its members",
    "service-port-only-from-gateway",
    "violation",
    (p) => {
      p.remove(p.find("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"));
      withDefault(p);
    },
  ),
  one("M02-closed", "the backend is in the default group as well, which the program emptied", "", "benign", withDefault),
  one("M03", "a template of others adds to the backend what it leaves out", "judgeable-resources", "unknown", (p) =>
    p.set(backend(p), { launchTemplate: { id: "lt-0123456789abcdef0", version: "3" } }),
  ),
  one("M03-own", "a template of the program that adds a tag", "", "benign", (p) =>
    p.set(backend(p), {
      launchTemplate: {
        id: p.add("aws:ec2/launchTemplate:LaunchTemplate", "tags", {
          metadataOptions: { httpTokens: "required" },
          tagSpecifications: [{ resourceType: "volume", tags: { Team: "ml" } }],
        }).id,
      },
    }),
  ),
  one("M04", "an internet gateway hands what is for the private subnet to an appliance", "private-subnet-is-private", "unknown", (p) =>
    edge(p, { cidrBlock: "10.0.101.0/24", networkInterfaceId: "eni-0123456789abcdef0" }),
  ),
  one("M04-public", "an internet gateway hands what is for the public subnet to an appliance", "", "benign", (p) =>
    edge(p, { cidrBlock: "10.0.1.0/24", networkInterfaceId: "eni-0123456789abcdef0" }),
  ),
  one("M04-local", "an internet gateway's table that says what applies without it", "", "benign", (p) =>
    edge(p, { cidrBlock: "10.0.0.0/16", gatewayId: "local" }),
  ),
  one("M05", "a SAML provider of another account", "roles-not-open", "violation", (p) => saml(p, STRANGER)),
  one("M05-own", "a SAML provider of the own account", "", "benign", (p) => saml(p, ACCOUNT)),
  one("M06", "a pipeline's provider of another account", "roles-not-open", "violation", (p) => github(p, STRANGER)),
  one("M06-own", "a pipeline's provider of the own account", "", "benign", (p) => github(p, ACCOUNT)),
  one("M07", "a host with the rights of EKS's control plane", "least-privilege-role", "violation", (p) =>
    managed(p, "AmazonEKSClusterPolicy"),
  ),
  one("M07-cni", "a host with the rights of EKS's CNI, which gives interfaces other groups", "least-privilege-role", "violation", (p) =>
    managed(p, "AmazonEKS_CNI_Policy"),
  ),
  one("M07-node", "a host with the rights of a node", "", "benign", (p) => managed(p, "AmazonEKSWorkerNodePolicy")),
  one("M08", "a bucket of others is replicated into the models bucket", "bucket-own-account", "unknown", (p) =>
    copied(p, "uploads-of-somebody", bucket(p).arn),
  ),
  one("M08-own", "the models bucket is replicated into a bucket of the program", "", "benign", (p) => {
    p.add("aws:s3/bucket:Bucket", "copy", { bucket: "ml-copy-123456789012" });
    copied(p, bucket(p).id, "arn:aws:s3:::ml-copy-123456789012");
  }),
  one("M09", "Config runs a document of its own on what a rule finds", "judgeable-resources", "unknown", (p) => repaired(p, "OpenGroups")),
  one("M09-later", "Config runs a document that is not known yet", "judgeable-resources", "unknown", (p) =>
    repaired(p, computed(p.add("aws:ssm/document:Document", "doc", { documentType: "Automation", content: "{}" }))),
  ),
  one("M09-closing", "Config closes public buckets by a runbook of AWS", "", "benign", (p) =>
    repaired(p, "AWS-DisableS3BucketPublicReadWrite"),
  ),
  one("M10", "values and moments that depend on the backend and its subnet", "", "benign", (p) => {
    const { privateSubnet } = partsOf(p);
    p.add("random:index/randomId:RandomId", "id", { byteLength: 4, keepers: { host: backend(p).id, subnet: privateSubnet.id } });
    p.add("null:index/resource:Resource", "mark", { triggers: { host: backend(p).id } });
    p.add("time:index/sleep:Sleep", "wait", { createDuration: "30s", triggers: { host: backend(p).id } });
  }),
  one("M11", "AWS looks for malware in uploads, with a role of its own", "", "benign", (p) => {
    const scan = p.add("aws:iam/role:Role", "scan", {
      assumeRolePolicy: pol({
        Effect: "Allow",
        Principal: { Service: "malware-protection-plan.guardduty.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    });
    p.add("aws:iam/rolePolicy:RolePolicy", "scan", {
      role: scan.id,
      policy: pol({ Effect: "Allow", Action: ["s3:GetObject", "s3:PutObjectTagging"], Resource: `${arn(p)}/*` }),
    });
    p.add("aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan", "scan", {
      role: scan.arn,
      protectedResource: { s3Bucket: { bucketName: bucket(p).id } },
    });
    p.add("aws:macie2/classificationJob:ClassificationJob", "look", {
      jobType: "ONE_TIME",
      s3JobDefinition: { bucketDefinitions: [{ accountId: "123456789012", buckets: [bucket(p).id] }] },
    });
  }),
];
