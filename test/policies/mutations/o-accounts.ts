/** Area O: other accounts that make or take what is the program's, services that start hosts, and secrets that rules of the edge compare. */
import type { Handle, Program } from "../core/builder";
import { computed, secret } from "../core/builder";
import { fakes } from "../secrets/fakes";
import { partsOf } from "../network/parts";
import { backend, bucket, one } from "./frame";

type Statement = Readonly<Record<string, unknown>>;

const OWN = "123456789012";
const STRANGER = "999999999999";
const RIGHTS = "least-privilege-role";
const PLAIN = "plain-secret-in-state";
const pol = (...statements: readonly Statement[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trust = (Principal: Statement, more: Statement = {}): string =>
  pol({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });
const on = (Action: readonly string[], Resource: string): Statement => ({ Effect: "Allow", Action, Resource });

const provider = (p: Program, inputs: Statement): Handle =>
  p.add("pulumi:providers:aws", `other-${String(p.findAll("pulumi:providers:aws").length)}`, { region: "us-east-1", ...inputs });
const acting = (p: Program, account: string): Handle =>
  provider(p, {
    assumeRoles: JSON.stringify([{ roleArn: `arn:aws:iam::${OWN}:role/hop` }, { roleArn: `arn:aws:iam::${account}:role/deploy` }]),
  });
const allOf = (p: Program, made: Handle): void => {
  for (const resource of p.findAll(/^aws:/)) p.setProvider(resource, made);
};

function role(p: Program, assumeRolePolicy: string, managed: string | undefined, ...own: readonly Statement[]): Handle {
  const made = p.add("aws:iam/role:Role", "other", { name: "other", assumeRolePolicy });
  if (managed !== undefined)
    p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "other", { role: made.id, policyArn: `arn:aws:iam::aws:policy/${managed}` });
  if (own.length > 0) p.add("aws:iam/rolePolicy:RolePolicy", "other", { role: made.id, policy: pol(...own) });
  return made;
}

const models = (p: Program): string => `arn:aws:s3:::${String(p.inputs(bucket(p)).bucket)}/models/*`;

const managing = (p: Program, settingValue: unknown): Handle =>
  p.add("aws:ssm/serviceSetting:ServiceSetting", "hosts", {
    settingId: `arn:aws:ssm:us-east-1:${OWN}:servicesetting/ssm/managed-instance/default-ec2-instance-management-role`,
    settingValue,
  });

const template = (p: Program, ...groups: readonly unknown[]): Handle =>
  p.add("aws:ec2/launchTemplate:LaunchTemplate", "nodes", {
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeSize: 20 } }],
    ...(groups.length > 0 ? { vpcSecurityGroupIds: groups } : {}),
  });
const nodes = (p: Program, made: Handle): Handle =>
  p.add("aws:eks/nodeGroup:NodeGroup", "nodes", {
    clusterName: "k",
    nodeRoleArn: `arn:aws:iam::${OWN}:role/nodes`,
    subnetIds: [partsOf(p).privateSubnet.id],
    scalingConfig: { desiredSize: 1, maxSize: 1, minSize: 1 },
    launchTemplate: { id: made.id, version: "1" },
  });
const gatewayGroup = (p: Program): Handle => p.find("aws:ec2/securityGroup:SecurityGroup", /gateway/);
const ownGroup = (p: Program): Handle => p.add("aws:ec2/securityGroup:SecurityGroup", "nodes", { vpcId: partsOf(p).vpc.id });

const origin = (p: Program, name: string, value: unknown): Handle =>
  p.add("aws:cloudfront/distribution:Distribution", "cdn", {
    origins: [{ originId: "gw", domainName: "gw.example.com", customHeaders: [{ name, value }] }],
  });
const compared = (p: Program, httpHeaderName: string, value: unknown): Handle =>
  p.add("aws:lb/listenerRule:ListenerRule", "rule", {
    listenerArn: `arn:aws:elasticloadbalancing:us-east-1:${OWN}:listener/app/a/1/2`,
    conditions: [{ httpHeader: { httpHeaderName, values: [value] } }],
  });
const matched = (p: Program, name: string, searchString: string): Handle =>
  p.add("aws:wafv2/ruleGroup:RuleGroup", "rule", {
    rules: [{ name: "r", statement: { byteMatchStatement: { searchString, fieldToMatch: { singleHeader: { name } } } } }],
  });

type Placed = readonly [type: string, inputs: (group: unknown, subnet: unknown, vpc: unknown) => Statement];

/** Each in the private subnet, with a group of its own. */
const PLACED: readonly Placed[] = [
  ["aws:apprunner/vpcConnector:VpcConnector", (group, subnet) => ({ vpcConnectorName: "x", subnets: [subnet], securityGroups: [group] })],
  [
    "aws:directoryservice/directory:Directory",
    (_, subnet, vpc) => ({ name: "corp.example", vpcSettings: { vpcId: vpc, subnetIds: [subnet] } }),
  ],
  [
    "aws:glue/connection:Connection",
    (group, subnet) => ({ connectionType: "NETWORK", physicalConnectionRequirements: { subnetId: subnet, securityGroupIdLists: [group] } }),
  ],
  [
    "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration",
    (group, subnet) => ({ subnetId: subnet, securityGroupIds: [group] }),
  ],
  ["aws:msk/cluster:Cluster", (group, subnet) => ({ brokerNodeGroupInfo: { clientSubnets: [subnet], securityGroups: [group] } })],
  ["aws:quicksight/vpcConnection:VpcConnection", (group, subnet) => ({ subnetIds: [subnet], securityGroupIds: [group] })],
  ["aws:rds/proxy:Proxy", (group, subnet) => ({ vpcSubnetIds: [subnet], vpcSecurityGroupIds: [group] })],
  [
    "aws:route53/resolverEndpoint:ResolverEndpoint",
    (group, subnet) => ({ direction: "OUTBOUND", securityGroupIds: [group], ipAddresses: [{ subnetId: subnet }] }),
  ],
  [
    "aws:transfer/server:Server",
    (group, subnet, vpc) => ({ endpointType: "VPC", endpointDetails: { vpcId: vpc, subnetIds: [subnet], securityGroupIds: [group] } }),
  ],
];

export const mutations = [
  ...PLACED.map(([type, inputs]) =>
    one(`O11-${type.split(":").pop() ?? ""}`, `a ${type} beside the backend`, "judgeable-resources", "benign", (p) => {
      const { privateSubnet, vpc } = partsOf(p);
      p.add(type, "beside", inputs(ownGroup(p).id, privateSubnet.id, vpc.id));
    }),
  ),
  one("O01", "the models bucket is made by a provider that takes a role of another account", "bucket-own-account", "violation", (p) => {
    p.setProvider(backend(p), acting(p, OWN));
    p.setProvider(bucket(p), acting(p, STRANGER));
  }),
  one("O01-chain", "a chain of roles that ends in the own account", "bucket-own-account", "benign", (p) => {
    const made = acting(p, OWN);
    p.setProvider(backend(p), made);
    p.setProvider(bucket(p), made);
  }),
  one("O01-all", "everything is made in that account", "bucket-own-account", "benign", (p) => {
    allOf(p, provider(p, { allowedAccountIds: [STRANGER] }));
  }),
  one("O02", "another account may take an administrator's role", RIGHTS, "violation", (p) => {
    role(p, trust({ AWS: STRANGER }), "AdministratorAccess");
  }),
  one("O02-meant", "one that is an administrator's by what it says, with an external id", RIGHTS, "violation", (p) => {
    role(
      p,
      trust({ AWS: `arn:aws:iam::${STRANGER}:root` }, { Condition: { StringEquals: { "sts:ExternalId": "x" } } }),
      undefined,
      on(["*"], "*"),
    );
  }),
  one("O02-reader", "another account may read metrics", RIGHTS, "benign", (p) => {
    role(p, trust({ AWS: STRANGER }), undefined, on(["cloudwatch:GetMetricData"], "*"));
  }),
  one("O09", "another account may take a role that fetches models", "bucket-own-account", "violation", (p) =>
    role(p, trust({ AWS: STRANGER }), undefined, on(["s3:GetObject"], models(p))),
  ),
  one("O09-managed", "the same by a policy of AWS's", "bucket-own-account", "violation", (p) =>
    role(p, trust({ AWS: `arn:aws:iam::${STRANGER}:role/etl` }), "AmazonS3ReadOnlyAccess"),
  ),
  one("O09-writes", "one that replaces them", "bucket-own-account", "violation", (p) =>
    role(
      p,
      trust({ AWS: STRANGER }, { Condition: { StringEquals: { "sts:ExternalId": "x" } } }),
      undefined,
      on(["s3:PutObject"], models(p)),
    ),
  ),
  one("O09-own", "a role of the own account that publishes them", "bucket-own-account", "benign", (p) =>
    role(p, trust({ AWS: `arn:aws:iam::${OWN}:root` }), undefined, on(["s3:GetObject", "s3:PutObject"], models(p))),
  ),
  one("O10", "Glue's jobs wear the gateway's group", "gateway-group-only-on-gateway", "violation", (p) =>
    p.add("aws:glue/connection:Connection", "net", {
      connectionType: "NETWORK",
      physicalConnectionRequirements: { subnetId: partsOf(p).privateSubnet.id, securityGroupIdLists: [gatewayGroup(p).id] },
    }),
  ),
  one("O03", "every host of the region gets a role for Systems Manager", "judgeable-resources", "unknown", (p) =>
    managing(p, "service-role/Admin"),
  ),
  one("O03-open", "a role that is not known yet", "judgeable-resources", "unknown", (p) => managing(p, computed())),
  one("O03-own", "AWS's own role for that", "judgeable-resources", "benign", (p) =>
    managing(p, "service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole"),
  ),
  one("O04", "nodes of a cluster start from a template with the gateway's group", "gateway-group-only-on-gateway", "violation", (p) =>
    nodes(p, template(p, gatewayGroup(p).id)),
  ),
  one("O04-own", "nodes with a group of their own", "gateway-group-only-on-gateway", "benign", (p) =>
    nodes(p, template(p, ownGroup(p).id)),
  ),
  one("O04-none", "nodes whose template names no group", "gateway-group-only-on-gateway", "benign", (p) => nodes(p, template(p))),
  one("O05", "the header by which an origin knows its CDN", PLAIN, "violation", (p) => origin(p, "X-Origin-Verify", fakes.password)),
  one("O05-marked", "the same, marked", PLAIN, "benign", (p) => origin(p, "X-Origin-Verify", secret(fakes.password))),
  one("O06", "a listener compares a key", PLAIN, "violation", (p) => compared(p, "X-Api-Key", fakes.password)),
  one("O06-other", "a listener compares a browser", PLAIN, "benign", (p) => compared(p, "User-Agent", "*Firefox*")),
  one("O07", "WAF compares a key", PLAIN, "violation", (p) => matched(p, "x-api-key", fakes.password)),
  one("O07-other", "WAF compares a browser", PLAIN, "benign", (p) => matched(p, "user-agent", "BadBot-2.0")),
  one("O08", "snapshots by a role with rights that are written out", RIGHTS, "benign", (p) => {
    const made = role(
      p,
      trust({ Service: "dlm.amazonaws.com" }),
      undefined,
      on(["ec2:CreateSnapshot", "ec2:DeleteSnapshot", "ec2:CreateTags"], "*"),
    );
    p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "daily", { description: "daily", executionRoleArn: made.arn, policyDetails: {} });
  }),
  one("O08-code", "the same role is taken by functions as well", RIGHTS, "violation", (p) => {
    const services = { Service: ["dlm.amazonaws.com", "lambda.amazonaws.com"] };
    const made = role(p, trust(services), undefined, on(["ec2:CreateSnapshot", "ec2:DeleteSnapshot"], "*"));
    p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "daily", { description: "daily", executionRoleArn: made.arn, policyDetails: {} });
  }),
];
