/** Short words for programs in the manner of public examples: no roles, no tags of ours. */
import { program } from "../core/builder";
import type { Handle, Program } from "../core/builder";

export interface Stranger {
  readonly title: string;
  /** `policy verdict name` of each finding but roles-configured, sorted; [] for a good program. */
  readonly expect: readonly string[];
  readonly build: (p: Program) => void;
}

export const ANYWHERE = ["0.0.0.0/0"];
export const OUT = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ANYWHERE }];
export const tcp = (port: number, cidrBlocks: readonly string[] = ANYWHERE): object => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks: [...cidrBlocks],
});

export const newProgram = (): Program => program(undefined, "dev", "example");

export const group = (p: Program, name: string, ingress: readonly object[], more: object = {}): Handle =>
  p.add("aws:ec2/securityGroup:SecurityGroup", name, { ingress, egress: OUT, ...more });

/** An EC2 instance with nothing said that a tutorial leaves out. */
export const instance = (p: Program, name: string, inputs: object): Handle =>
  p.add("aws:ec2/instance:Instance", name, { ami: "ami-0123456789abcdef0", instanceType: "t3.micro", tags: { Name: name }, ...inputs });

export const SAFE_HOST = {
  metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
  rootBlockDevice: { encrypted: true },
};

export const role = (p: Program, name: string, service: string): Handle =>
  p.add("aws:iam/role:Role", name, {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    }),
  });

export const attach = (p: Program, name: string, to: Handle, policyArn: string): Handle =>
  p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", name, { role: to.out("name"), policyArn });

/** A VPC with a public and a private subnet, each with its table; NAT for the private one. */
export function vpcWithNat(p: Program): { readonly vpc: Handle; readonly open: Handle; readonly inner: Handle } {
  const vpc = p.add("aws:ec2/vpc:Vpc", "main", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  const internet = p.add("aws:ec2/internetGateway:InternetGateway", "main", { vpcId: vpc.id });
  const subnet = (name: string, cidrBlock: string, mapPublicIpOnLaunch: boolean): Handle =>
    p.add("aws:ec2/subnet:Subnet", name, { vpcId: vpc.id, cidrBlock, mapPublicIpOnLaunch });
  const [open, inner] = [subnet("open", "10.0.0.0/24", true), subnet("inner", "10.0.1.0/24", false)];
  const address = p.add("aws:ec2/eip:Eip", "nat", { domain: "vpc" });
  const nat = p.add("aws:ec2/natGateway:NatGateway", "nat", { subnetId: open.id, allocationId: address.id });
  const table = (name: string, to: object, of: Handle): void => {
    const made = p.add("aws:ec2/routeTable:RouteTable", name, { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", ...to }] });
    p.add("aws:ec2/routeTableAssociation:RouteTableAssociation", name, { subnetId: of.id, routeTableId: made.id });
  };
  table("open", { gatewayId: internet.id }, open);
  table("inner", { natGatewayId: nat.id }, inner);
  return { vpc, open, inner };
}
