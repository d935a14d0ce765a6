/** Area K: keys, networks and people from outside, and what of one's own looks like them. */
import type { Handle, Program } from "../core/builder";
import { partsOf } from "../network/parts";
import { bucket } from "./frame";
import type { Mutation } from "./frame";

const STRANGER = "999988887777";
const arn = (p: Program): string => `arn:aws:s3:::${String(p.inputs(bucket(p)).bucket)}`;
const document = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | readonly string[], Resource: string, more: object = {}): object => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

/** A role that whoever opens the application gets from Cognito. */
function guest(p: Program, statement: object): void {
  const Condition = { StringEquals: { "cognito-identity.amazonaws.com:aud": "us-east-1:11111111-2222-3333-4444-555555555555" } };
  const trust = { Effect: "Allow", Principal: { Federated: "cognito-identity.amazonaws.com" }, Action: "sts:AssumeRoleWithWebIdentity" };
  const role = p.add("aws:iam/role:Role", "guest", { assumeRolePolicy: document({ ...trust, Condition }) });
  p.add("aws:iam/rolePolicy:RolePolicy", "guest", { role: role.id, policy: document(statement) });
}

const one = (
  id: string,
  title: string,
  expect: Mutation["expect"],
  apply: (p: Program) => unknown,
  more: Partial<Mutation> = {},
): Mutation => ({
  id,
  title,
  expect,
  apply: (p) => void apply(p),
  ...more,
});
const DOUBT = { verdict: "unknown" } as const;

export const mutations: Mutation[] = [
  one("K01-write", "guests of an application write models", "models-read-only-role", (p) => {
    guest(p, allow("s3:PutObject", `${arn(p)}/models/*`));
  }),
  one("K01-read", "guests of an application fetch models", "models-read-only-role", (p) => {
    guest(p, allow("s3:GetObject", `${arn(p)}/*`));
  }),
  one("K01-own", "guests of an application fetch pictures", [], (p) => {
    guest(p, allow("s3:GetObject", "arn:aws:s3:::example-pictures/*"));
  }),
  one("K02", "models are encrypted with a key of another account", "bucket-encryption", encryptWith(STRANGER), DOUBT),
  one(
    "K03",
    "models are read from a VPC that stands in the policy by its id",
    "bucket-not-public",
    (p) => {
      const policy = p.find(/^aws:s3\/bucketPolicy:/);
      const before = JSON.parse(String(p.inputs(policy).policy)) as { Statement: object[] };
      const Condition = { StringEquals: { "aws:SourceVpc": "vpc-0feedfacefeedface" } };
      p.set(policy, {
        policy: document(...before.Statement, allow("s3:GetObject", `${arn(p)}/*`, { Principal: "*", Condition })),
      });
    },
    DOUBT,
  ),
  one("K04-bus", "everybody puts events on the bus", "not-shared-with-strangers", (p) =>
    p.add("aws:cloudwatch/eventPermission:EventPermission", "all", { principal: "*", statementId: "all" }),
  ),
  one("K04-organization", "one's organization puts events on the bus", [], (p) =>
    p.add("aws:cloudwatch/eventPermission:EventPermission", "all", {
      principal: "*",
      statementId: "all",
      condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-1234567890" },
    }),
  ),
  one(
    "K04-account",
    "a redshift cluster for another account",
    "not-shared-with-strangers",
    (p) => p.add("aws:redshift/endpointAuthorization:EndpointAuthorization", "x", { account: STRANGER, clusterIdentifier: "c" }),
    DOUBT,
  ),
  one("K04-document", "a policy of a type that nobody listed", "not-shared-with-strangers", (p) =>
    p.add("aws:xray/resourcePolicy:ResourcePolicy", "x", {
      policyName: "x",
      policyDocument: document(allow("xray:*", "*", { Principal: "*" })),
    }),
  ),
  one("K05", "the bucket tells a queue of what is new in it", [], (p) => {
    const Condition = { ArnEquals: { "aws:SourceArn": arn(p) } };
    const queue = p.add("aws:sqs/queue:Queue", "new", {});
    const policy = document(allow("sqs:SendMessage", "*", { Principal: { Service: "s3.amazonaws.com" }, Condition }));
    p.add("aws:sqs/queuePolicy:QueuePolicy", "new", { queueUrl: queue.id, policy });
  }),
  one(
    "K06",
    "a router of a private network announces the backend's subnet",
    "judgeable-resources",
    (p) =>
      p.add("tailscale:index/deviceSubnetRoutes:DeviceSubnetRoutes", "x", {
        deviceId: "d",
        routes: [String(p.inputs(partsOf(p).privateSubnet).cidrBlock)],
      }),
    DOUBT,
  ),
  one("K06-other", "a router announces another network", [], (p) =>
    p.add("tailscale:index/deviceSubnetRoutes:DeviceSubnetRoutes", "x", { deviceId: "d", routes: ["192.168.7.0/24", "0.0.0.0/0"] }),
  ),
  one("K07", "a transit gateway in the private subnet", "judgeable-resources", (p) => transit(p, partsOf(p).privateSubnet), DOUBT),
  one("K07-public", "a transit gateway in the public subnet, with no route of the private one", [], (p) =>
    transit(p, partsOf(p).publicSubnet),
  ),
];

function encryptWith(account: string): (p: Program) => void {
  return (p) => {
    p.set(p.find(/^aws:s3\/bucketServerSideEncryptionConfiguration:/), {
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: `arn:aws:kms:us-east-1:${account}:key/11111111-2222`,
          },
        },
      ],
    });
  };
}

const transit = (p: Program, subnet: Handle): Handle =>
  p.add("aws:ec2transitgateway/vpcAttachment:VpcAttachment", "x", {
    transitGatewayId: "tgw-1",
    vpcId: partsOf(p).vpc.id,
    subnetIds: [subnet.id],
  });
