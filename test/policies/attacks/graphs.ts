/**
 * Resources of AWS that open, copy or hand out what is guarded, and ordinary neighbours beside them. Each is added to the clean stack; none is
 * of a kind that a policy was written for at the time.
 */
import type { Handle, Program } from "../core/builder";

interface Parts {
  readonly vpc: Handle;
  readonly backend: Handle;
  readonly gateway: Handle;
  readonly group: Handle;
  readonly edge: Handle;
  readonly subnet: Handle;
  readonly open: Handle;
  readonly table: Handle;
  readonly role: Handle;
  readonly bucket: Handle;
}

export interface GraphCase {
  readonly name: string;
  readonly add: (p: Program) => void;
}

function partsOf(p: Program): Parts {
  return {
    vpc: p.find("aws:ec2/vpc:Vpc"),
    backend: p.find("aws:ec2/instance:Instance", /backend/),
    gateway: p.find("aws:ec2/instance:Instance", /gateway/),
    group: p.find("aws:ec2/securityGroup:SecurityGroup", /webserver-sg/),
    edge: p.find("aws:ec2/securityGroup:SecurityGroup", /gateway-sg/),
    subnet: p.find("aws:ec2/subnet:Subnet", /webserver-.*a$/),
    open: p.find("aws:ec2/subnet:Subnet", /gateway-.*a$/),
    table: p.find("aws:ec2/routeTable:RouteTable", /private/),
    role: p.find("aws:iam/role:Role", /backend/),
    bucket: p.find("aws:s3/bucket:Bucket", /models/),
  };
}

type Inputs = Record<string, unknown>;
/** One resource that is added. */
const one = (name: string, type: string, inputs: (parts: Parts) => Inputs): GraphCase => ({
  name,
  add: (p) => void p.add(type, "late", inputs(partsOf(p))),
});
const many = (name: string, add: GraphCase["add"]): GraphCase => ({ name, add });
const json = (value: unknown): string => JSON.stringify(value);
const allow = (Principal: unknown, Action: unknown, Resource: unknown = "*", more: object = {}): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", ...(Principal === undefined ? {} : { Principal }), Action, Resource, ...more }],
});
const OTHER = "999988887777";
const lambdaTrust = json(allow({ Service: "lambda.amazonaws.com" }, "sts:AssumeRole", undefined));
const grant = (name: string, statement: object): GraphCase =>
  one(name, "aws:iam/rolePolicy:RolePolicy", ({ role }) => ({ role: role.id, policy: json(statement) }));

const NETWORK: readonly GraphCase[] = [
  many("Lattice service network in the VPC with a service to the host's address", (p) => {
    const { vpc, edge, backend } = partsOf(p);
    const net = p.add("aws:vpclattice/serviceNetwork:ServiceNetwork", "net", { authType: "NONE" });
    p.add("aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation", "in", {
      vpcIdentifier: vpc.id,
      serviceNetworkIdentifier: net.id,
      securityGroupIds: [edge.id],
    });
    const group = p.add("aws:vpclattice/targetGroup:TargetGroup", "tg", {
      type: "IP",
      config: { port: 9000, protocol: "HTTP", vpcIdentifier: vpc.id },
    });
    p.add("aws:vpclattice/targetGroupAttachment:TargetGroupAttachment", "to", {
      targetGroupIdentifier: group.id,
      target: { id: backend.out("privateIp"), port: 9000 },
    });
  }),
  one("Client VPN endpoint with the gateway's group", "aws:ec2clientvpn/endpoint:Endpoint", ({ vpc, edge }) => ({
    vpcId: vpc.id,
    securityGroupIds: [edge.id],
    clientCidrBlock: "10.200.0.0/22",
    serverCertificateArn: "arn:aws:acm:x",
    authenticationOptions: [{ type: "certificate-authentication" }],
    connectionLogOptions: { enabled: false },
  })),
  one("Direct Connect gateway association", "aws:directconnect/gatewayAssociation:GatewayAssociation", ({ vpc }) => ({
    dxGatewayId: "dx-1",
    associatedGatewayId: "vgw-1",
    vpcId: vpc.id,
  })),
  many("transit gateway with the private subnet and a route", (p) => {
    const { vpc, subnet, table } = partsOf(p);
    const hub = p.add("aws:ec2transitgateway/transitGateway:TransitGateway", "hub", {});
    p.add("aws:ec2transitgateway/vpcAttachment:VpcAttachment", "in", { transitGatewayId: hub.id, vpcId: vpc.id, subnetIds: [subnet.id] });
    p.add("aws:ec2/route:Route", "far", { routeTableId: table.id, destinationCidrBlock: "172.16.0.0/12", transitGatewayId: hub.id });
  }),
  one("Cloud WAN attachment", "aws:networkmanager/vpcAttachment:VpcAttachment", ({ vpc, subnet }) => ({
    coreNetworkId: "core-1",
    vpcArn: vpc.arn,
    subnetArns: [subnet.arn],
  })),
  one("Fargate task in the public subnet with the gateway's group", "aws:ecs/service:Service", ({ open, edge }) => ({
    launchType: "FARGATE",
    taskDefinition: "x",
    networkConfiguration: { subnets: [open.id], securityGroups: [edge.id], assignPublicIp: true },
  })),
  one("App Runner connector with the gateway's group", "aws:apprunner/vpcConnector:VpcConnector", ({ subnet, edge }) => ({
    vpcConnectorName: "x",
    subnets: [subnet.id],
    securityGroups: [edge.id],
  })),
  one("function with the gateway's group", "aws:lambda/function:Function", ({ subnet, edge }) => ({
    role: "r",
    vpcConfig: { subnetIds: [subnet.id], securityGroupIds: [edge.id] },
  })),
  one("Lambda microVM network or a newer type with the group", "aws:lambda/networkConnector:NetworkConnector", ({ subnet, edge }) => ({
    subnetIds: [subnet.id],
    securityGroups: [edge.id],
  })),
  one("notebook with the gateway's group and direct internet", "aws:sagemaker/notebookInstance:NotebookInstance", ({ subnet, edge }) => ({
    roleArn: "r",
    instanceType: "ml.t3.medium",
    subnetId: subnet.id,
    securityGroups: [edge.id],
    directInternetAccess: "Enabled",
  })),
  many("IPv6 for the private subnet and a route to the internet gateway", (p) => {
    const { vpc, table } = partsOf(p);
    p.add("aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation", "six", { vpcId: vpc.id, assignGeneratedIpv6CidrBlock: true });
    p.add("aws:ec2/route:Route", "six", {
      routeTableId: table.id,
      destinationIpv6CidrBlock: "2000::/3",
      gatewayId: p.find("aws:ec2/internetGateway:InternetGateway").id,
    });
  }),
  many("second address of the host's interface made public", (p) => {
    const { subnet, group, backend } = partsOf(p);
    const card = p.add("aws:ec2/networkInterface:NetworkInterface", "card", {
      subnetId: subnet.id,
      securityGroups: [group.id],
      privateIps: ["10.0.101.50", "10.0.101.51"],
      attachments: [{ instance: backend.id, deviceIndex: 1 }],
    });
    p.add("aws:ec2/eip:Eip", "eip", { networkInterface: card.id, associateWithPrivateIp: "10.0.101.51" });
  }),
  one("traffic mirror target for all that reaches the host", "aws:ec2/trafficMirrorSession:TrafficMirrorSession", ({ backend }) => ({
    networkInterfaceId: backend.out("primaryNetworkInterfaceId"),
    trafficMirrorTargetId: "tmt-1",
    trafficMirrorFilterId: "tmf-1",
    sessionNumber: 1,
  })),
  one("instance connect endpoint", "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint", ({ subnet, edge }) => ({
    subnetId: subnet.id,
    securityGroupIds: [edge.id],
  })),
  many("subnet shared with another account", (p) => {
    const { subnet } = partsOf(p);
    const share = p.add("aws:ram/resourceShare:ResourceShare", "s", { allowExternalPrincipals: true });
    p.add("aws:ram/resourceAssociation:ResourceAssociation", "s", { resourceShareArn: share.arn, resourceArn: subnet.arn });
    p.add("aws:ram/principalAssociation:PrincipalAssociation", "s", { resourceShareArn: share.arn, principal: OTHER });
  }),
  many("group rule by a prefix list of everything", (p) => {
    const { group } = partsOf(p);
    const list = p.add("aws:ec2/managedPrefixList:ManagedPrefixList", "all", {
      addressFamily: "IPv4",
      maxEntries: 2,
      entries: [{ cidr: "0.0.0.0/1" }, { cidr: "128.0.0.0/1" }],
    });
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "all", {
      securityGroupId: group.id,
      ipProtocol: "tcp",
      fromPort: 9000,
      toPort: 9000,
      prefixListId: list.id,
    });
  }),
  one(
    "spot request with the backend's group in the public subnet",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    ({ open, group }) => ({
      ami: "ami-1",
      instanceType: "t3.micro",
      subnetId: open.id,
      vpcSecurityGroupIds: [group.id],
      associatePublicIpAddress: true,
    }),
  ),
  one("fleet whose overrides choose the public subnet", "aws:ec2/fleet:Fleet", ({ open }) => ({
    launchTemplateConfigs: [
      {
        launchTemplateSpecification: { launchTemplateId: "lt-1", version: "1" },
        overrides: [{ subnetId: open.id, instanceType: "t3.micro" }],
      },
    ],
    targetCapacitySpecification: { totalTargetCapacity: 1 },
    tags: { Role: "backend" },
  })),
  many("template with the group, and a group that overrides it", (p) => {
    const { open, group } = partsOf(p);
    const template = p.add("aws:ec2/launchTemplate:LaunchTemplate", "lt", {
      imageId: "ami-1",
      networkInterfaces: [{ associatePublicIpAddress: "true", securityGroups: [group.id] }],
    });
    p.add("aws:autoscaling/group:Group", "asg", {
      minSize: 1,
      maxSize: 1,
      vpcZoneIdentifiers: [open.id],
      mixedInstancesPolicy: {
        launchTemplate: { launchTemplateSpecification: { launchTemplateId: template.id }, overrides: [{ instanceType: "t3.small" }] },
      },
    });
  }),
  one(
    "image builder in the private subnet with the gateway's group",
    "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration",
    ({ subnet, edge }) => ({ instanceProfileName: "x", subnetId: subnet.id, securityGroupIds: [edge.id] }),
  ),
  one("network firewall endpoint in the subnet", "aws:networkfirewall/firewall:Firewall", ({ vpc, subnet }) => ({
    vpcId: vpc.id,
    firewallPolicyArn: "arn:x",
    subnetMappings: [{ subnetId: subnet.id }],
  })),
  one("gateway load balancer endpoint", "aws:lb/loadBalancer:LoadBalancer", ({ open, edge }) => ({
    loadBalancerType: "application",
    internal: false,
    subnets: [open.id],
    securityGroups: [edge.id],
  })),
];

const COMPUTE: readonly GraphCase[] = [
  one("command on the host by State Manager", "aws:ssm/association:Association", ({ backend }) => ({
    name: "AWS-RunShellScript",
    targets: [{ key: "InstanceIds", values: [backend.id] }],
    parameters: { commands: "chmod 644 /home/ddos/app/.env" },
  })),
  one("maintenance window task by tag", "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", () => ({
    windowId: "mw-1",
    taskType: "RUN_COMMAND",
    taskArn: "AWS-RunShellScript",
    targets: [{ key: "tag:Role", values: ["backend"] }],
    taskInvocationParameters: { runCommandParameters: { parameters: [{ name: "commands", values: ["chmod 644 /home/ddos/app/.env"] }] } },
  })),
  many("rule that runs a command on the host", (p) => {
    const { backend } = partsOf(p);
    const rule = p.add("aws:cloudwatch/eventRule:EventRule", "r", { scheduleExpression: "rate(1 hour)" });
    p.add("aws:cloudwatch/eventTarget:EventTarget", "t", {
      rule: rule.out("name"),
      arn: "arn:aws:ssm:us-east-1::document/AWS-RunShellScript",
      roleArn: "r",
      runCommandTargets: [{ key: "InstanceIds", values: [backend.id] }],
      input: json({ commands: ["chmod 644 /home/ddos/app/.env"] }),
    });
  }),
  one("deployments onto hosts by tag", "aws:codedeploy/deploymentGroup:DeploymentGroup", () => ({
    appName: "a",
    deploymentGroupName: "g",
    serviceRoleArn: "r",
    ec2TagFilters: [{ key: "Role", type: "KEY_AND_VALUE", value: "backend" }],
  })),
  one("build project in the VPC with the gateway's group", "aws:codebuild/project:Project", ({ vpc, subnet, edge }) => ({
    serviceRole: "r",
    artifacts: { type: "NO_ARTIFACTS" },
    source: { type: "NO_SOURCE", buildspec: "x" },
    environment: { type: "LINUX_CONTAINER", image: "x", computeType: "BUILD_GENERAL1_SMALL" },
    vpcConfig: { vpcId: vpc.id, subnets: [subnet.id], securityGroupIds: [edge.id] },
  })),
  one("build project with a plain secret", "aws:codebuild/project:Project", () => ({
    serviceRole: "r",
    artifacts: { type: "NO_ARTIFACTS" },
    source: { type: "NO_SOURCE", buildspec: "x" },
    environment: {
      type: "LINUX_CONTAINER",
      image: "x",
      computeType: "BUILD_GENERAL1_SMALL",
      environmentVariables: [{ name: "DB_PASSWORD", value: "s3cr3t-Horse-44" }],
    },
  })),
  one("function with a plain secret", "aws:lambda/function:Function", () => ({
    role: "r",
    environment: { variables: { DATABASE_URL: "postgres://app:s3cr3t-Horse-44@db/app" } },
  })),
  one("task definition with a plain secret", "aws:ecs/taskDefinition:TaskDefinition", () => ({
    family: "f",
    containerDefinitions: json([{ name: "a", image: "x", environment: [{ name: "API_KEY", value: "sk_live_51H8xYzAbCdEfGh1234567890" }] }]),
  })),
  one("user data of a template with a secret", "aws:ec2/launchTemplate:LaunchTemplate", () => ({
    imageId: "ami-1",
    userData: Buffer.from("#!/bin/bash\nexport DB_PASSWORD=s3cr3t-Horse-44\n").toString("base64"),
  })),
  one("image of the host, given to another account", "aws:ec2/amiLaunchPermission:AmiLaunchPermission", () => ({
    imageId: "ami-of-backend",
    accountId: OTHER,
  })),
  many("snapshot of the host's disk, for everybody", (p) => {
    const { backend } = partsOf(p);
    const image = p.add("aws:ec2/amiFromInstance:AmiFromInstance", "copy", { name: "copy", sourceInstanceId: backend.id });
    p.add("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "all", { imageId: image.id, group: "all" });
  }),
  one("snapshots of the host by life cycle, shared with an account", "aws:dlm/lifecyclePolicy:LifecyclePolicy", () => ({
    description: "x",
    executionRoleArn: "r",
    policyDetails: {
      resourceTypes: ["INSTANCE"],
      targetTags: { Role: "backend" },
      schedules: [{ name: "s", createRule: { interval: 24 }, retainRule: { count: 1 }, shareRules: { targetAccounts: ["444455556666"] } }],
    },
  })),
  one("export of snapshots to a bucket elsewhere", "aws:ebs/snapshotImport:SnapshotImport", ({ bucket }) => ({
    diskContainer: { format: "VHD", userBucket: { s3Bucket: bucket.id, s3Key: "disk.vhd" } },
  })),
  one("backup vault that everybody may copy from", "aws:backup/vaultPolicy:VaultPolicy", () => ({
    backupVaultName: "v",
    policy: json(allow("*", "backup:CopyFromBackupVault")),
  })),
  one("session document without limits", "aws:ssm/document:Document", () => ({
    name: "SSM-SessionManagerRunShell",
    documentType: "Session",
    permissions: { type: "Share", account_ids: "all" },
    content: json({ schemaVersion: "1.0", sessionType: "Standard_Stream", inputs: {} }),
  })),
  one("state machine that sends a command", "aws:sfn/stateMachine:StateMachine", () => ({
    roleArn: "r",
    definition: json({
      StartAt: "A",
      States: {
        A: {
          Type: "Task",
          Resource: "arn:aws:states:::aws-sdk:ssm:sendCommand",
          Parameters: {
            DocumentName: "AWS-RunShellScript",
            Targets: [{ Key: "tag:Role", Values: ["backend"] }],
            Parameters: { commands: ["id"] },
          },
          End: true,
        },
      },
    }),
  })),
  one("scheduler that changes the host", "aws:scheduler/schedule:Schedule", ({ backend }) => ({
    scheduleExpression: "rate(1 day)",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: "arn:aws:scheduler:::aws-sdk:ec2:modifyInstanceAttribute",
      roleArn: "r",
      input: json({ InstanceId: "x" }),
      extra: backend.id,
    },
  })),
];

const IAM: readonly GraphCase[] = [
  grant("role may hand roles to new hosts", allow(undefined, ["iam:PassRole", "ec2:RunInstances"])),
  grant("role may start builds with any role", allow(undefined, ["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"], "*")),
  grant("role may change its own limits", allow(undefined, "iam:DeleteRolePermissionsBoundary")),
  grant("role may take on every role", allow(undefined, "sts:AssumeRole", "arn:aws:iam::*:role/*")),
  grant("role may run commands on every host", allow(undefined, ["ssm:SendCommand", "ssm:StartSession"])),
  grant("role may read every secret", allow(undefined, ["secretsmanager:GetSecretValue", "ssm:GetParameter*", "kms:Decrypt"])),
  grant("all but one service", { Version: "2012-10-17", Statement: [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }] }),
  grant("role may share snapshots", allow(undefined, ["ec2:ModifySnapshotAttribute", "ec2:CreateSnapshot"])),
  grant("role may write models by multipart copies", allow(undefined, ["s3:PutObject*", "s3:ReplicateObject"], "arn:aws:s3:::*models*/*")),
  grant("role may undo versioning", allow(undefined, ["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"], "arn:aws:s3:::*")),
  one("trust of any repository", "aws:iam/role:Role", () => ({
    assumeRolePolicy: json({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:*" } },
        },
      ],
    }),
    managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
  })),
  many("backend's role trusted by another account", (p) => {
    const { role } = partsOf(p);
    p.set(role, {
      assumeRolePolicy: json({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
          { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: ["sts:AssumeRole", "sts:TagSession"] },
        ],
      }),
    });
  }),
  one("Roles Anywhere for the backend's role", "aws:rolesanywhere/profile:Profile", ({ role }) => ({
    name: "p",
    enabled: true,
    roleArns: [role.arn],
  })),
  one("Pod Identity with the backend's role", "aws:eks/podIdentityAssociation:PodIdentityAssociation", ({ role }) => ({
    clusterName: "c",
    namespace: "default",
    serviceAccount: "x",
    roleArn: role.arn,
  })),
  one("function with the backend's role", "aws:lambda/function:Function", ({ role }) => ({ role: role.arn })),
  one("key grant to another account", "aws:kms/grant:Grant", () => ({
    keyId: "arn:aws:kms:us-east-1:123456789012:key/1",
    granteePrincipal: `arn:aws:iam::${OTHER}:root`,
    operations: ["Decrypt", "CreateGrant"],
  })),
  one("secret for everybody", "aws:secretsmanager/secretPolicy:SecretPolicy", () => ({
    secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:app",
    policy: json(allow("*", "secretsmanager:GetSecretValue")),
  })),
  one("plain secret in Secrets Manager's version", "aws:ssm/parameter:Parameter", () => ({
    name: "/app/db",
    type: "StringList",
    value: "user,postgres://app:s3cr3t-Horse-44@db/app",
  })),
  one("user with a console password", "aws:iam/userLoginProfile:UserLoginProfile", () => ({ user: "ops", passwordResetRequired: false })),
];

const BUCKET: readonly GraphCase[] = [
  one("access grant for a foreign account", "aws:s3control/accessGrant:AccessGrant", ({ bucket }) => ({
    accessGrantsLocationId: "default",
    permission: "READWRITE",
    grantee: { granteeType: "IAM", granteeIdentifier: `arn:aws:iam::${OTHER}:root` },
    accessGrantsLocationConfiguration: { s3SubPrefix: bucket.id },
  })),
  one("grants location on the bucket", "aws:s3control/accessGrantsLocation:AccessGrantsLocation", ({ bucket }) => ({
    iamRoleArn: "r",
    locationScope: bucket.id,
  })),
  one("multi-region access point open", "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", ({ bucket }) => ({
    details: {
      name: "m",
      publicAccessBlock: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
      regions: [{ bucket: bucket.id }],
    },
  })),
  many("multi-region access point with a policy for everybody", (p) => {
    const { bucket } = partsOf(p);
    p.add("aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", "m", { details: { name: "m", regions: [{ bucket: bucket.id }] } });
    p.add("aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy", "m", {
      details: { name: "m", policy: json(allow("*", "s3:GetObject")) },
    });
  }),
  one("replication to another account", "aws:s3/bucketReplicationConfig:BucketReplicationConfig", ({ bucket }) => ({
    bucket: bucket.id,
    role: "r",
    rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::their-copy", account: OTHER } }],
  })),
  one("inventory to another account", "aws:s3/inventory:Inventory", ({ bucket }) => ({
    bucket: bucket.id,
    includedObjectVersions: "All",
    schedule: { frequency: "Daily" },
    destination: { bucket: { bucketArn: "arn:aws:s3:::their-list", format: "CSV", accountId: OTHER } },
  })),
  one("directory bucket or table that copies it", "aws:datasync/s3Location:S3Location", ({ bucket }) => ({
    s3BucketArn: bucket.arn,
    subdirectory: "/",
    s3Config: { bucketAccessRoleArn: "r" },
  })),
  one("API that reads objects", "aws:apigateway/integration:Integration", ({ bucket }) => ({
    restApi: "a",
    resourceId: "r",
    httpMethod: "GET",
    type: "AWS",
    integrationHttpMethod: "GET",
    uri: bucket.out("arn"),
    credentials: "r",
  })),
  one("distribution with the bucket as origin", "aws:cloudfront/distribution:Distribution", ({ bucket }) => ({
    enabled: true,
    origins: [{ domainName: bucket.out("bucketRegionalDomainName"), originId: "s3" }],
    defaultCacheBehavior: {},
    restrictions: {},
    viewerCertificate: {},
  })),
  one("Transfer access", "aws:transfer/access:Access", ({ bucket }) => ({
    externalId: "S-1",
    serverId: "s-1",
    role: "r",
    homeDirectory: bucket.id,
  })),
  one("Storage Gateway share", "aws:storagegateway/nfsFileShare:NfsFileShare", ({ bucket }) => ({
    clientLists: ["0.0.0.0/0"],
    gatewayArn: "g",
    locationArn: bucket.arn,
    roleArn: "r",
  })),
  one("bucket policy by an organisation anybody may join", "aws:s3/bucketPolicy:BucketPolicy", ({ bucket }) => ({
    bucket: bucket.id,
    policy: json(allow("*", "s3:GetObject", "*", { Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } } })),
  })),
  one("bucket policy for a service with no source", "aws:s3/bucketPolicy:BucketPolicy", ({ bucket }) => ({
    bucket: bucket.id,
    policy: json(allow({ Service: "cloudfront.amazonaws.com" }, "s3:GetObject", "*")),
  })),
  one("Lake Formation location", "aws:lakeformation/resource:Resource", ({ bucket }) => ({ arn: bucket.arn, roleArn: "r" })),
];

/** What a list of the dangerous would not have. */
const NOT_KNOWN: readonly GraphCase[] = [
  many("a property that nobody has looked at is frozen", (p) => p.setOptions(partsOf(p).table, { ignoreChanges: ["aNewProperty"] })),
  one("a provider by way of somebody's proxy", "pulumi:providers:aws", () => ({ region: "us-east-1", httpsProxy: "http://198.51.100.7" })),
  one("a container with the home of the service", "docker:index/container:Container", () => ({
    image: "x",
    volumes: [{ hostPath: "/home/ddos" }],
  })),
  one("a grant beside the bucket's policy", "aws:s3control/accessGrant:AccessGrant", () => ({ permission: "READ", grantee: {} })),
  one("packages of somebody's own source", "aws:ssm/patchBaseline:PatchBaseline", () => ({
    sources: [{ configuration: "deb http://x/ ./" }],
  })),
  one("a session that begins with a command", "aws:ssm/document:Document", () => ({
    documentType: "Session",
    content: json({ schemaVersion: "1.0", inputs: { shellProfile: { linux: "chmod 777 /home/ddos" } } }),
  })),
  one("a role for code that nobody shows", "aws:iam/role:Role", () => ({
    assumeRolePolicy: json(allow({ Service: "ssm.amazonaws.com" }, "sts:AssumeRole", undefined)),
    inlinePolicies: [{ policy: json(allow(undefined, "ec2:AuthorizeSecurityGroupIngress")) }],
  })),
  grant("an action of a service of tomorrow", allow(undefined, "tomorrow:DoAll")),
  one("a service that acts for any account", "aws:s3/bucketPolicy:BucketPolicy", ({ bucket }) => ({
    bucket: bucket.id,
    policy: json(allow({ Service: "logging.s3.amazonaws.com" }, "s3:PutObject", "*")),
  })),
];

export const BAD_GRAPHS: readonly GraphCase[] = [...NETWORK, ...COMPUTE, ...IAM, ...BUCKET, ...NOT_KNOWN];

export const GOOD_GRAPHS: readonly GraphCase[] = [
  one(
    "maintenance window task whose command is known and harmless",
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    ({ backend }) => ({
      windowId: "mw-1",
      taskType: "RUN_COMMAND",
      taskArn: "AWS-RunShellScript",
      targets: [{ key: "InstanceIds", values: [backend.id] }],
      taskInvocationParameters: { runCommandParameters: { parameters: [{ name: "commands", values: ["id"] }] } },
    }),
  ),
  // Copies of encrypted snapshots are encrypted, whatever `encrypted` says (EC2, CreateSnapshot and CopySnapshot of Data Lifecycle Manager).
  one("snapshots of the host by life cycle, to another region", "aws:dlm/lifecyclePolicy:LifecyclePolicy", () => ({
    description: "x",
    executionRoleArn: "r",
    policyDetails: {
      resourceTypes: ["INSTANCE"],
      targetTags: { Role: "backend" },
      schedules: [
        {
          name: "s",
          createRule: { interval: 24 },
          retainRule: { count: 1 },
          crossRegionCopyRules: [{ target: "eu-west-1", encrypted: false }],
        },
      ],
    },
  })),
  one("egress-only gateway", "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", ({ vpc }) => ({ vpcId: vpc.id })),
  one("flow log to CloudWatch", "aws:ec2/flowLog:FlowLog", ({ vpc }) => ({
    vpcId: vpc.id,
    trafficType: "ALL",
    logDestination: "arn:aws:logs:us-east-1:123456789012:log-group:flow",
    iamRoleArn: "arn:aws:iam::123456789012:role/flow",
  })),
  one("alarm on the host", "aws:cloudwatch/metricAlarm:MetricAlarm", ({ backend }) => ({
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 2,
    metricName: "StatusCheckFailed",
    namespace: "AWS/EC2",
    dimensions: { InstanceId: backend.id },
  })),
  one("endpoint of Secrets Manager", "aws:ec2/vpcEndpoint:VpcEndpoint", ({ vpc, subnet }) => ({
    vpcId: vpc.id,
    vpcEndpointType: "Interface",
    serviceName: "com.amazonaws.us-east-1.secretsmanager",
    subnetIds: [subnet.id],
    privateDnsEnabled: true,
  })),
  one("private zone with the host's name", "aws:route53/zone:Zone", ({ vpc }) => ({ name: "shop.internal", vpcs: [{ vpcId: vpc.id }] })),
  one("record in a private zone", "aws:route53/record:Record", ({ backend }) => ({
    zoneId: "Z1",
    name: "backend.shop.internal",
    type: "A",
    ttl: 60,
    records: [backend.out("privateIp")],
  })),
  one("public name of the gateway", "aws:route53/record:Record", ({ gateway }) => ({
    zoneId: "Z1",
    name: "api.example.com",
    type: "A",
    ttl: 60,
    records: [gateway.out("publicIp")],
  })),
  one("fixed address of the gateway", "aws:ec2/eip:Eip", ({ gateway }) => ({ instance: gateway.id, domain: "vpc" })),
  one("backup of the host in the account", "aws:backup/selection:Selection", ({ backend }) => ({
    iamRoleArn: "r",
    planId: "p",
    resources: [backend.arn],
  })),
  one("vault", "aws:backup/vault:Vault", () => ({ name: "v" })),
  one("topic", "aws:sns/topic:Topic", () => ({ name: "alarms" })),
  one("queue with its own policy", "aws:sqs/queue:Queue", () => ({ name: "work", sqsManagedSseEnabled: true })),
  one("private image registry", "aws:ecr/repository:Repository", () => ({
    name: "app",
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
  })),
  one("function outside the network", "aws:lambda/function:Function", () => ({
    role: "arn:aws:iam::123456789012:role/fn",
    handler: "i.h",
    runtime: "nodejs20.x",
    environment: { variables: { LOG_LEVEL: "info" } },
  })),
  one("function's role", "aws:iam/role:Role", () => ({ assumeRolePolicy: lambdaTrust.replace(',"Resource":"*"', "") })),
  one("task definition with its secret by reference", "aws:ecs/taskDefinition:TaskDefinition", () => ({
    family: "f",
    containerDefinitions: json([
      {
        name: "a",
        image: "x@sha256:1",
        secrets: [{ name: "API_KEY", valueFrom: "arn:aws:secretsmanager:us-east-1:123456789012:secret:app" }],
      },
    ]),
  })),
  one("encrypted parameter", "aws:ssm/parameter:Parameter", () => ({ name: "/app/level", type: "String", value: "info" })),
  one("key for the account", "aws:kms/key:Key", () => ({ enableKeyRotation: true })),
  one("trail", "aws:cloudtrail/trail:Trail", ({ bucket }) => ({
    s3BucketName: "audit-logs",
    isMultiRegionTrail: true,
    eventSelectors: [{ readWriteType: "All", dataResources: [{ type: "AWS::S3::Object", values: [bucket.arn] }] }],
  })),
  one("budget", "aws:budgets/budget:Budget", () => ({ budgetType: "COST", limitAmount: "100", limitUnit: "USD", timeUnit: "MONTHLY" })),
  one("events of the bucket to the account", "aws:s3/bucketNotification:BucketNotification", ({ bucket }) => ({
    bucket: bucket.id,
    eventbridge: true,
  })),
  one("metrics of the bucket", "aws:s3/bucketMetric:BucketMetric", ({ bucket }) => ({ bucket: bucket.id, name: "all" })),
  one("database in the account, private", "aws:rds/instance:Instance", () => ({
    engine: "postgres",
    instanceClass: "db.t4g.micro",
    publiclyAccessible: false,
    storageEncrypted: true,
    manageMasterUserPassword: true,
    allocatedStorage: 20,
  })),
  grant("role may read models", allow(undefined, ["s3:GetObject"], "arn:aws:s3:::ml-gateway-dev-models-123456789012-us-east-1/models/*")),
  grant(
    "role may write metrics",
    allow(undefined, "cloudwatch:PutMetricData", "*", { Condition: { StringEquals: { "cloudwatch:namespace": "shop" } } }),
  ),
  many("group of the office on the gateway", (p) => {
    const { edge } = partsOf(p);
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "office", {
      securityGroupId: edge.id,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "198.51.100.0/24",
    });
  }),
  one("settings of a provider that go to AWS", "pulumi:providers:aws", () => ({ region: "eu-west-1", maxRetries: "5", profile: "x" })),
  one("task of patches", "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", ({ backend }) => ({
    windowId: "mw-1",
    taskType: "RUN_COMMAND",
    taskArn: "AWS-RunPatchBaseline",
    targets: [{ key: "InstanceIds", values: [backend.id] }],
  })),
  one("web ACL", "aws:wafv2/webAcl:WebAcl", () => ({
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: false },
  })),
  one("trust of one repository", "aws:iam/role:Role", () => ({
    assumeRolePolicy: json({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": "repo:example/shop:ref:refs/heads/main",
            },
          },
        },
      ],
    }),
  })),
  one("tag of the host", "aws:ec2/tag:Tag", ({ backend }) => ({ resourceId: backend.id, key: "CostCenter", value: "42" })),
  one("DHCP options of Amazon", "aws:ec2/vpcDhcpOptions:VpcDhcpOptions", () => ({ domainNameServers: ["AmazonProvidedDNS"] })),
];
