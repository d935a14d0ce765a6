/** The parts of a clean program that network mutations change, whoever wrote the program. */
import type { Handle, Program } from "../core/builder";
import type { NetworkParts } from "./stack";

export interface Parts extends NetworkParts {
  /** The interface that carries the backend, where it is a resource of its own. */
  readonly card: Handle | undefined;
  readonly port: number;
  /** True where the program writes rules inside its groups. */
  readonly inline: boolean;
}

const TYPES = {
  subnet: "aws:ec2/subnet:Subnet",
  group: "aws:ec2/securityGroup:SecurityGroup",
  instance: "aws:ec2/instance:Instance",
  table: /^aws:ec2\/(routeTable:RouteTable|defaultRouteTable:DefaultRouteTable)$/,
} as const;

/** Finds them by the Role tags, or by the names that the foreign stack of `stack.ts` has. */
export function partsOf(p: Program): Parts {
  const foreign = p.findAll(TYPES.instance, "api-1").length > 0;
  const first = (found: Handle[], what: string): Handle => {
    if (!found[0]) throw new Error(`no ${what}`);
    return found[0];
  };
  const pick = (type: string | RegExp, role: string, name: string): Handle => {
    if (foreign) return p.find(type, name);
    const found = p.findAll(type).find((one) => (p.inputs(one).tags as Record<string, unknown> | undefined)?.Role === role);
    if (!found) throw new Error(`no ${String(type)} with Role=${role}`);
    return found;
  };
  return {
    vpc: first(p.findAll("aws:ec2/vpc:Vpc"), "VPC"),
    internet: p.find("aws:ec2/internetGateway:InternetGateway"),
    publicTable: p.find(TYPES.table, foreign ? "dmz" : /public$/),
    privateTable: p.find(TYPES.table, foreign ? "core" : /private$/),
    publicSubnet: pick(TYPES.subnet, "public", "dmz-1"),
    privateSubnet: pick(TYPES.subnet, "private", "core-1"),
    gatewayGroup: pick(TYPES.group, "gateway", "edge"),
    backendGroup: pick(TYPES.group, "backend", "api"),
    gateway: pick(TYPES.instance, "gateway", "edge-1"),
    backend: pick(TYPES.instance, "backend", "api-1"),
    card: p.findAll("aws:ec2/networkInterface:NetworkInterface", "api")[0],
    port: foreign ? 8443 : 9000,
    inline: foreign,
  };
}

/** An ingress rule of its own on the backend's group (or another), for the service port unless said. */
export function ingress(p: Program, inputs: Record<string, unknown>, name = "extra"): Handle {
  const { backendGroup, port } = partsOf(p);
  return p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, {
    securityGroupId: backendGroup.id,
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    ...inputs,
  });
}

/** The same as aws.ec2.SecurityGroupRule. */
export function classicIngress(p: Program, inputs: Record<string, unknown>, name = "extra"): Handle {
  const { backendGroup, port } = partsOf(p);
  const rule = { type: "ingress", securityGroupId: backendGroup.id, protocol: "tcp", fromPort: port, toPort: port };
  return p.add("aws:ec2/securityGroupRule:SecurityGroupRule", name, { ...rule, ...inputs });
}

/** Writes the backend's rules inside its group: service and SSH from the gateway, and one more. */
export function inlineIngress(p: Program, ...more: Record<string, unknown>[]): void {
  const { backendGroup, gatewayGroup, port } = partsOf(p);
  for (const rule of p.findAll(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    /webserver-(service|ssh)$|^Ingress-(service|ssh)$/,
  ))
    p.remove(rule);
  const from = { securityGroups: [gatewayGroup.id] };
  const rules =
    more.length > 0
      ? more.map((rule) => ({ protocol: "tcp", fromPort: port, toPort: port, ...rule }))
      : [{ protocol: "tcp", fromPort: port, toPort: port, ...from }];
  p.set(backendGroup, { ingress: [...rules, { protocol: "tcp", fromPort: 22, toPort: 22, ...from }] });
}

/** Replaces the source of the service rule. `single` for a rule resource, `inline` for a list inside the group. */
export function serviceSource(p: Program, single: Record<string, unknown>, inline: Record<string, unknown>): void {
  if (partsOf(p).inline) return inlineIngress(p, inline);
  const rule = p.findAll("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").find((one) => p.inputs(one).fromPort === 9000);
  if (!rule) throw new Error("the program has no rule for the service port");
  p.set(rule, { referencedSecurityGroupId: undefined, ...single });
}

/** What a healthy instance of the program has besides its place in the network. */
export const HEALTHY = {
  ami: "ami-0123456789abcdef0",
  instanceType: "t3.micro",
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
  rootBlockDevice: { encrypted: true, volumeSize: 16 },
};
export const ANYWHERE = "0.0.0.0/0";

/** The backend gives up the interface that it was given, for settings of its own. */
export function ownInterface(p: Program, inputs: Record<string, unknown>): void {
  const { backend, backendGroup, privateSubnet } = partsOf(p);
  p.set(backend, {
    networkInterfaces: undefined,
    subnetId: privateSubnet.id,
    vpcSecurityGroupIds: [backendGroup.id],
    ...inputs,
  });
}
