/** Area N: what a CloudFormation template of the program makes is evaluated like a resource of the program, or it is "cannot tell". */
import type { Program } from "../core/builder";
import { partsOf } from "../network/parts";
import { backend, bucket, one, role } from "./frame";
import type { Mutation } from "./frame";

type Fields = Readonly<Record<string, unknown>>;

const bucketName = (p: Program): string => String(p.inputs(bucket(p)).bucket);
const JUDGED = "judgeable-resources";
const SERVICE = "service-port-only-from-gateway";
const EVERYBODY = { IpProtocol: "tcp", FromPort: 9000, ToPort: 9000, CidrIp: "0.0.0.0/0" };

/** A stack of resources, with a parameter of type String for each of `given`. */
function stack(p: Program, resources: Fields, given: Fields = {}, more: Fields = {}): void {
  const Parameters = Object.fromEntries(Object.keys(given).map((name) => [name, { Type: "String" }]));
  p.add("aws:cloudformation/stack:Stack", "more", {
    parameters: given,
    templateBody: JSON.stringify({ ...more, Parameters, Resources: resources }),
  });
}
const ref = (Ref: string): Fields => ({ Ref });
const opens = (p: Program, group: unknown, more: Fields = {}): void =>
  stack(
    p,
    { Open: { Type: "AWS::EC2::SecurityGroupIngress", Properties: { ...EVERYBODY, GroupId: group }, ...more } },
    { Group: partsOf(p).backendGroup.id },
  );
const route = (p: Program, to: Fields, more: Fields = {}): void =>
  stack(
    p,
    { Out: { Type: "AWS::EC2::Route", Properties: { RouteTableId: ref("Table"), ...to } } },
    { Table: partsOf(p).privateTable.id, ...more },
  );
/** One more right of the host's role. */
const rights = (p: Program, Action: string, Resource: unknown): void =>
  stack(
    p,
    {
      More: {
        Type: "AWS::IAM::Policy",
        Properties: { PolicyName: "more", Roles: [ref("Role")], PolicyDocument: { Statement: [{ Effect: "Allow", Action, Resource }] } },
      },
    },
    { Role: role(p).out("name") },
  );
const trust = { Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] };
function lambda(p: Program, rights: Fields, config: Fields = {}, given: Fields = {}): void {
  stack(
    p,
    {
      Logs: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 30 } },
      Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust, ...rights } },
      Fn: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          Runtime: "python3.12",
          Handler: "index.h",
          Code: { ZipFile: "def h(e, c): return 1" },
          ...config,
        },
      },
    },
    given,
  );
}
const logs = (Resource: unknown): Fields => ({
  Policies: [{ PolicyName: "logs", PolicyDocument: { Statement: [{ Effect: "Allow", Action: "logs:PutLogEvents", Resource }] } }],
});

const OWN_NETWORK = `
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.80.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.80.1.0/24}}
  Internet: {Type: AWS::EC2::InternetGateway}
  Joined: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Internet}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, DependsOn: Joined, Properties: {RouteTableId: !Ref Table, GatewayId: !Ref Internet, DestinationCidrBlock: 0.0.0.0/0}}
  Uses: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "\${AWS::StackName} tools"
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.80.0.0/16}]
`;

export const mutations: Mutation[] = [
  one("N01", "a template opens the backend's group, which it gets as a parameter", SERVICE, "violation", (p) => opens(p, ref("Group"))),
  one("N01-yaml", "the same in YAML", SERVICE, "violation", (p) =>
    p.add("aws:cloudformation/stack:Stack", "more", {
      parameters: { Group: partsOf(p).backendGroup.id },
      templateBody:
        "Parameters: {Group: {Type: String}}\nResources:\n  Open:\n    Type: AWS::EC2::SecurityGroupIngress\n" +
        "    Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 9000, ToPort: 9000, CidrIp: 0.0.0.0/0}\n",
    }),
  ),
  one("N01-choice", "a template opens a group that a condition chooses", SERVICE, "unknown", (p) =>
    opens(p, { "Fn::If": ["Here", ref("Group"), "sg-0123456789abcdef0"] }),
  ),
  one("N01-import", "a template opens a group of another stack", SERVICE, "unknown", (p) => opens(p, { "Fn::ImportValue": "group" })),
  one("N01-condition", "a resource of a template that is perhaps not made", JUDGED, "unknown", (p) =>
    opens(p, ref("Group"), { Condition: "Here" }),
  ),
  one("N01-macro", "a template that a macro changes", JUDGED, "unknown", (p) =>
    stack(p, { Group: { Type: "AWS::EC2::SecurityGroup", Properties: { GroupDescription: "x" } } }, {}, { Transform: "Macro" }),
  ),
  one("N02", "a template leads the private table to the Internet", "private-subnet-is-private", "violation", (p) =>
    route(p, { GatewayId: ref("Internet"), DestinationCidrBlock: "0.0.0.0/0" }, { Internet: partsOf(p).internet.id }),
  ),
  one("N02-peer", "a template leads the private table to another network", "private-subnet-no-other-network", "violation", (p) =>
    route(p, { VpcPeeringConnectionId: "pcx-0123456789abcdef0", DestinationCidrBlock: "10.9.0.0/16" }),
  ),
  one("N03", "a template gives the host's role every right on S3", "models-read-only-role", "violation", (p) => rights(p, "s3:*", "*")),
  one(
    "N03-name",
    "a template lets the host's role write to a bucket whose name it puts together",
    "models-read-only-role",
    "unknown",
    (p) => rights(p, "s3:PutObject", { "Fn::Sub": "arn:aws:s3:::ml-models-${AWS::AccountId}/*" }),
  ),
  one("N04", "a template publishes the models bucket, which it names by its text", "bucket-not-public", "violation", (p) =>
    stack(p, {
      Policy: {
        Type: "AWS::S3::BucketPolicy",
        Properties: {
          Bucket: bucketName(p),
          PolicyDocument: {
            Statement: [
              {
                Effect: "Allow",
                Principal: "*",
                Action: "s3:GetObject",
                Resource: { "Fn::Join": ["", ["arn:", ref("AWS::Partition"), `:s3:::${bucketName(p)}/*`]] },
              },
            ],
          },
        },
      },
    }),
  ),
  one("N04-name", "a template publishes a bucket whose name it puts together", "bucket-not-public", "unknown", (p) =>
    stack(p, {
      Policy: {
        Type: "AWS::S3::BucketPolicy",
        Properties: {
          Bucket: { "Fn::Sub": "ml-models-${AWS::AccountId}" },
          PolicyDocument: { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }] },
        },
      },
    }),
  ),
  one("N05", "a function of a template carries the gateway's group", "gateway-group-only-on-gateway", "violation", (p) =>
    lambda(
      p,
      {},
      { VpcConfig: { SubnetIds: [ref("Subnet")], SecurityGroupIds: [ref("Group")] } },
      { Subnet: partsOf(p).privateSubnet.id, Group: partsOf(p).gatewayGroup.id },
    ),
  ),
  one("N05-rights", "a function of a template is an administrator", "least-privilege-role", "violation", (p) =>
    lambda(p, { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
  ),
  one("N05-exact", "a function of a template with the rights that it needs", "", "benign", (p) =>
    lambda(p, logs({ "Fn::GetAtt": "Logs.Arn" })),
  ),
  one("N05-account", "the same with an ARN that holds the account's number", "", "benign", (p) =>
    lambda(p, logs({ "Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/fn:*" })),
  ),
  one("N06", "a template gives the backend a public address", "backend-no-public-address", "violation", (p) =>
    stack(p, { Ip: { Type: "AWS::EC2::EIP", Properties: { Domain: "vpc", InstanceId: ref("Host") } } }, { Host: backend(p).id }),
  ),
  one("N07", "a template makes a host, which is not read", JUDGED, "unknown", (p) =>
    stack(p, { Host: { Type: "AWS::EC2::Instance", Properties: { ImageId: "ami-1" } } }),
  ),
  one("N07-property", "a template gives a subnet a property that is not read", JUDGED, "unknown", (p) =>
    stack(
      p,
      { Subnet: { Type: "AWS::EC2::Subnet", Properties: { VpcId: ref("Vpc"), CidrBlock: "10.0.77.0/24", Later: true } } },
      { Vpc: partsOf(p).vpc.id },
    ),
  ),
  one("N08", "a template with a network of its own", "", "benign", (p) =>
    p.add("aws:cloudformation/stack:Stack", "more", { templateBody: OWN_NETWORK }),
  ),
  one("N08-endpoint", "a template makes a group for an endpoint that the backend reaches", "", "benign", (p) =>
    stack(
      p,
      {
        Group: {
          Type: "AWS::EC2::SecurityGroup",
          Properties: {
            GroupDescription: "endpoint",
            VpcId: ref("Vpc"),
            SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, SourceSecurityGroupId: ref("Backend") }],
          },
        },
      },
      { Vpc: partsOf(p).vpc.id, Backend: partsOf(p).backendGroup.id },
    ),
  ),
];
