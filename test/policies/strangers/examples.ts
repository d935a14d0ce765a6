/** Kinds of programs that public examples and courses show, once as they stand there and once as they should be. */
import { attach, group, OUT, role, tcp, vpcWithNat } from "./kit";
import type { Stranger } from "./kit";
import type { Handle, Program } from "../core/builder";

const GITHUB = "token.actions.githubusercontent.com";

function pipeline(p: Program, subject: string): void {
  const provider = p.add("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "github", {
    url: `https://${GITHUB}`,
    clientIdLists: ["sts.amazonaws.com"],
  });
  const deployer = p.add("aws:iam/role:Role", "deployer", {
    assumeRolePolicy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: provider.arn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" }, StringLike: { [`${GITHUB}:sub`]: subject } },
        },
      ],
    },
  });
  attach(p, "deployer", deployer, "arn:aws:iam::aws:policy/ReadOnlyAccess");
}

function cluster(p: Program, endpoint: object): void {
  const { inner, open } = vpcWithNat(p);
  const control = role(p, "control", "eks.amazonaws.com");
  attach(p, "control", control, "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy");
  const nodes = role(p, "nodes", "ec2.amazonaws.com");
  for (const name of ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"])
    attach(p, name, nodes, `arn:aws:iam::aws:policy/${name}`);
  const made = p.add("aws:eks/cluster:Cluster", "cluster", {
    roleArn: control.arn,
    vpcConfig: { subnetIds: [inner.id, open.id], ...endpoint },
  });
  p.add("aws:eks/nodeGroup:NodeGroup", "nodes", {
    clusterName: made.out("name"),
    nodeRoleArn: nodes.arn,
    subnetIds: [inner.id],
    scalingConfig: { desiredSize: 2, minSize: 1, maxSize: 3 },
  });
}

const wiki = (p: Program, portInfos: readonly object[]): void => {
  const machine = p.add("aws:lightsail/instance:Instance", "wiki", {
    availabilityZone: "us-east-1a",
    blueprintId: "wordpress",
    bundleId: "nano_3_0",
  });
  p.add("aws:lightsail/instancePublicPorts:InstancePublicPorts", "wiki", { instanceName: machine.out("name"), portInfos: [...portInfos] });
};

function shared(p: Program, encrypted: boolean): void {
  const { vpc, inner } = vpcWithNat(p);
  const inside = group(p, "files", [tcp(2049, ["10.0.0.0/16"])], { vpcId: vpc.id });
  const files = p.add("aws:efs/fileSystem:FileSystem", "files", { encrypted });
  p.add("aws:efs/mountTarget:MountTarget", "files", { fileSystemId: files.id, subnetId: inner.id, securityGroups: [inside.id] });
}

function fargate(p: Program, listener: object, secrets: object): void {
  const { vpc, open, inner } = vpcWithNat(p);
  const web = group(p, "web", [tcp(443), tcp(80)], { vpcId: vpc.id });
  const app: Handle = p.add("aws:ec2/securityGroup:SecurityGroup", "app", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 8080, toPort: 8080, securityGroups: [web.id] }],
    egress: OUT,
  });
  const balancer = p.add("aws:lb/loadBalancer:LoadBalancer", "web", { subnets: [open.id], securityGroups: [web.id] });
  const targets = p.add("aws:lb/targetGroup:TargetGroup", "app", { port: 8080, protocol: "HTTP", targetType: "ip", vpcId: vpc.id });
  p.add("aws:lb/listener:Listener", "web", {
    loadBalancerArn: balancer.arn,
    defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
    ...listener,
  });
  const task = p.add("aws:ecs/taskDefinition:TaskDefinition", "app", {
    family: "app",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn: role(p, "execution", "ecs-tasks.amazonaws.com").arn,
    containerDefinitions: JSON.stringify([{ name: "app", image: "example/app:1", portMappings: [{ containerPort: 8080 }], ...secrets }]),
  });
  p.add("aws:ecs/service:Service", "app", {
    cluster: p.add("aws:ecs/cluster:Cluster", "main", {}).arn,
    taskDefinition: task.arn,
    launchType: "FARGATE",
    networkConfiguration: { subnets: [inner.id], securityGroups: [app.id], assignPublicIp: false },
    loadBalancers: [{ targetGroupArn: targets.arn, containerName: "app", containerPort: 8080 }],
  });
}

const HTTPS = {
  port: 443,
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/app",
};

/** `aud` is the pool, which does not exist yet. */
function signIn(p: Program, audience: (pool: Handle) => object): void {
  const pool = p.add("aws:cognito/identityPool:IdentityPool", "people", {
    identityPoolName: "people",
    allowUnauthenticatedIdentities: false,
  });
  const signed = p.add("aws:iam/role:Role", "signed-in", {
    assumeRolePolicy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: "cognito-identity.amazonaws.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { ...audience(pool), "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } },
        },
      ],
    },
  });
  p.add("aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment", "people", {
    identityPoolId: pool.id,
    roles: { authenticated: signed.arn },
  });
}

export const EXAMPLES: readonly Stranger[] = [
  { title: "sign-in by Cognito, any pool", expect: ["roles-not-open violation signed-in"], build: (p) => signIn(p, () => ({})) },
  {
    title: "sign-in by Cognito, the pool of the program",
    expect: [],
    build: (p) => signIn(p, ({ id }) => ({ StringEquals: { "cognito-identity.amazonaws.com:aud": id } })),
  },
  { title: "pipeline of GitHub, any repository", expect: ["roles-not-open violation deployer"], build: (p) => pipeline(p, "repo:*") },
  {
    title: "pipeline of GitHub, one branch of one repository",
    expect: [],
    build: (p) => pipeline(p, "repo:example/shop:ref:refs/heads/main"),
  },
  { title: "Kubernetes, API open to the world", expect: ["endpoints-restricted violation cluster"], build: (p) => cluster(p, {}) },
  {
    title: "Kubernetes, API within the VPC",
    expect: [],
    build: (p) => cluster(p, { endpointPublicAccess: false, endpointPrivateAccess: true }),
  },
  {
    title: "a wiki on Lightsail, SSH open to the world",
    expect: ["admin-ports-not-open violation wiki"],
    build: (p) =>
      wiki(p, [
        { protocol: "tcp", fromPort: 80, toPort: 80 },
        { protocol: "tcp", fromPort: 22, toPort: 22 },
      ]),
  },
  {
    title: "a wiki on Lightsail, SSH for one office",
    expect: [],
    build: (p) =>
      wiki(p, [
        { protocol: "tcp", fromPort: 443, toPort: 443 },
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrs: ["198.51.100.7/32"] },
      ]),
  },
  { title: "shared files, in plain", expect: ["databases-encrypted violation files"], build: (p) => shared(p, false) },
  { title: "shared files, encrypted", expect: [], build: (p) => shared(p, true) },
  {
    title: "Fargate behind a balancer, plain HTTP and a password in its variables",
    expect: ["endpoints-restricted violation web", "secret-in-environment violation app"],
    build: (p) => fargate(p, { port: 80, protocol: "HTTP" }, { environment: [{ name: "DB_PASSWORD", value: "tR5-kq_9Zw.mB2x" }] }),
  },
  {
    title: "Fargate behind a balancer, TLS and the password by reference",
    expect: [],
    build: (p) =>
      fargate(p, HTTPS, {
        secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf" }],
      }),
  },
];
