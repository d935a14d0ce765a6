/**
 * Exports of three usual programs that have nothing to do with this project: a service of ECS behind a load balancer, a site in a bucket behind CloudFront,
 * a web application on machines with a database and a cache. What the engine notes of them, reduced to what a picture and policies read.
 */
import type { Given } from "../../../infra/report/live";
import { exported, type Row } from "./strangers";

const SG = "aws:ec2/securityGroup:SecurityGroup";
const RULE_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ANYWHERE = { cidrBlocks: ["0.0.0.0/0"] };
const open = (port: number, from: object): object => ({ protocol: "tcp", fromPort: port, toPort: port, ...from });
const OUT = { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, ...ANYWHERE }] };
const ZONES = ["eu-west-1a", "eu-west-1b"];
const PUBLIC = ZONES.map((zone) => `public-${zone}`);
const PRIVATE = ZONES.map((zone) => `private-${zone}`);
const ids = (names: readonly string[]): string[] => names.map((name) => `id-${name}`);

/** A VPC in two zones, with a public and a private subnet in each and one NAT gateway. */
function network(): Row[] {
  const subnet = (name: string, at: number, cidr: string): Row => ({
    type: "aws:ec2/subnet:Subnet",
    name,
    parent: "shop-vpc",
    inputs: {
      vpcId: "id-vpc",
      cidrBlock: cidr,
      availabilityZone: ZONES[at],
      mapPublicIpOnLaunch: name.startsWith("public"),
      tags: { Name: name },
    },
  });
  const table = (name: string, way: object, subnets: readonly string[]): Row[] => [
    {
      type: "aws:ec2/routeTable:RouteTable",
      name,
      parent: "shop-vpc",
      inputs: { vpcId: "id-vpc", routes: [{ cidrBlock: "0.0.0.0/0", ...way }] },
    },
    ...subnets.map((one): Row => ({
      type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
      name: `of-${one}`,
      parent: "shop-vpc",
      inputs: { subnetId: `id-${one}`, routeTableId: `id-${name}` },
    })),
  ];
  return [
    { type: "pulumi:pulumi:Stack", name: "shop-theirs" },
    { type: "pulumi:providers:aws", name: "default", inputs: { region: "eu-west-1" } },
    { type: "awsx:component:Vpc", name: "shop-vpc", parent: "shop-theirs" },
    { type: "aws:ec2/vpc:Vpc", name: "vpc", parent: "shop-vpc", inputs: { cidrBlock: "10.20.0.0/16", tags: { Name: "shop" } } },
    { type: "aws:ec2/internetGateway:InternetGateway", name: "igw", parent: "shop-vpc", inputs: { vpcId: "id-vpc" } },
    { type: "aws:ec2/eip:Eip", name: "nat-address", parent: "shop-vpc", inputs: { domain: "vpc" } },
    {
      type: "aws:ec2/natGateway:NatGateway",
      name: "nat",
      parent: "shop-vpc",
      inputs: { allocationId: "id-nat-address", subnetId: `id-${PUBLIC[0] ?? ""}` },
    },
    ...PUBLIC.map((name, at) => subnet(name, at, `10.20.${String(at)}.0/24`)),
    ...PRIVATE.map((name, at) => subnet(name, at, `10.20.${String(10 + at)}.0/24`)),
    ...table("to-internet", { gatewayId: "id-igw" }, PUBLIC),
    ...table("to-nat", { natGatewayId: "id-nat" }, PRIVATE),
  ];
}

function balancer(): Row[] {
  return [
    { type: SG, name: "front-sg", inputs: { vpcId: "id-vpc", ingress: [open(443, ANYWHERE), open(80, ANYWHERE)], ...OUT } },
    {
      type: "aws:lb/loadBalancer:LoadBalancer",
      name: "front",
      inputs: { loadBalancerType: "application", internal: false, subnets: ids(PUBLIC), securityGroups: ["id-front-sg"] },
    },
    {
      type: "aws:lb/listener:Listener",
      name: "https",
      inputs: {
        loadBalancerArn: "id-front",
        port: 443,
        protocol: "HTTPS",
        certificateArn: "id-certificate",
        defaultActions: [{ type: "forward", targetGroupArn: "id-targets" }],
      },
    },
    { type: "aws:acm/certificate:Certificate", name: "certificate", inputs: { domainName: "shop.example.org", validationMethod: "DNS" } },
  ];
}

/** Tasks of Fargate behind an application load balancer, an image of ECR, a queue with a dead-letter queue, a secret. */
export function service(): Given {
  const role = (name: string): Row => ({
    type: "aws:iam/role:Role",
    name,
    inputs: {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } }],
      }),
    },
  });
  return exported([
    ...network(),
    ...balancer(),
    {
      type: "aws:lb/targetGroup:TargetGroup",
      name: "targets",
      inputs: { vpcId: "id-vpc", port: 8080, protocol: "HTTP", targetType: "ip", healthCheck: { path: "/healthz" } },
    },
    { type: SG, name: "tasks-sg", inputs: { vpcId: "id-vpc", ingress: [open(8080, { securityGroups: ["id-front-sg"] })], ...OUT } },
    { type: "aws:ecs/cluster:Cluster", name: "cluster" },
    { type: "aws:ecr/repository:Repository", name: "images", inputs: { imageScanningConfiguration: { scanOnPush: true } } },
    role("execution"),
    role("task"),
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: "task-policy",
      inputs: {
        role: "id-task",
        policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }] }),
      },
    },
    {
      type: "aws:ecs/taskDefinition:TaskDefinition",
      name: "definition",
      inputs: {
        family: "shop",
        cpu: "512",
        memory: "1024",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        executionRoleArn: "id-execution",
        taskRoleArn: "id-task",
        containerDefinitions: JSON.stringify([
          { name: "web", image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/images:1", portMappings: [{ containerPort: 8080 }] },
        ]),
      },
    },
    {
      type: "aws:ecs/service:Service",
      name: "web",
      inputs: {
        cluster: "id-cluster",
        desiredCount: 3,
        launchType: "FARGATE",
        taskDefinition: "id-definition",
        networkConfiguration: { subnets: ids(PRIVATE), securityGroups: ["id-tasks-sg"], assignPublicIp: false },
        loadBalancers: [{ targetGroupArn: "id-targets", containerName: "web", containerPort: 8080 }],
      },
    },
    { type: "aws:sqs/queue:Queue", name: "jobs", inputs: { sqsManagedSseEnabled: true } },
    { type: "aws:sqs/queue:Queue", name: "jobs-dead" },
    { type: "aws:secretsmanager/secret:Secret", name: "token" },
    { type: "aws:cloudwatch/logGroup:LogGroup", name: "logs", inputs: { retentionInDays: 30 } },
  ]);
}

/** Nothing of it stands in a network: a bucket, CloudFront, names, a function for the contact form. */
export function site(): Given {
  const bucket = { bucket: "id-site" };
  return exported([
    { type: "pulumi:pulumi:Stack", name: "shop-theirs" },
    { type: "aws:s3/bucketV2:BucketV2", name: "site", inputs: { forceDestroy: true } },
    { type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name: "site-closed", inputs: { ...bucket, blockPublicPolicy: true } },
    {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: "site-policy",
      inputs: {
        ...bucket,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "cloudfront.amazonaws.com" },
              Action: "s3:GetObject",
              Resource: "arn:aws:s3:::site/*",
              Condition: { StringEquals: { "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1" } },
            },
          ],
        }),
      },
    },
    ...["index.html", "404.html", "assets/app.js"].map((key): Row => ({
      type: "aws:s3/bucketObjectv2:BucketObjectv2",
      name: key,
      inputs: { ...bucket, key, source: { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", hash: "00", path: key } },
    })),
    { type: "aws:cloudfront/originAccessControl:OriginAccessControl", name: "access", inputs: { signingBehavior: "always" } },
    {
      type: "aws:cloudfront/distribution:Distribution",
      name: "cdn",
      inputs: {
        enabled: true,
        aliases: ["www.example.org"],
        origins: [{ originId: "site", domainName: "site.s3.amazonaws.com", originAccessControlId: "id-access" }],
        defaultCacheBehavior: { targetOriginId: "site", viewerProtocolPolicy: "redirect-to-https" },
        viewerCertificate: { acmCertificateArn: "id-certificate", minimumProtocolVersion: "TLSv1.2_2021" },
      },
    },
    { type: "aws:acm/certificate:Certificate", name: "certificate", inputs: { domainName: "www.example.org" } },
    { type: "aws:route53/record:Record", name: "www", inputs: { zoneId: "Z1", name: "www.example.org", type: "A" } },
    {
      type: "aws:lambda/function:Function",
      name: "contact",
      inputs: { runtime: "python3.13", handler: "main.handler", role: "arn:aws:iam::123456789012:role/contact" },
    },
    { type: "aws:lambda/functionUrl:FunctionUrl", name: "contact-url", inputs: { functionName: "id-contact", authorizationType: "NONE" } },
  ]);
}

/** A group of machines behind a load balancer, PostgreSQL in two zones, a cache, a bastion that an office reaches, rules as resources of their own. */
export function database(): Given {
  const group = (name: string): Row => ({ type: SG, name, inputs: { vpcId: "id-vpc", description: name, ...OUT } });
  const rule = (name: string, of: string, port: number, from: object): Row => ({
    type: RULE_IN,
    name,
    inputs: { securityGroupId: `id-${of}`, ipProtocol: "tcp", fromPort: port, toPort: port, ...from },
  });
  return exported([
    ...network(),
    ...balancer(),
    { type: "aws:lb/targetGroup:TargetGroup", name: "targets", inputs: { vpcId: "id-vpc", port: 3000, protocol: "HTTP" } },
    ...["app-sg", "db-sg", "cache-sg", "bastion-sg"].map(group),
    rule("app-from-front", "app-sg", 3000, { referencedSecurityGroupId: "id-front-sg" }),
    rule("app-from-bastion", "app-sg", 22, { referencedSecurityGroupId: "id-bastion-sg" }),
    rule("db-from-app", "db-sg", 5432, { referencedSecurityGroupId: "id-app-sg" }),
    rule("db-from-bastion", "db-sg", 5432, { referencedSecurityGroupId: "id-bastion-sg" }),
    rule("cache-from-app", "cache-sg", 6379, { referencedSecurityGroupId: "id-app-sg" }),
    rule("bastion-from-office", "bastion-sg", 22, { cidrIpv4: "198.51.100.0/24" }),
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      name: "app-template",
      inputs: { imageId: "ami-0123456789abcdef0", instanceType: "m6i.large", vpcSecurityGroupIds: ["id-app-sg"] },
    },
    {
      type: "aws:autoscaling/group:Group",
      name: "app",
      inputs: {
        minSize: 2,
        maxSize: 6,
        vpcZoneIdentifiers: ids(PRIVATE),
        targetGroupArns: ["id-targets"],
        launchTemplate: { id: "id-app-template", version: "$Latest" },
      },
      uses: { launchTemplate: ["app-template"], targetGroupArns: ["targets"] },
    },
    {
      type: "aws:ec2/instance:Instance",
      name: "bastion",
      inputs: {
        ami: "ami-0123456789abcdef0",
        instanceType: "t4g.nano",
        subnetId: `id-${PUBLIC[0] ?? ""}`,
        associatePublicIpAddress: true,
        vpcSecurityGroupIds: ["id-bastion-sg"],
      },
    },
    { type: "aws:rds/subnetGroup:SubnetGroup", name: "db-subnets", inputs: { subnetIds: ids(PRIVATE) } },
    {
      type: "aws:rds/instance:Instance",
      name: "db",
      inputs: {
        engine: "postgres",
        engineVersion: "17",
        instanceClass: "db.t4g.medium",
        allocatedStorage: 100,
        multiAz: true,
        storageEncrypted: true,
        dbSubnetGroupName: "id-db-subnets",
        vpcSecurityGroupIds: ["id-db-sg"],
        username: "shop",
        password: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:AAAA" },
      },
    },
    { type: "aws:elasticache/subnetGroup:SubnetGroup", name: "cache-subnets", inputs: { subnetIds: ids(PRIVATE) } },
    {
      type: "aws:elasticache/replicationGroup:ReplicationGroup",
      name: "cache",
      inputs: { engine: "valkey", nodeType: "cache.t4g.small", subnetGroupName: "id-cache-subnets", securityGroupIds: ["id-cache-sg"] },
    },
    { type: "aws:s3/bucketV2:BucketV2", name: "uploads" },
  ]);
}
