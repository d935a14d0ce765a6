/** Area C: who reaches the service port and port 22. */
import { ANYWHERE, classicIngress, HEALTHY, ingress, inlineIngress, ownInterface, partsOf, serviceSource } from "../network/parts";
import { computed } from "../core/builder";
import type { Mutation } from "./frame";

const SERVICE = "service-port-only-from-gateway";
const SSH = "backend-ssh-only-from-gateway";
const GROUPS = "backend-groups";
const BALANCED = "backend-not-load-balanced-publicly";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
type Program = Parameters<Mutation["apply"]>[0];

/** Puts groups on the backend, wherever it carries them. */
function carry(p: Program, groups: readonly unknown[]): void {
  const { backend, card } = partsOf(p);
  if (card) p.set(card, { securityGroups: groups });
  else p.set(backend, { vpcSecurityGroupIds: groups });
}

/** A load balancer with a listener and a target group; the caller registers targets. */
function balancer(
  p: Program,
  inputs: Record<string, unknown>,
  pool: Record<string, unknown> = {},
): { pool: { arn: unknown }; arn: unknown; id: unknown } {
  const { publicSubnet, vpc, port } = partsOf(p);
  const front = p.add("aws:lb/loadBalancer:LoadBalancer", "front", { subnets: [publicSubnet.id], ...inputs });
  const made = p.add("aws:lb/targetGroup:TargetGroup", "front", { port, vpcId: vpc.id, ...pool });
  const defaultActions = [{ type: "forward", targetGroupArn: made.arn }];
  p.add("aws:lb/listener:Listener", "front", { loadBalancerArn: front.arn, port: 443, defaultActions });
  return { pool: made, arn: front.arn, id: front.id };
}

function register(p: Program, pool: { arn: unknown }, inputs: Record<string, unknown>): void {
  p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "front", { targetGroupArn: pool.arn, port: partsOf(p).port, ...inputs });
}

const CONNECT = "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint";
const BEHIND = "ssh-closed-behind-tunnel";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** The steps come through tunnels, as the tag of the group says, and nothing opens port 22. */
function tunnelled(p: Program): void {
  const { backendGroup, gatewayGroup } = partsOf(p);
  p.set(backendGroup, { tags: { ...(p.inputs(backendGroup).tags as object), SshAccess: "instance-connect" } });
  for (const rule of [...p.findAll(RULE), ...p.findAll("aws:ec2/securityGroupRule:SecurityGroupRule")]) {
    const { type, toPort } = p.inputs(rule);
    if (toPort === 22 && type !== "egress") p.remove(rule);
  }
  if (!partsOf(p).inline) return;
  const { ingress: open } = p.inputs(gatewayGroup);
  p.set(gatewayGroup, { ingress: (open as { toPort?: number }[]).filter(({ toPort }) => toPort !== 22) });
  p.set(backendGroup, { ingress: [serviceRule(p)] });
}

function serviceRule(p: Program): Record<string, unknown> {
  const { gatewayGroup, port } = partsOf(p);
  return { protocol: "tcp", fromPort: port, toPort: port, securityGroups: [gatewayGroup.id] };
}

/** An Instance Connect Endpoint whose group reaches this port of both hosts. */
function connectEndpoint(p: Program, port = 22): { id: unknown } {
  const { vpc, privateSubnet, backendGroup, gatewayGroup } = partsOf(p);
  const door = p.add("aws:ec2/securityGroup:SecurityGroup", "door", { vpcId: vpc.id, description: "endpoint" });
  const reaches = { ipProtocol: "tcp", fromPort: port, toPort: port };
  for (const [name, group] of [["a", backendGroup] as const, ["b", gatewayGroup] as const]) {
    const rule = { securityGroupId: group.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, referencedSecurityGroupId: door.id };
    if (!partsOf(p).inline) p.add(RULE, `door-${name}`, rule);
    p.add("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", `door-${name}`, {
      securityGroupId: door.id,
      referencedSecurityGroupId: group.id,
      ...reaches,
    });
  }
  if (partsOf(p).inline) {
    const ssh = { protocol: "tcp", fromPort: 22, toPort: 22, securityGroups: [door.id] };
    p.set(backendGroup, { ingress: [serviceRule(p), ssh] });
  }
  p.add(CONNECT, "door", { subnetId: privateSubnet.id, securityGroupIds: [door.id], preserveClientIp: false });
  return door;
}

export const mutations: Mutation[] = [
  {
    id: "C29-tunnel",
    title: "benign: steps through an Instance Connect Endpoint that reaches port 22 alone",
    expect: [],
    apply(p) {
      tunnelled(p);
      // Inside of one group's list, two groups that are not known yet cannot be told apart: the pack says so there.
      if (!partsOf(p).inline) connectEndpoint(p);
    },
  },
  {
    id: "C29-ssm",
    title: "benign: steps through Systems Manager, and port 22 open to nobody",
    expect: [],
    apply: tunnelled,
  },
  {
    id: "C29-beside",
    title: "port 22 of the backend open to the gateway beside the tunnels",
    expect: BEHIND,
    apply(p) {
      tunnelled(p);
      ingress(p, { fromPort: 22, toPort: 22, referencedSecurityGroupId: partsOf(p).gatewayGroup.id });
    },
  },
  {
    id: "C29-office",
    title: "port 22 of the gateway open to one address beside the tunnels",
    expect: BEHIND,
    apply(p) {
      tunnelled(p);
      ingress(p, { securityGroupId: partsOf(p).gatewayGroup.id, fromPort: 0, toPort: 65535, cidrIpv4: "203.0.113.9/32" });
    },
  },
  {
    id: "C29-wide",
    title: "an Instance Connect Endpoint that reaches more than port 22",
    expect: "backend-not-published",
    apply(p) {
      tunnelled(p);
      connectEndpoint(p, 9000);
    },
  },
  {
    id: "C29-host",
    title: "a host that carries the endpoint's group",
    expect: SSH,
    apply(p) {
      tunnelled(p);
      const door = connectEndpoint(p);
      p.add("aws:ec2/instance:Instance", "stranger", { ...HEALTHY, subnetId: partsOf(p).publicSubnet.id, vpcSecurityGroupIds: [door.id] });
    },
  },
  {
    id: "C29-bastion",
    title: "an Instance Connect Endpoint that reaches port 22 alone, beside a bastion that the steps use",
    expect: "backend-not-published",
    apply: (p) => void connectEndpoint(p),
  },
  { id: "C01", title: "inline, from the world", expect: SERVICE, apply: (p) => inlineIngress(p, { cidrBlocks: [ANYWHERE] }) },
  { id: "C02", title: "inline, from ::/0", expect: SERVICE, apply: (p) => inlineIngress(p, { ipv6CidrBlocks: ["::/0"] }) },
  { id: "C02-spelling", title: "inline, from 0::0/0", expect: SERVICE, apply: (p) => inlineIngress(p, { ipv6CidrBlocks: ["0::0/0"] }) },
  {
    id: "C03",
    title: "SecurityGroupRule from the world",
    expect: SERVICE,
    apply: (p) => void classicIngress(p, { cidrBlocks: [ANYWHERE] }),
  },
  { id: "C04", title: "SecurityGroupIngressRule from the world", expect: SERVICE, apply: (p) => void ingress(p, { cidrIpv4: ANYWHERE }) },
  {
    id: "C04-v6",
    title: "the same for IPv6, written long",
    expect: SERVICE,
    apply: (p) => void ingress(p, { cidrIpv6: "0:0:0:0:0:0:0:0/0" }),
  },
  { id: "C04-half", title: "from half of the Internet", expect: SERVICE, apply: (p) => void ingress(p, { cidrIpv4: "128.0.0.0/1" }) },
  { id: "C04-one", title: "from one address", expect: SERVICE, apply: (p) => void ingress(p, { cidrIpv4: "203.0.113.9/32" }) },
  {
    id: "C06",
    title: "a range around the service port",
    expect: SERVICE,
    apply: (p) => void ingress(p, { fromPort: 8000, toPort: 9999, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C06-number",
    title: "the same, protocol by number",
    expect: SERVICE,
    apply: (p) => void ingress(p, { ipProtocol: "6", fromPort: 8000, toPort: 9999, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C07",
    title: "all ports",
    expect: SERVICE,
    apply: (p) => void classicIngress(p, { fromPort: 0, toPort: 65535, cidrBlocks: [ANYWHERE] }),
  },
  {
    id: "C07-open-end",
    title: "ports left out",
    expect: SERVICE,
    apply: (p) => void ingress(p, { fromPort: undefined, toPort: undefined, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C08",
    title: "all protocols",
    expect: SERVICE,
    apply: (p) => void ingress(p, { ipProtocol: "-1", fromPort: undefined, toPort: undefined, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C08-zero",
    title: "all protocols, ports 0 to 0",
    expect: SERVICE,
    apply: (p) => void classicIngress(p, { protocol: "all", fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] }),
  },
  {
    id: "C08-inline",
    title: "all protocols, inline",
    expect: SERVICE,
    apply: (p) => inlineIngress(p, { protocol: -1, fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] }),
  },
  {
    id: "C08-ssh",
    title: "all protocols reach SSH too",
    expect: SSH,
    apply: (p) => void ingress(p, { ipProtocol: "-1", fromPort: undefined, toPort: undefined, cidrIpv4: ANYWHERE }),
  },
  { id: "C11", title: "from the VPC's block", expect: SERVICE, apply: (p) => void ingress(p, { cidrIpv4: "10.0.0.0/16" }) },
  {
    id: "C12",
    title: "from the public subnet's block in place of the group",
    expect: SERVICE,
    apply: (p) => serviceSource(p, { cidrIpv4: "10.0.1.0/24" }, { cidrBlocks: ["10.0.1.0/24"] }),
  },
  { id: "C14", title: "self on the service port", expect: SERVICE, apply: (p) => void classicIngress(p, { self: true }) },
  {
    id: "C14-inline",
    title: "self beside the group",
    expect: SERVICE,
    apply: (p) => inlineIngress(p, { self: true, securityGroups: [partsOf(p).gatewayGroup.id] }),
  },
  {
    id: "C14-itself",
    title: "the backend's group names itself",
    expect: SERVICE,
    apply: (p) => void ingress(p, { referencedSecurityGroupId: partsOf(p).backendGroup.id }),
  },
  {
    id: "C16",
    title: "from the VPC's default group",
    expect: SERVICE,
    apply(p) {
      const id = partsOf(p).vpc.out("defaultSecurityGroupId");
      serviceSource(p, { referencedSecurityGroupId: id }, { securityGroups: [id] });
    },
  },
  {
    id: "C17",
    title: "from the gateway's group and one more",
    expect: SERVICE,
    apply(p) {
      const other = p.add(GROUP, "partner", { vpcId: partsOf(p).vpc.id });
      ingress(p, { referencedSecurityGroupId: other.id });
    },
  },
  {
    id: "C17-inline",
    title: "both groups in one inline rule",
    expect: SERVICE,
    apply(p) {
      const other = p.add(GROUP, "partner", { vpcId: partsOf(p).vpc.id });
      inlineIngress(p, { securityGroups: [partsOf(p).gatewayGroup.id, other.id] });
    },
  },
  {
    id: "C17-prefix-list",
    title: "a prefix list as source",
    expect: SERVICE,
    apply(p) {
      const list = p.add("aws:ec2/managedPrefixList:ManagedPrefixList", "offices", {
        addressFamily: "IPv4",
        maxEntries: 5,
        entries: [{ cidr: "203.0.113.0/24" }],
      });
      ingress(p, { prefixListId: list.id });
    },
  },
  {
    id: "C17-foreign-prefix-list",
    title: "a prefix list from elsewhere",
    expect: SERVICE,
    apply: (p) => void ingress(p, { prefixListId: "pl-3b927c52" }),
  },
  {
    id: "C17-other-account",
    title: "a group of another account",
    expect: SERVICE,
    verdict: "unknown",
    knownVerdict: "violation",
    apply: (p) => void ingress(p, { referencedSecurityGroupId: "444455556666/sg-0fedcba9876543210" }),
  },
  {
    id: "C18",
    title: "a second group on the backend, open",
    expect: SERVICE,
    apply(p) {
      const { vpc, backendGroup, port } = partsOf(p);
      const second = p.add(GROUP, "second", {
        vpcId: vpc.id,
        ingress: [{ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: [ANYWHERE] }],
      });
      carry(p, [backendGroup.id, second.id]);
    },
  },
  {
    id: "C18-attached",
    title: "the second group is put on by an attachment",
    expect: SERVICE,
    apply(p) {
      const { vpc, backend, card } = partsOf(p);
      const second = p.add(GROUP, "second", { vpcId: vpc.id });
      ingress(p, { securityGroupId: second.id, cidrIpv4: ANYWHERE });
      const link = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment";
      p.add(link, "second", { securityGroupId: second.id, networkInterfaceId: card ? card.id : backend.out("primaryNetworkInterfaceId") });
    },
  },
  {
    id: "C20",
    title: "the backend without groups",
    expect: GROUPS,
    apply(p) {
      const { card } = partsOf(p);
      if (card) p.set(card, { securityGroups: undefined });
      else ownInterface(p, { vpcSecurityGroupIds: undefined });
    },
  },
  { id: "C20-empty", title: "the backend with an empty list of groups", expect: GROUPS, apply: (p) => carry(p, []) },
  {
    id: "C20-literal",
    title: "a group of the backend that is not part of the program",
    expect: GROUPS,
    verdict: "unknown",
    apply: (p) => carry(p, [partsOf(p).backendGroup.id, "sg-0123456789abcdef0"]),
  },
  {
    id: "C22",
    title: "the gateway's group on the backend as well",
    expect: GROUPS,
    apply: (p) => carry(p, [partsOf(p).backendGroup.id, partsOf(p).gatewayGroup.id]),
  },
  {
    id: "C22-function",
    title: "a function in the gateway's group",
    expect: "gateway-group-only-on-gateway",
    apply(p) {
      const { privateSubnet, gatewayGroup } = partsOf(p);
      p.add("aws:lambda/function:Function", "probe", {
        runtime: "nodejs22.x",
        vpcConfig: { subnetIds: [privateSubnet.id], securityGroupIds: [gatewayGroup.id] },
      });
    },
  },
  {
    id: "C22-instance",
    title: "another instance in the gateway's group",
    expect: "gateway-group-only-on-gateway",
    apply(p) {
      const { publicSubnet, gatewayGroup } = partsOf(p);
      p.add("aws:ec2/instance:Instance", "jump", { ...HEALTHY, subnetId: publicSubnet.id, vpcSecurityGroupIds: [gatewayGroup.id] });
    },
  },
  {
    id: "C23",
    title: "the service port of the gateway, from the world",
    expect: "gateway-no-service-port",
    apply: (p) => void ingress(p, { securityGroupId: partsOf(p).gatewayGroup.id, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C23-all",
    title: "everything of the gateway, from the world",
    expect: "gateway-no-service-port",
    apply: (p) =>
      void ingress(p, {
        securityGroupId: partsOf(p).gatewayGroup.id,
        ipProtocol: "-1",
        fromPort: undefined,
        toPort: undefined,
        cidrIpv6: "::/0",
      }),
  },
  {
    id: "C23-app",
    title: "the application server of the gateway, from the world",
    expect: "gateway-public-ports",
    apply: (p) => void ingress(p, { securityGroupId: partsOf(p).gatewayGroup.id, fromPort: 8000, toPort: 8000, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C24",
    title: "a public ALB with the backend behind it",
    expect: BALANCED,
    apply(p) {
      const { pool } = balancer(p, { internal: false, loadBalancerType: "application" });
      register(p, pool, { targetId: partsOf(p).backend.id });
    },
  },
  {
    id: "C24-rule",
    title: "the same by a listener rule, internal left out",
    expect: BALANCED,
    apply(p) {
      const { publicSubnet, vpc, backend, port } = partsOf(p);
      const front = p.add("aws:alb/loadBalancer:LoadBalancer", "front", { subnets: [publicSubnet.id] });
      const pool = p.add("aws:alb/targetGroup:TargetGroup", "front", { port, vpcId: vpc.id });
      const listener = p.add("aws:alb/listener:Listener", "front", {
        loadBalancerArn: front.arn,
        port: 443,
        defaultActions: [{ type: "fixed-response" }],
      });
      const actions = [{ type: "forward", forward: { targetGroups: [{ arn: pool.arn, weight: 1 }] } }];
      p.add("aws:alb/listenerRule:ListenerRule", "front", {
        listenerArn: listener.arn,
        actions,
        conditions: [{ pathPattern: { values: ["/api/*"] } }],
      });
      p.add("aws:alb/targetGroupAttachment:TargetGroupAttachment", "front", { targetGroupArn: pool.arn, targetId: backend.id, port });
    },
  },
  {
    id: "C24-classic",
    title: "a classic load balancer",
    expect: BALANCED,
    apply(p) {
      const { publicSubnet, backend, port } = partsOf(p);
      const listeners = [{ instancePort: port, instanceProtocol: "http", lbPort: 443, lbProtocol: "https" }];
      p.add("aws:elb/loadBalancer:LoadBalancer", "old", { subnets: [publicSubnet.id], instances: [backend.id], listeners });
    },
  },
  {
    id: "C24-chain",
    title: "a public NLB in front of an internal ALB of the backend",
    expect: BALANCED,
    apply(p) {
      const { privateSubnet, publicSubnet, vpc, backend } = partsOf(p);
      const { pool, arn } = balancer(p, { internal: true, subnets: [privateSubnet.id] });
      register(p, pool, { targetId: backend.id });
      const outer = p.add("aws:lb/loadBalancer:LoadBalancer", "outer", { loadBalancerType: "network", subnets: [publicSubnet.id] });
      const chain = p.add("aws:lb/targetGroup:TargetGroup", "outer", { targetType: "alb", port: 443, vpcId: vpc.id });
      p.add("aws:lb/listener:Listener", "outer", {
        loadBalancerArn: outer.arn,
        port: 443,
        defaultActions: [{ type: "forward", targetGroupArn: chain.arn }],
      });
      p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "outer", { targetGroupArn: chain.arn, targetId: arn });
    },
  },
  {
    id: "C24-outside",
    title: "the backend in a target group from elsewhere",
    expect: BALANCED,
    verdict: "unknown",
    apply: (p) =>
      register(
        p,
        { arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/x/0123456789abcdef" },
        { targetId: partsOf(p).backend.id },
      ),
  },
  {
    id: "C25",
    title: "a public NLB with the backend's address",
    expect: BALANCED,
    apply(p) {
      const { pool } = balancer(p, { internal: false, loadBalancerType: "network" }, { targetType: "ip", protocol: "TCP" });
      register(p, pool, { targetId: partsOf(p).backend.out("privateIp") });
    },
  },
  {
    id: "C25-accelerator",
    title: "Global Accelerator on the backend",
    expect: "backend-not-published",
    apply(p) {
      const endpointConfigurations = [{ endpointId: partsOf(p).backend.id, weight: 100 }];
      p.add("aws:globalaccelerator/endpointGroup:EndpointGroup", "fast", {
        listenerArn: "arn:aws:globalaccelerator::123456789012:accelerator/x/listener/y",
        endpointConfigurations,
      });
    },
  },
  {
    id: "C25-link",
    title: "API Gateway over an internal NLB of the backend",
    expect: "backend-not-published",
    apply(p) {
      const { pool, arn } = balancer(p, { internal: true, loadBalancerType: "network", subnets: [partsOf(p).privateSubnet.id] });
      register(p, pool, { targetId: partsOf(p).backend.id });
      p.add("aws:apigateway/vpcLink:VpcLink", "api", { targetArn: arn });
    },
  },
  {
    id: "C25-lattice",
    title: "VPC Lattice with the backend as target",
    expect: "backend-not-published",
    apply: (p) =>
      void p.add("aws:vpclattice/targetGroupAttachment:TargetGroupAttachment", "mesh", {
        targetGroupIdentifier: "tg-0123456789abcdef0",
        target: { id: partsOf(p).backend.id, port: partsOf(p).port },
      }),
  },
  {
    id: "C27",
    title: "SSH to the backend from the world",
    expect: SSH,
    apply: (p) => void ingress(p, { fromPort: 22, toPort: 22, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C27-vpc",
    title: "SSH to the backend from the VPC",
    expect: SSH,
    apply: (p) => void classicIngress(p, { fromPort: 20, toPort: 25, cidrBlocks: ["10.0.0.0/16"] }),
  },
  {
    id: "C27-endpoint",
    title: "an Instance Connect endpoint in the private subnet",
    expect: "backend-not-published",
    apply: (p) =>
      void p.add("aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint", "door", {
        subnetId: partsOf(p).privateSubnet.id,
      }),
  },
  {
    id: "C28",
    title: "SSH to the gateway from the world",
    expect: "gateway-ssh-restricted",
    apply: (p) => void ingress(p, { securityGroupId: partsOf(p).gatewayGroup.id, fromPort: 22, toPort: 22, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C28-halves",
    title: "from two halves of the Internet",
    expect: "gateway-ssh-restricted",
    apply(p) {
      const rule = { securityGroupId: partsOf(p).gatewayGroup.id, fromPort: 22, toPort: 22 };
      ingress(p, { ...rule, cidrIpv4: "0.0.0.0/1" }, "low");
      ingress(p, { ...rule, cidrIpv4: "128.0.0.0/1" }, "high");
    },
  },
  {
    id: "C28-sixteen",
    title: "from many blocks, none of them wide",
    expect: "gateway-ssh-restricted",
    apply(p) {
      const cidrBlocks = Array.from(
        { length: 16 },
        (_, index) => `${String(96 + 2 * (index % 4))}.${String(16 * Math.floor(index / 4) * 2)}.0.0/11`,
      );
      classicIngress(p, { securityGroupId: partsOf(p).gatewayGroup.id, fromPort: 22, toPort: 22, cidrBlocks });
    },
  },
  {
    id: "C28-list",
    title: "from a prefix list that holds the world",
    expect: "gateway-ssh-restricted",
    apply(p) {
      const list = p.add("aws:ec2/managedPrefixList:ManagedPrefixList", "all", { addressFamily: "IPv6", maxEntries: 5 });
      p.add("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", "all", { prefixListId: list.id, cidr: "::/0" });
      ingress(p, { securityGroupId: partsOf(p).gatewayGroup.id, fromPort: 22, toPort: 22, prefixListId: list.id });
    },
  },
  {
    id: "C29",
    title: "one inline rule with the gateway's group and the world",
    expect: SERVICE,
    apply: (p) => inlineIngress(p, { securityGroups: [partsOf(p).gatewayGroup.id], cidrBlocks: [ANYWHERE] }),
  },
  {
    id: "C31",
    title: "an ACL that lets the world in on the service port",
    expect: "acl-keeps-service-port-closed",
    apply(p) {
      const { vpc, privateSubnet, port } = partsOf(p);
      const ingressRules = [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: port, toPort: port, cidrBlock: ANYWHERE }];
      p.add("aws:ec2/networkAcl:NetworkAcl", "inner", { vpcId: vpc.id, subnetIds: [privateSubnet.id], ingress: ingressRules });
    },
  },
  {
    id: "C31-rule",
    title: "the same by separate resources, all protocols",
    expect: "acl-keeps-service-port-closed",
    apply(p) {
      const { vpc, privateSubnet } = partsOf(p);
      const acl = p.add("aws:ec2/networkAcl:NetworkAcl", "inner", { vpcId: vpc.id });
      p.add("aws:ec2/networkAclAssociation:NetworkAclAssociation", "inner", { networkAclId: acl.id, subnetId: privateSubnet.id });
      p.add("aws:ec2/networkAclRule:NetworkAclRule", "inner", {
        networkAclId: acl.id,
        ruleNumber: 100,
        ruleAction: "allow",
        protocol: "-1",
        ipv6CidrBlock: "::/0",
      });
    },
  },
  {
    id: "C32",
    title: "a rule on the literal id of a group",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => void ingress(p, { securityGroupId: "sg-0123456789abcdef0", cidrIpv4: ANYWHERE }),
  },
  {
    id: "C34",
    title: "a CloudFormation stack that opens the port",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply(p) {
      const Resources = {
        Open: { Type: "AWS::EC2::SecurityGroupIngress", Properties: { IpProtocol: "tcp", FromPort: 9000, ToPort: 9000, CidrIp: ANYWHERE } },
      };
      p.add("aws:cloudformation/stack:Stack", "extra", { templateBody: JSON.stringify({ Resources }) });
    },
  },
  {
    id: "C36",
    title: "ignoreChanges of ingress",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(partsOf(p).backendGroup, { ignoreChanges: ["ingress"] }),
  },
  {
    id: "C36-deep",
    title: "ignoreChanges of a part of it",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(partsOf(p).backendGroup, { ignoreChanges: ["ingress[0].cidrBlocks"] }),
  },
  {
    id: "C36-all",
    title: "ignoreChanges of everything",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(partsOf(p).backendGroup, { ignoreChanges: ["*"] }),
  },
  {
    id: "C36-groups",
    title: "ignoreChanges of the backend's groups",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(partsOf(p).backend, { ignoreChanges: ["vpcSecurityGroupIds"] }),
  },
  {
    id: "C36-subnet",
    title: "ignoreChanges of mapPublicIpOnLaunch",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(partsOf(p).privateSubnet, { ignoreChanges: ["mapPublicIpOnLaunch"] }),
  },
  {
    id: "C39",
    title: "everything out of the backend",
    expect: "backend-egress-limited",
    apply: (p) =>
      void p.add("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "all", {
        securityGroupId: partsOf(p).backendGroup.id,
        ipProtocol: "-1",
        cidrIpv4: ANYWHERE,
      }),
  },
  {
    id: "C39-classic",
    title: "the same, both families, as a classic rule",
    expect: "backend-egress-limited",
    apply: (p) =>
      void classicIngress(p, { type: "egress", protocol: "tcp", fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }),
  },
  {
    id: "C40",
    title: "a source that is not known",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => serviceSource(p, { cidrIpv4: UNKNOWN }, { cidrBlocks: [UNKNOWN] }),
  },
  {
    id: "C40-ports",
    title: "ports that are not known",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => void ingress(p, { fromPort: UNKNOWN, toPort: UNKNOWN, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C40-list",
    title: "an inline list that is not known",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => p.set(partsOf(p).backendGroup, { ingress: UNKNOWN }),
  },
  {
    id: "C40-group",
    title: "a rule whose group is not known",
    expect: SERVICE,
    verdict: "unknown",
    apply: (p) => void ingress(p, { securityGroupId: UNKNOWN, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C42",
    title: "the backend's group in another VPC",
    expect: "group-stays-in-vpc",
    apply(p) {
      const other = p.add("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.77.0.0/16" });
      p.add("aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation", "more", {
        securityGroupId: partsOf(p).backendGroup.id,
        vpcId: other.id,
      });
    },
  },
  {
    id: "C42-gateway",
    title: "the gateway's group in another VPC",
    expect: "group-stays-in-vpc",
    apply: (p) =>
      void p.add("aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation", "more", {
        securityGroupId: partsOf(p).gatewayGroup.id,
        vpcId: "vpc-0fedcba9876543210",
      }),
  },
  {
    id: "C-metrics",
    title: "another port of the backend, from the world",
    expect: "backend-no-public-ingress",
    apply: (p) => void ingress(p, { fromPort: 9100, toPort: 9100, cidrIpv4: ANYWHERE }),
  },
  {
    id: "C-mixed",
    title: "inline and separate rules of one group",
    expect: "rules-in-one-form",
    apply(p) {
      const { backendGroup, gatewayGroup } = partsOf(p);
      inlineIngress(p);
      ingress(p, { fromPort: 9100, toPort: 9100, securityGroupId: backendGroup.id, referencedSecurityGroupId: gatewayGroup.id });
    },
  },
  {
    id: "C-forwarding",
    title: "source/destination check off on the backend",
    expect: "forwarding-only-on-gateway",
    apply: (p) => p.set(partsOf(p).backend, { sourceDestCheck: false }),
  },
  {
    id: "C-nobody",
    title: "nobody may reach the service",
    expect: "service-port-open-to-gateway",
    apply: (p) =>
      serviceSource(
        p,
        { fromPort: 9001, toPort: 9001, referencedSecurityGroupId: partsOf(p).gatewayGroup.id },
        { fromPort: 9001, toPort: 9001, securityGroups: [partsOf(p).gatewayGroup.id] },
      ),
  },
  {
    id: "C-benign-balancer",
    title: "a public ALB in front of the gateway",
    expect: [],
    apply(p) {
      const { vpc, gateway, publicSubnet } = partsOf(p);
      const group = p.add(GROUP, "alb", {
        vpcId: vpc.id,
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [ANYWHERE] }],
        egress: [],
      });
      const { pool } = balancer(p, { internal: false, subnets: [publicSubnet.id], securityGroups: [group.id] });
      p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "front", { targetGroupArn: pool.arn, targetId: gateway.id, port: 80 });
    },
  },
  {
    id: "C-benign-internal",
    title: "an internal ALB with the backend behind it",
    expect: [],
    apply(p) {
      const { pool } = balancer(p, { internal: true, subnets: [partsOf(p).privateSubnet.id] });
      register(p, pool, { targetId: partsOf(p).backend.id });
    },
  },
  {
    id: "C-benign-function-target",
    title: "a public ALB in front of a function",
    expect: [],
    apply(p) {
      const { vpc } = partsOf(p);
      const group = p.add(GROUP, "alb", { vpcId: vpc.id, egress: [] });
      const { pool } = balancer(p, { internal: false, securityGroups: [group.id] }, { targetType: "lambda", port: undefined });
      const code = p.add("aws:lambda/function:Function", "hello", { runtime: "nodejs22.x" });
      p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "front", { targetGroupArn: pool.arn, targetId: code.arn });
    },
  },
  {
    id: "C-benign-accelerator",
    title: "Global Accelerator on the gateway's elastic address",
    expect: [],
    apply(p) {
      const address = p.add("aws:ec2/eip:Eip", "front", { domain: "vpc", instance: partsOf(p).gateway.id });
      p.add("aws:globalaccelerator/endpointGroup:EndpointGroup", "fast", {
        listenerArn: "arn:x",
        endpointConfigurations: [{ endpointId: address.id }],
      });
    },
  },
  {
    id: "C-benign-api",
    title: "API Gateway over a function and over somebody's web server",
    expect: [],
    apply(p) {
      const code = p.add("aws:lambda/function:Function", "hello", { runtime: "nodejs22.x" });
      const type = "aws:apigatewayv2/integration:Integration";
      p.add(type, "hello", { apiId: "abc", integrationType: "AWS_PROXY", integrationUri: code.out("invokeArn") });
      p.add(type, "there", { apiId: "abc", integrationType: "HTTP_PROXY", integrationUri: "https://api.example.com/v1" });
    },
  },
  {
    id: "C-benign-endpoint-own-group",
    title: "an interface endpoint that carries the backend's group",
    expect: [],
    apply(p) {
      const { vpc, privateSubnet, backendGroup } = partsOf(p);
      const inputs = { vpcEndpointType: "Interface", serviceName: "com.amazonaws.us-east-1.ssm", securityGroupIds: [backendGroup.id] };
      p.add("aws:ec2/vpcEndpoint:VpcEndpoint", "ssm", { vpcId: vpc.id, subnetIds: [privateSubnet.id], ...inputs });
    },
  },
  {
    id: "C-benign-nat-all",
    title: "everything of the gateway, from the backend's group (NAT)",
    expect: [],
    apply(p) {
      const { gatewayGroup, backendGroup } = partsOf(p);
      const all = { ipProtocol: "-1", fromPort: undefined, toPort: undefined, referencedSecurityGroupId: backendGroup.id };
      const inline = p.inputs(gatewayGroup).ingress as object[] | undefined;
      if (inline) p.set(gatewayGroup, { ingress: [...inline, { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["172.20.8.0/24"] }] });
      else ingress(p, { securityGroupId: gatewayGroup.id, ...all });
    },
  },
  {
    id: "C25-http",
    title: "API Gateway over HTTP to the backend's address",
    expect: "backend-not-published",
    apply(p) {
      const integrationUri = partsOf(p).backend.out("privateIp");
      p.add("aws:apigatewayv2/integration:Integration", "direct", { apiId: "abc", integrationType: "HTTP_PROXY", integrationUri });
    },
  },
  {
    id: "C25-literal",
    title: "a public NLB with a literal address of the private subnet",
    expect: BALANCED,
    apply(p) {
      const { pool } = balancer(p, { loadBalancerType: "network" }, { targetType: "ip", protocol: "TCP" });
      register(p, pool, { targetId: partsOf(p).inline ? "172.20.8.77" : "10.0.101.77" });
    },
  },
  {
    id: "C16-open-default",
    title: "the VPC's default group opened",
    expect: "default-group-closed",
    apply(p) {
      const type = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
      const [own] = p.findAll(type);
      const rules = { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] };
      if (own) p.set(own, rules);
      else p.add(type, "adopted", { vpcId: partsOf(p).vpc.id, ...rules });
    },
  },
  {
    id: "C17-two-unknown",
    title: "one unknown source that two groups flow into",
    expect: SERVICE,
    verdict: "unknown",
    apply(p) {
      const other = p.add(GROUP, "partner", { vpcId: partsOf(p).vpc.id });
      ingress(p, { referencedSecurityGroupId: computed(partsOf(p).gatewayGroup, other) });
    },
  },
  {
    id: "C32-read",
    title: "a group that is only read, on the backend",
    expect: SERVICE,
    verdict: "unknown",
    apply(p) {
      const read = p.add(GROUP, "legacy", {}, { external: true });
      carry(p, [partsOf(p).backendGroup.id, read.id]);
    },
  },
  {
    id: "C-benign-udp",
    title: "UDP on the service port's number, from the VPC",
    expect: [],
    apply(p) {
      const { gatewayGroup, port } = partsOf(p);
      const udp = { protocol: "17", fromPort: port, toPort: port, cidrBlocks: ["10.0.0.0/16"] };
      inlineIngress(p, { securityGroups: [gatewayGroup.id] }, udp);
    },
  },
  {
    id: "C-benign-acl",
    title: "an ACL that lets the gateway's subnet and answers in",
    expect: [],
    apply(p) {
      const { vpc, privateSubnet, port } = partsOf(p);
      const rule = (ruleNo: number, fromPort: number, toPort: number, cidrBlock: string, action = "allow"): object => ({
        ruleNo,
        action,
        protocol: "tcp",
        fromPort,
        toPort,
        cidrBlock,
      });
      const rules = [
        rule(100, port, port, "10.0.1.0/24"),
        rule(110, 22, 22, "10.0.1.0/24"),
        rule(120, port, port, ANYWHERE, "deny"),
        rule(200, 1024, 65535, ANYWHERE),
      ];
      p.add("aws:ec2/networkAcl:NetworkAcl", "inner", { vpcId: vpc.id, subnetIds: [privateSubnet.id], ingress: rules });
    },
  },
  {
    id: "C-benign-stack",
    title: "a CloudFormation stack of something else",
    expect: [],
    apply: (p) =>
      void p.add("aws:cloudformation/stack:Stack", "topic", {
        templateBody: JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } }),
      }),
  },
  {
    id: "C-benign-ignore",
    title: "ignoreChanges of tags",
    expect: [],
    apply: (p) => p.setOptions(partsOf(p).backendGroup, { ignoreChanges: ["tags"] }),
  },
  {
    id: "C-benign-other-group",
    title: "a group that the backend does not carry, open to the world",
    expect: [],
    apply(p) {
      const other = p.add(GROUP, "elsewhere", { vpcId: partsOf(p).vpc.id });
      ingress(p, { securityGroupId: other.id, cidrIpv4: ANYWHERE });
    },
  },
  {
    id: "C-benign-endpoint",
    title: "an interface endpoint with a group of its own, open to the backend",
    expect: [],
    apply(p) {
      const { vpc, privateSubnet, backendGroup } = partsOf(p);
      const group = p.add(GROUP, "endpoint", { vpcId: vpc.id });
      ingress(p, { securityGroupId: group.id, fromPort: 443, toPort: 443, referencedSecurityGroupId: backendGroup.id });
      p.add("aws:ec2/vpcEndpoint:VpcEndpoint", "logs", {
        vpcId: vpc.id,
        vpcEndpointType: "Interface",
        serviceName: "com.amazonaws.us-east-1.logs",
        subnetIds: [privateSubnet.id],
        securityGroupIds: [group.id],
      });
    },
  },
];
