/** Databases, clusters, networks, queues and scripts. */
import { secret } from "../core/builder";
import type { Program } from "../core/builder";
import { attach, group, instance, role, SAFE_HOST, tcp, vpcWithNat } from "./kit";
import type { Stranger } from "./kit";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJustAnExampleOfAKeyNobodyHasAtAll00";

function cluster(p: Program, vpcConfig: object): void {
  const own = role(p, "eks", "eks.amazonaws.com");
  attach(p, "eks", own, "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy");
  const nodes = role(p, "nodes", "ec2.amazonaws.com");
  for (const name of ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"])
    attach(p, `nodes-${name}`, nodes, `arn:aws:iam::aws:policy/${name}`);
  const { inner, open } = vpcWithNat(p);
  const made = p.add("aws:eks/cluster:Cluster", "k8s", { roleArn: own.arn, vpcConfig: { subnetIds: [inner.id, open.id], ...vpcConfig } });
  p.add("aws:eks/nodeGroup:NodeGroup", "k8s", {
    clusterName: made.out("name"),
    nodeRoleArn: nodes.arn,
    subnetIds: [inner.id],
    scalingConfig: { desiredSize: 2, maxSize: 2, minSize: 1 },
  });
}

export const PLATFORMS: readonly Stranger[] = [
  { title: "VPC with NAT, and nothing else", expect: [], build: (p) => void vpcWithNat(p) },
  {
    title: "EKS cluster as tutorials write it: its API open to the world",
    expect: ["endpoints-restricted violation k8s"],
    build: (p) => {
      cluster(p, {});
    },
  },
  {
    title: "EKS cluster with a private API",
    expect: [],
    build: (p) => {
      cluster(p, { endpointPublicAccess: false, endpointPrivateAccess: true });
    },
  },
  {
    title: "RDS that is public, with its password in plain",
    expect: [
      "databases-not-public violation db",
      "databases-encrypted violation db",
      "plain-secret-in-state violation db",
      "admin-ports-not-open violation db",
    ],
    build(p) {
      const own = group(p, "db", [tcp(5432)]);
      p.add("aws:rds/instance:Instance", "db", {
        engine: "postgres",
        instanceClass: "db.t3.micro",
        allocatedStorage: 20,
        username: "root",
        password: "hunter2-Correct-Horse-9",
        publiclyAccessible: true,
        vpcSecurityGroupIds: [own.id],
        skipFinalSnapshot: true,
      });
    },
  },
  {
    title: "RDS in private subnets, its password managed",
    expect: [],
    build(p) {
      const { vpc, inner } = vpcWithNat(p);
      const app = group(p, "app", [tcp(443)], { vpcId: vpc.id });
      const own = group(p, "db", [{ protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: [app.id] }], { vpcId: vpc.id });
      const subnets = p.add("aws:rds/subnetGroup:SubnetGroup", "db", { subnetIds: [inner.id] });
      p.add("aws:rds/instance:Instance", "db", {
        engine: "postgres",
        instanceClass: "db.t3.micro",
        allocatedStorage: 20,
        username: "app",
        manageMasterUserPassword: true,
        storageEncrypted: true,
        publiclyAccessible: false,
        dbSubnetGroupName: subnets.out("name"),
        vpcSecurityGroupIds: [own.id],
      });
    },
  },
  {
    title: "Fargate service behind a load balancer",
    expect: [],
    build(p) {
      const { vpc, open, inner } = vpcWithNat(p);
      const front = group(p, "alb", [tcp(443)], { vpcId: vpc.id });
      const tasks = group(p, "tasks", [{ protocol: "tcp", fromPort: 8080, toPort: 8080, securityGroups: [front.id] }], { vpcId: vpc.id });
      const execution = role(p, "execution", "ecs-tasks.amazonaws.com");
      attach(p, "execution", execution, "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy");
      const own = p.add("aws:ecs/cluster:Cluster", "app", {});
      const definition = p.add("aws:ecs/taskDefinition:TaskDefinition", "app", {
        family: "app",
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        executionRoleArn: execution.arn,
        containerDefinitions: JSON.stringify([
          {
            name: "app",
            image: "nginx:1.27",
            portMappings: [{ containerPort: 8080 }],
            environment: [{ name: "LOG_LEVEL", value: "info" }],
          },
        ]),
      });
      const balancer = p.add("aws:lb/loadBalancer:LoadBalancer", "alb", { securityGroups: [front.id], subnets: [open.id] });
      const pool = p.add("aws:lb/targetGroup:TargetGroup", "app", { port: 8080, protocol: "HTTP", targetType: "ip", vpcId: vpc.id });
      p.add("aws:lb/listener:Listener", "app", {
        loadBalancerArn: balancer.arn,
        port: 443,
        defaultActions: [{ type: "forward", targetGroupArn: pool.arn }],
      });
      p.add("aws:ecs/service:Service", "app", {
        cluster: own.arn,
        launchType: "FARGATE",
        taskDefinition: definition.arn,
        networkConfiguration: { subnets: [inner.id], securityGroups: [tasks.id], assignPublicIp: false },
        loadBalancers: [{ targetGroupArn: pool.arn, containerName: "app", containerPort: 8080 }],
      });
    },
  },
  {
    title: "Fargate service with public addresses behind plain HTTP",
    expect: ["endpoints-restricted violation app", "endpoints-restricted violation http"],
    build(p) {
      const { vpc, open } = vpcWithNat(p);
      const front = group(p, "alb", [tcp(80)], { vpcId: vpc.id });
      const balancer = p.add("aws:lb/loadBalancer:LoadBalancer", "alb", { securityGroups: [front.id], subnets: [open.id] });
      const inside = p.add("aws:lb/loadBalancer:LoadBalancer", "inside", { internal: true, subnets: [open.id] });
      const pool = p.add("aws:lb/targetGroup:TargetGroup", "app", { port: 8080, protocol: "HTTP", targetType: "ip", vpcId: vpc.id });
      const forward = [{ type: "forward", targetGroupArn: pool.arn }];
      const redirect = [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }];
      const listen = (name: string, loadBalancerArn: unknown, defaultActions: object[]): unknown =>
        p.add("aws:lb/listener:Listener", name, { loadBalancerArn, port: 80, protocol: "HTTP", defaultActions });
      listen("http", balancer.arn, forward);
      listen("sends-on", balancer.arn, redirect);
      listen("inside", inside.arn, forward);
      p.add("aws:ecs/service:Service", "app", {
        launchType: "FARGATE",
        networkConfiguration: { subnets: [open.id], securityGroups: [front.id], assignPublicIp: true },
      });
    },
  },
  {
    title: "Fargate task with a database URL and its password in the environment",
    expect: ["secret-in-environment violation app"],
    build(p) {
      const url = ["postgres://app:", "Sup3rGeheim-7781", "@db.internal:5432/app"].join("");
      p.add("aws:ecs/taskDefinition:TaskDefinition", "app", {
        family: "app",
        containerDefinitions: JSON.stringify([
          { name: "app", image: "example/app:1", environment: [{ name: "DATABASE_URL", value: url }] },
        ]),
      });
    },
  },
  {
    title: "queue, table and topic",
    expect: [],
    build(p) {
      p.add("aws:sqs/queue:Queue", "jobs", { visibilityTimeoutSeconds: 60 });
      p.add("aws:dynamodb/table:Table", "items", {
        attributes: [{ name: "id", type: "S" }],
        hashKey: "id",
        billingMode: "PAY_PER_REQUEST",
      });
      p.add("aws:sns/topic:Topic", "events", {});
    },
  },
  {
    title: "provisioner: four commands over one connection, its key in plain, host key not pinned",
    expect: ["connection-credentials-marked violation copy", "host-key-checked violation copy"],
    build(p) {
      const web = group(p, "web", [tcp(443), tcp(22, ["198.51.100.7/32"])]);
      const host = instance(p, "web", { ...SAFE_HOST, vpcSecurityGroupIds: [web.id] });
      const privateKey = ["-----BEGIN OPENSSH", "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH", "PRIVATE KEY-----"].join(
        " ",
      );
      const connection = { host: host.out("publicIp"), user: "ec2-user", privateKey };
      for (const name of ["copy", "install", "start", "check"])
        p.add("command:remote:Command", name, { connection, create: `set -euo pipefail\necho ${name}\n` });
    },
  },
  {
    title: "provisioner: the same with a marked key and a pinned host",
    expect: [],
    build(p) {
      const web = group(p, "web", [tcp(443), tcp(22, ["198.51.100.7/32"])]);
      const host = instance(p, "web", { ...SAFE_HOST, vpcSecurityGroupIds: [web.id] });
      const connection = { host: host.out("publicIp"), user: "ec2-user", privateKey: secret("a key that is marked"), hostKey: KEY };
      for (const name of ["copy", "install"])
        p.add("command:remote:Command", name, { connection, create: `set -euo pipefail\necho ${name}\n` });
    },
  },
  {
    title: "AMI by an SSM parameter, a bastion with SSM and no open port",
    expect: [],
    build(p) {
      const own = role(p, "ssm", "ec2.amazonaws.com");
      attach(p, "ssm", own, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
      const profile = p.add("aws:iam/instanceProfile:InstanceProfile", "ssm", { role: own.out("name") });
      const closed = group(p, "closed", []);
      p.add("aws:ssm/parameter:Parameter", "ami", { name: "/golden/ami-id", type: "String", value: "ami-0abcdef0123456789" });
      instance(p, "bastion", { ...SAFE_HOST, iamInstanceProfile: profile.id, vpcSecurityGroupIds: [closed.id] });
    },
  },
  {
    title: "default tags of the provider with a token",
    expect: ["secret-in-tags violation aws"],
    build(p) {
      const token = ["ghp", "0123456789abcdefghijABCDEFGHIJ456789"].join("_");
      const provider = p.add("pulumi:providers:aws", "aws", {
        region: "eu-west-1",
        defaultTags: { tags: { Owner: "me", DeployToken: token } },
      });
      for (const name of ["one", "two", "three"]) p.add("aws:sqs/queue:Queue", name, {}, { provider });
    },
  },
];
