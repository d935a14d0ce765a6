import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccessMode, Egress, EgressTarget } from "../config/types";
import { tags } from "../naming";

export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  /** How the set-up steps reach port 22. */
  readonly access: AccessMode;
  /** IPv4 blocks that may connect to port 22 of the gateway; with another access than ssh nobody may. */
  readonly sshFrom: readonly string[];
  /** IPv4 blocks that may connect to port 443 of the gateway. */
  readonly httpsFrom: readonly string[];
  /** Whether a public load balancer stands in front of the gateway: then that is open to it alone. */
  readonly fronted: boolean;
  /** Port of nginx on the backend. */
  readonly servicePort: number;
  /** Whether an internal load balancer stands between gateway and backend. */
  readonly balanced: boolean;
  readonly egress: Egress;
  /** Whether interface endpoints lead to Systems Manager. */
  readonly ssmEndpoints: boolean;
  /** Services outside of the stack that the backend may connect to. */
  readonly targets: readonly EgressTarget[];
  readonly s3PrefixListId: pulumi.Input<string>;
}

/** Of `backend.port`, and of the policy pack. */
const DEFAULT_PORT = 9000;
const ANYWHERE = "0.0.0.0/0";

type Peer = { cidrIpv4: string } | { referencedSecurityGroupId: pulumi.Input<string> } | { prefixListId: pulumi.Input<string> };

/** gateway-sg and webserver-sg. Every rule has exactly one source, in a resource of its own, so that it can be evaluated by itself. */
export class Firewall extends pulumi.ComponentResource {
  readonly gatewayGroupId: pulumi.Output<string>;
  readonly backendGroupId: pulumi.Output<string>;
  /** Of the load balancer, where there is one. */
  readonly balancerGroupId?: pulumi.Output<string>;
  /** Of the public load balancer, where there is one. */
  readonly frontGroupId?: pulumi.Output<string>;
  /** Of the Instance Connect Endpoint, where there is one. */
  readonly connectGroupId?: pulumi.Output<string>;
  /** Of the interface endpoints of Systems Manager, where there are some. */
  readonly endpointGroupId?: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    args: FirewallArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ml-gateway:infra:Firewall", name, {}, opts);
    const gateway = this.group("gateway-sg", "Public host: HTTP, HTTPS and the SSH bastion", "gateway", args);
    const backend = this.group("webserver-sg", "Private host: reachable from the gateway only", "backend", args);
    this.gatewayGroupId = gateway.id;
    this.backendGroupId = backend.id;
    const fromGateway = { referencedSecurityGroupId: gateway.id };
    const toBackend = { referencedSecurityGroupId: backend.id };

    this.frontGroupId = args.fronted ? this.fronted(gateway, args) : undefined;
    if (!args.fronted) this.open("gateway", gateway, args);
    this.balancerGroupId = args.balanced ? this.balanced(gateway, backend, args) : undefined;
    if (!args.balanced) this.ingress("webserver-service", backend, "tcp", args.servicePort, fromGateway);
    if (args.access === "ssh") this.bastion(gateway, backend, args);
    this.connectGroupId = args.access === "instance-connect" ? this.connected(gateway, backend, args) : undefined;
    this.endpointGroupId = args.ssmEndpoints ? this.ssmEndpoints(gateway, backend, args) : undefined;

    if (!args.balanced) this.egress("gateway-service", gateway, "tcp", args.servicePort, toBackend);
    this.packages("gateway", gateway);
    if (args.egress === "none") {
      this.egress("webserver-s3", backend, "tcp", 443, { prefixListId: args.s3PrefixListId });
    } else {
      this.packages("webserver", backend);
    }
    for (const { port, cidr, securityGroup, description } of args.targets) {
      const peer = cidr === undefined ? { referencedSecurityGroupId: securityGroup ?? "" } : { cidrIpv4: cidr };
      this.egress(`webserver-${port}-${cidr ?? securityGroup ?? ""}`, backend, "tcp", port, peer, description);
    }
    if (args.egress === "gateway") {
      // What the NAT instance passes on has to come in: 80 is open to all but behind a load balancer, 443 only by default, time is not.
      this.ingress("gateway-nat-ntp", gateway, "udp", 123, toBackend);
      if (args.fronted) this.ingress("gateway-nat-http", gateway, "tcp", 80, toBackend);
      if (args.fronted || !args.httpsFrom.includes(ANYWHERE)) this.ingress("gateway-nat-https", gateway, "tcp", 443, toBackend);
    }
    this.registerOutputs({ gatewayGroupId: this.gatewayGroupId, backendGroupId: this.backendGroupId });
  }

  /** What clients reach. */
  private open(key: string, group: aws.ec2.SecurityGroup, { httpsFrom }: FirewallArgs): void {
    this.ingress(`${key}-http`, group, "tcp", 80, { cidrIpv4: ANYWHERE });
    for (const block of httpsFrom) {
      this.ingress(block === ANYWHERE ? `${key}-https` : `${key}-https-${block}`, group, "tcp", 443, { cidrIpv4: block });
    }
  }

  /** Clients -> load balancer -> gateway, and no other way. */
  private fronted(gateway: aws.ec2.SecurityGroup, args: FirewallArgs): pulumi.Output<string> {
    const front = this.group("front-sg", "Public load balancer: HTTP and HTTPS, reaches the gateway only", undefined, args);
    this.open("front", front, args);
    this.egress("front-gateway", front, "tcp", 80, { referencedSecurityGroupId: gateway.id });
    this.ingress("gateway-front", gateway, "tcp", 80, { referencedSecurityGroupId: front.id });
    return front.id;
  }

  /**
   * Gateway -> load balancer -> backend, and no other way. Rules of their own, because Pulumi removes those of the way before last: a stack that
   * stands has both until the gateway has changed over.
   */
  private balanced(gateway: aws.ec2.SecurityGroup, backend: aws.ec2.SecurityGroup, args: FirewallArgs): pulumi.Output<string> {
    const { servicePort: port } = args;
    const balancer = this.group("balancer-sg", "Internal load balancer: reachable from the gateway only", undefined, args);
    this.ingress("balancer-service", balancer, "tcp", port, { referencedSecurityGroupId: gateway.id });
    this.egress("balancer-service", balancer, "tcp", port, { referencedSecurityGroupId: backend.id });
    this.ingress("webserver-balancer", backend, "tcp", port, { referencedSecurityGroupId: balancer.id });
    this.egress("gateway-balancer", gateway, "tcp", port, { referencedSecurityGroupId: balancer.id });
    return balancer.id;
  }

  /** Operator -> gateway -> backend. */
  private bastion(gateway: aws.ec2.SecurityGroup, backend: aws.ec2.SecurityGroup, { sshFrom }: FirewallArgs): void {
    for (const block of sshFrom) {
      this.ingress(`gateway-ssh-${block}`, gateway, "tcp", 22, { cidrIpv4: block });
    }
    this.ingress("webserver-ssh", backend, "tcp", 22, { referencedSecurityGroupId: gateway.id });
    this.egress("gateway-ssh", gateway, "tcp", 22, { referencedSecurityGroupId: backend.id });
  }

  /** Endpoint -> each host, and nothing else: the gateway is no bastion then. */
  private connected(gateway: aws.ec2.SecurityGroup, backend: aws.ec2.SecurityGroup, args: FirewallArgs): pulumi.Output<string> {
    const door = this.group("connect-sg", "EC2 Instance Connect Endpoint: reaches SSH of both hosts, and nothing else", undefined, args);
    const from = { referencedSecurityGroupId: door.id };
    this.ingress("gateway-connect", gateway, "tcp", 22, from);
    this.ingress("webserver-connect", backend, "tcp", 22, from);
    this.egress("connect-gateway", door, "tcp", 22, { referencedSecurityGroupId: gateway.id });
    this.egress("connect-webserver", door, "tcp", 22, { referencedSecurityGroupId: backend.id });
    return door.id;
  }

  /** The names of the service lead to the endpoints in the whole VPC, so the gateway's agent comes by them as well. */
  private ssmEndpoints(gateway: aws.ec2.SecurityGroup, backend: aws.ec2.SecurityGroup, args: FirewallArgs): pulumi.Output<string> {
    const endpoints = this.group("ssm-sg", "Interface endpoints of Systems Manager: reachable from both hosts", undefined, args);
    this.ingress("ssm-gateway", endpoints, "tcp", 443, { referencedSecurityGroupId: gateway.id });
    this.ingress("ssm-webserver", endpoints, "tcp", 443, { referencedSecurityGroupId: backend.id });
    this.egress("webserver-ssm", backend, "tcp", 443, { referencedSecurityGroupId: endpoints.id });
    return endpoints.id;
  }

  private group(title: string, description: string, role: "gateway" | "backend" | undefined, args: FirewallArgs): aws.ec2.SecurityGroup {
    const { vpcId, servicePort, access } = args;
    // The policy pack reads them; a stack with the default port, or reached by ssh, has no such tag.
    const way: Record<string, string> = role !== undefined && access !== "ssh" ? { SshAccess: access } : {};
    const port: Record<string, string> = role === "backend" && servicePort !== DEFAULT_PORT ? { ServicePort: String(servicePort) } : {};
    return new aws.ec2.SecurityGroup(
      `${this.name}-${title}`,
      { vpcId, description, tags: { ...tags(title, role), ...port, ...way } },
      { parent: this },
    );
  }

  private ingress(key: string, group: aws.ec2.SecurityGroup, ipProtocol: string, port: number, source: Peer): void {
    const args = { securityGroupId: group.id, ipProtocol, fromPort: port, toPort: port, ...source, tags: tags(key) };
    new aws.vpc.SecurityGroupIngressRule(`${this.name}-in-${key}`, args, { parent: this });
  }

  private egress(key: string, group: aws.ec2.SecurityGroup, ipProtocol: string, port: number, target: Peer, description?: string): void {
    const about = description === undefined ? {} : { description };
    const args = { securityGroupId: group.id, ipProtocol, fromPort: port, toPort: port, ...target, ...about, tags: tags(key) };
    new aws.vpc.SecurityGroupEgressRule(`${this.name}-out-${key}`, args, { parent: this });
  }

  /** Package registries and time; nothing else leaves a host. */
  private packages(key: string, group: aws.ec2.SecurityGroup): void {
    this.egress(`${key}-http`, group, "tcp", 80, { cidrIpv4: ANYWHERE });
    this.egress(`${key}-https`, group, "tcp", 443, { cidrIpv4: ANYWHERE });
    this.egress(`${key}-ntp`, group, "udp", 123, { cidrIpv4: ANYWHERE });
  }
}
