/** Area I: an internal load balancer between the gateway and the backend. */
import { computed } from "../core/builder";
import type { Handle } from "../core/builder";
import { ANYWHERE, ingress, partsOf } from "../network/parts";
import type { Mutation } from "./frame";

const SERVICE = "service-port-only-from-gateway";
const BALANCED = "backend-not-load-balanced-publicly";
type Program = Parameters<Mutation["apply"]>[0];

interface Shape {
  readonly module?: "lb" | "alb" | "elb";
  /** Of the load balancer. */
  readonly balancer?: Record<string, unknown>;
  readonly group?: Record<string, unknown>;
  /** Who may reach the balancer's group on port 80; the gateway's group where nothing is said. */
  readonly from?: Record<string, unknown>;
  readonly name?: string;
}

/** An internal balancer with a group of its own, which the gateway alone reaches; the backend lets its group in. */
function inner(
  p: Program,
  { module = "lb", balancer = {}, group = {}, from, name = "inner" }: Shape = {},
): { group: Handle; arn: unknown } {
  const { vpc, privateSubnet, backend, gatewayGroup, port } = partsOf(p);
  const own = p.add("aws:ec2/securityGroup:SecurityGroup", `${name}-sg`, { vpcId: vpc.id, ...group });
  ingress(
    p,
    { securityGroupId: own.id, fromPort: 80, toPort: 80, ...(from ?? { referencedSecurityGroupId: gatewayGroup.id }) },
    `${name}-in`,
  );
  letIn(p, own, `${name}-service`);
  const common = { internal: true, subnets: [privateSubnet.id], securityGroups: [own.id], ...balancer };
  if (module === "elb") {
    const listeners = [{ instancePort: port, instanceProtocol: "http", lbPort: 80, lbProtocol: "http" }];
    const made = p.add("aws:elb/loadBalancer:LoadBalancer", name, { ...common, listeners, instances: [backend.id] });
    return { group: own, arn: made.arn };
  }
  const made = p.add(`aws:${module}/loadBalancer:LoadBalancer`, name, common);
  const pool = p.add(`aws:${module}/targetGroup:TargetGroup`, name, { port, vpcId: vpc.id });
  const defaultActions = [{ type: "forward", targetGroupArn: pool.arn }];
  p.add(`aws:${module}/listener:Listener`, name, { loadBalancerArn: made.arn, port: 80, defaultActions });
  p.add(`aws:${module}/targetGroupAttachment:TargetGroupAttachment`, name, { targetGroupArn: pool.arn, targetId: backend.id, port });
  return { group: own, arn: made.arn };
}

/** One form of rules a group: a program that writes them inline goes over to rules of their own. */
function letIn(p: Program, from: Handle, name: string): void {
  const { backendGroup, gatewayGroup } = partsOf(p);
  if (Array.isArray(p.inputs(backendGroup).ingress)) {
    p.set(backendGroup, { ingress: undefined });
    ingress(p, { referencedSecurityGroupId: gatewayGroup.id }, "gateway-service");
    ingress(p, { referencedSecurityGroupId: gatewayGroup.id, fromPort: 22, toPort: 22 }, "gateway-ssh");
  }
  ingress(p, { referencedSecurityGroupId: from.id }, name);
}

/** The direct way from the gateway to the service port, in the program's words or in those of letIn. */
const closeDirectWay = (p: Program): void => p.remove(...p.findAll(/securityGroupIngressRule/, /(webserver|gateway|Ingress)-service$/));

const NLB = { loadBalancerType: "network" };
const open = (id: string, title: string, from: Record<string, unknown>, more: Shape = {}): Mutation => ({
  id,
  title,
  expect: SERVICE,
  apply: (p) => void inner(p, { ...more, from }),
});

const LOGS = "access-logs-guarded";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOG_BUCKET = "access-logs-of-ours";
const LOG_ARN = `arn:aws:s3:::${LOG_BUCKET}`;
const everybody = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${LOG_ARN}/*` };

function logPolicy(...more: readonly object[]): string {
  const tls = {
    ...{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [LOG_ARN, `${LOG_ARN}/*`] },
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const Principal = { Service: "logdelivery.elasticloadbalancing.amazonaws.com" };
  const delivery = { Effect: "Allow", Principal, Action: "s3:PutObject", Resource: `${LOG_ARN}/AWSLogs/123456789012/*` };
  return JSON.stringify({ Version: "2012-10-17", Statement: [tls, delivery, ...more] });
}

/** An inner balancer that writes access logs. @param change what is other than it should be of what begins with this name */
function logged(p: Program, change: (name: string) => void = () => undefined, module?: Shape["module"]): void {
  const name = "access-logs";
  const made = p.add("aws:s3/bucket:Bucket", name, { bucket: LOG_BUCKET });
  const bucket = made.out("bucket");
  p.add("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", `${name}-encryption`, {
    bucket,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  const guards = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${name}-private`, { bucket, ...guards });
  p.add("aws:s3/bucketPolicy:BucketPolicy", `${name}-policy`, { bucket, policy: logPolicy() });
  p.add(LIFECYCLE, `${name}-lifecycle`, { bucket, rules: [{ id: "old", status: "Enabled", expiration: { days: 90 } }] });
  change(name);
  inner(p, { ...(module ? { module } : {}), balancer: { accessLogs: { enabled: true, bucket } } });
}

export const mutations: Mutation[] = [
  ...(["lb", "alb", "elb"] as const).map((module): Mutation => ({
    id: `I01-${module}`,
    title: `an internal balancer (${module}) that the gateway alone reaches`,
    expect: [],
    apply: (p) => void inner(p, { module }),
  })),
  {
    id: "I01-nlb",
    title: "an internal NLB with a group that the gateway alone reaches",
    expect: [],
    apply: (p) => void inner(p, { balancer: NLB }),
  },
  {
    id: "I01-chain",
    title: "two internal balancers behind each other, the outer one for the gateway alone",
    expect: [],
    apply(p) {
      const outer = inner(p, { name: "outer", balancer: NLB });
      inner(p, { from: { referencedSecurityGroupId: outer.group.id } });
    },
  },
  {
    id: "I01-idle",
    title: "its group is open on a port on which it does not listen",
    expect: [],
    apply(p) {
      const { group } = inner(p);
      ingress(p, { securityGroupId: group.id, fromPort: 8443, toPort: 8444, cidrIpv4: "10.0.0.0/16" }, "idle");
    },
  },
  {
    id: "I01-alone",
    title: "an internal balancer that is the only way to the service port",
    expect: [],
    apply(p) {
      inner(p);
      closeDirectWay(p);
    },
  },
  {
    id: "I01-nobody",
    title: "the balancer is the only way to the service port, and nobody reaches it",
    expect: "service-port-open-to-gateway",
    apply(p) {
      inner(p);
      closeDirectWay(p);
      p.remove(...p.findAll(/securityGroupIngressRule/, "inner-in"));
    },
  },
  {
    id: "I02",
    title: "a balancer that faces the Internet, with the group of an internal one",
    expect: SERVICE,
    apply: (p) => void inner(p, { balancer: { internal: false } }),
  },
  {
    id: "I02-silent",
    title: "nothing said of internal",
    expect: BALANCED,
    apply: (p) => void inner(p, { balancer: { internal: undefined } }),
  },
  open("I03-vpc", "its group is open to the VPC", { cidrIpv4: "10.0.0.0/16" }),
  open("I03-world", "its group is open to the world", { cidrIpv4: ANYWHERE }),
  open("I03-world6", "its group is open to ::/0", { cidrIpv6: "::/0" }),
  open("I03-vpn", "its group is open to a VPN's range", { cidrIpv4: "192.168.0.0/16" }, { module: "alb" }),
  open("I03-classic", "a classic one, open to the VPC", { cidrIpv4: "10.0.0.0/16" }, { module: "elb" }),
  open("I03-nlb", "an NLB with a group that is open to the VPC", { cidrIpv4: "10.0.0.0/16" }, { balancer: NLB }),
  open("I03-list", "its group is open to a list of addresses", { prefixListId: "pl-0123456789abcdef0" }),
  {
    id: "I03-inline",
    title: "its group has one more rule, inline, for the VPC",
    expect: SERVICE,
    apply: (p) => void inner(p, { group: { ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["10.0.0.0/16"] }] } }),
  },
  {
    id: "I03-group",
    title: "its group lets in another group",
    expect: SERVICE,
    apply(p) {
      const other = p.add("aws:ec2/securityGroup:SecurityGroup", "other", { vpcId: partsOf(p).vpc.id });
      inner(p, { from: { referencedSecurityGroupId: other.id } });
    },
  },
  {
    id: "I03-second",
    title: "a second group of its own is open to the VPC",
    expect: SERVICE,
    apply(p) {
      const wide = p.add("aws:ec2/securityGroup:SecurityGroup", "wide", {
        vpcId: partsOf(p).vpc.id,
        ingress: [{ protocol: "tcp", fromPort: 0, toPort: 65535, cidrBlocks: ["10.0.0.0/16"] }],
      });
      const { group } = inner(p);
      p.set(p.find("aws:lb/loadBalancer:LoadBalancer", "inner"), { securityGroups: [group.id, wide.id] });
    },
  },
  {
    id: "I03-chain",
    title: "two balancers behind each other, the outer one open to the VPC",
    expect: SERVICE,
    apply(p) {
      const outer = inner(p, { name: "outer", balancer: NLB, from: { cidrIpv4: "10.0.0.0/16" } });
      inner(p, { from: { referencedSecurityGroupId: outer.group.id } });
    },
  },
  {
    id: "I04",
    title: "an instance carries the balancer's group as well",
    expect: SERVICE,
    apply(p) {
      const { group } = inner(p);
      p.add("aws:ec2/instance:Instance", "intruder", {
        ami: "ami-0123456789abcdef0",
        instanceType: "t3.micro",
        subnetId: partsOf(p).privateSubnet.id,
        vpcSecurityGroupIds: [group.id],
      });
    },
  },
  {
    id: "I05",
    title: "an NLB without a group, whose clients' addresses the backend lets in",
    expect: SERVICE,
    apply(p) {
      const { group } = inner(p, { balancer: { ...NLB, securityGroups: undefined } });
      // Nobody carries the group now.
      p.remove(...p.findAll(/securityGroupIngressRule/, /^inner-/), group);
      ingress(p, { cidrIpv4: "10.0.0.0/16" }, "clients");
    },
  },
  {
    id: "I06",
    title: "whether it is internal is not known",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => void inner(p, { balancer: { internal: computed() } }),
  },
  {
    id: "I06-group",
    title: "a further group of its own is not part of the program",
    expect: SERVICE,
    verdict: "unknown",
    apply(p) {
      const { group } = inner(p);
      p.set(p.find("aws:lb/loadBalancer:LoadBalancer", "inner"), { securityGroups: [group.id, "sg-0fffffffffffffff0"] });
    },
  },
  {
    id: "I06-port",
    title: "who reaches it is not known",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => void inner(p, { from: { referencedSecurityGroupId: computed() } }),
  },
  {
    id: "I07",
    title: "its access logs in a bucket that is private, encrypted, asks for TLS, and empties itself",
    expect: [],
    apply: (p) => logged(p),
  },
  ...(["lb", "elb"] as const).map((module): Mutation => ({
    id: `I07-plain-${module}`,
    title: `its access logs (aws:${module}) in a bucket as S3 makes it`,
    expect: LOGS,
    apply: (p) => logged(p, (name) => void p.remove(...p.findAll(/^aws:s3\//, new RegExp(`^${name}-`))), module),
  })),
  {
    id: "I07-kept",
    title: "access logs that stay for ever",
    expect: LOGS,
    apply: (p) => logged(p, (name) => p.set(p.find(LIFECYCLE, `${name}-lifecycle`), { rules: [{ id: "old", status: "Enabled" }] })),
  },
  {
    id: "I07-disabled",
    title: "access logs that would expire by a rule that is switched off",
    expect: LOGS,
    apply: (p) =>
      logged(p, (name) => {
        const rules = [{ id: "old", status: "Disabled", expiration: { days: 90 } }];
        p.set(p.find(LIFECYCLE, `${name}-lifecycle`), { rules });
      }),
  },
  {
    id: "I07-public",
    title: "access logs that everybody reads",
    expect: LOGS,
    apply: (p) =>
      logged(p, (name) => p.set(p.find("aws:s3/bucketPolicy:BucketPolicy", `${name}-policy`), { policy: logPolicy(everybody) })),
  },
];
