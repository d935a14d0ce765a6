/** AWS services that carry connections to a private host from outside its network, other than load balancers. */
import { ofType } from "../../core/graph";
import type { Resource, Value } from "../../core/types";
import { asArray, asString, isAbsent, isUnknown } from "../../core/values";
import { balancerTargetsBackend } from "./balancers";
import { isBackend, literalTargetsBackend } from "./backend-target";
import type { Certainty } from "./backend-target";
import * as kinds from "./kinds";
import { nestedTargets } from "./network-interface";
import type { Network } from "./model";
import { backendSubnets } from "./placement";
import { isElsewhere, property, targetsOf } from "./targets";
import type { Targets } from "./targets";

/** A service that publishes the backend, or may. */
export interface Publication {
  readonly resource: Resource;
  readonly certainty: Exclude<Certainty, "no">;
  /** What it does, for messages: "CloudFront publishes ...". */
  readonly text: string;
}

const ENDS =
  /^aws:(ec2\/(networkInterface:NetworkInterface|instance:Instance|spotInstanceRequest:SpotInstanceRequest)|(lb|alb|elb|elasticloadbalancing|elasticloadbalancingv2|applicationloadbalancing)\/loadBalancer:LoadBalancer|(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/listener:Listener)$/;

interface Publisher {
  readonly type: string;
  /** Where its target stands: a property, and the fields in it (the property itself where there are none). */
  readonly key: string;
  readonly fields?: RegExp;
  readonly does: string;
}

const PUBLISHERS: readonly Publisher[] = [
  { type: "aws:cloudfront/vpcOrigin:VpcOrigin", key: "vpcOriginEndpointConfig", fields: /^arn$/, does: "lets CloudFront publish" },
  {
    type: "aws:globalaccelerator/endpointGroup:EndpointGroup",
    key: "endpointConfigurations",
    fields: /^endpointId$/,
    does: "gives anycast addresses of Global Accelerator to",
  },
  {
    type: "aws:ec2/vpcEndpointService:VpcEndpointService",
    key: "networkLoadBalancerArns",
    does: "offers to other accounts by PrivateLink",
  },
  { type: "aws:apigateway/vpcLink:VpcLink", key: "targetArn", does: "lets API Gateway publish" },
  { type: "aws:apigatewayv2/integration:Integration", key: "integrationUri", does: "lets API Gateway publish" },
  { type: "aws:apigateway/integration:Integration", key: "integrationTarget", does: "lets API Gateway publish" },
  { type: "aws:vpclattice/targetGroupAttachment:TargetGroupAttachment", key: "target", fields: /^id$/, does: "lets VPC Lattice publish" },
  {
    type: "aws:vpclattice/resourceConfiguration:ResourceConfiguration",
    key: "resourceConfigurationDefinition",
    fields: /^(ipAddress|domainName|arn)$/,
    does: "lets VPC Lattice publish",
  },
  {
    type: "aws:verifiedaccess/endpoint:Endpoint",
    key: "networkInterfaceOptions",
    fields: /^networkInterfaceId$/,
    does: "lets Verified Access publish",
  },
  {
    type: "aws:verifiedaccess/endpoint:Endpoint",
    key: "loadBalancerOptions",
    fields: /^loadBalancerArn$/,
    does: "lets Verified Access publish",
  },
  { type: "aws:ec2/trafficMirrorSession:TrafficMirrorSession", key: "networkInterfaceId", does: "copies all traffic of" },
  { type: "aws:ec2/networkInterfacePermission:NetworkInterfacePermission", key: "networkInterfaceId", does: "lets another account attach" },
];

/** Services that open a whole subnet rather than one host. */
const DOORS: readonly Publisher[] = [
  {
    type: "aws:globalaccelerator/customRoutingEndpointGroup:CustomRoutingEndpointGroup",
    key: "endpointConfigurations",
    fields: /^endpointId$/,
    does: "gives anycast addresses of Global Accelerator to all hosts of",
  },
  { type: "aws:ec2clientvpn/networkAssociation:NetworkAssociation", key: "subnetId", does: "opens a client VPN into" },
  {
    type: "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
    key: "subnetId",
    does: "opens a tunnel past the bastion into",
  },
  {
    type: "aws:verifiedaccess/endpoint:Endpoint",
    key: "cidrOptions",
    fields: /^subnetIds$/,
    does: "lets Verified Access publish all hosts of",
  },
  { type: "aws:ram/resourceAssociation:ResourceAssociation", key: "resourceArn", does: "lets other accounts start hosts in" },
  { type: "aws:vpclattice/resourceGateway:ResourceGateway", key: "subnetIds", does: "lets VPC Lattice into" },
];

export function publications(network: Network): Publication[] {
  return [
    ...PUBLISHERS.flatMap((publisher) => each(network, publisher, ENDS, (found) => endsTargetBackend(network, found))),
    ...DOORS.flatMap((door) => each(network, door, kinds.SUBNET, (found) => doorOpensBackend(network, found))),
  ];
}

function each(
  network: Network,
  { type, key, fields, does }: Publisher,
  kind: RegExp,
  certainty: (found: Targets) => Certainty,
): Publication[] {
  const { graph } = network;
  return ofType(graph, type).flatMap((resource): Publication[] => {
    const given = fields ? nestedTargets(graph, resource, key, fields, kind) : targetsOf(graph, resource, key, kind);
    const found = given && { ...given, blind: given.blind && !isElsewhere(graph, resource, key) };
    const answer = found ? certainty(found) : "no";
    const what =
      [...(found?.certain.map(({ name }) => name) ?? []), ...(found?.literals ?? [])].join(", ") || "something that is not known yet";
    return answer === "no" ? [] : [{ resource, certainty: answer, text: `${does} ${what}` }];
  });
}

/** Do these ends (hosts, interfaces, balancers, listeners, literal addresses) lead to the backend? */
function endsTargetBackend(network: Network, found: Targets): Certainty {
  const answers = [
    ...found.certain.map((one) => resourceTargetsBackend(network, one)),
    ...found.literals.map((literal) => literalEnd(network, literal, found.maybe)),
    ...(found.literals.length === 0 && found.maybe.some((one) => resourceTargetsBackend(network, one) !== "no") ? ["maybe" as const] : []),
    ...(found.blind ? ["maybe" as const] : []),
  ];
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}

/** A load balancer from elsewhere may have the backend behind it; another id from elsewhere is somebody else's. */
function literalEnd(network: Network, literal: string, maybe: readonly Resource[]): Certainty {
  if (/^arn:[\w-]+:elasticloadbalancing:/.test(literal)) return "maybe";
  return literalTargetsBackend(network, literal, maybe, network.settings.servicePort);
}

function resourceTargetsBackend(network: Network, resource: Resource): Certainty {
  if (resource.type.endsWith(":LoadBalancer")) return balancerTargetsBackend(network, resource);
  if (!kinds.LISTENER.test(resource.type)) return isBackend(network, resource);
  const owner = targetsOf(network.graph, resource, "loadBalancerArn", kinds.LOAD_BALANCER);
  return owner ? endsTargetBackend(network, owner) : "maybe";
}

/** Is one of these subnets a backend's? */
function doorOpensBackend(network: Network, given: Targets): Certainty {
  // What is shared by ARN may be anything but a subnet.
  const literals = given.literals.filter((literal) => /^subnet-|:subnet\//.test(literal));
  const found = { ...given, literals, maybe: literals.length === given.literals.length ? given.maybe : [] };
  const own = new Set(backendSubnets(network).map(({ resource }) => resource));
  if (found.certain.some((subnet) => own.has(subnet))) return "yes";
  return found.blind || found.literals.length > 0 || found.maybe.some((subnet) => own.has(subnet)) ? "maybe" : "no";
}

/** Endpoint services that anybody may connect to, whatever stands behind them. `principal` is undefined where it is not known. */
export function openServices({ graph }: Network): { readonly resource: Resource; readonly principal: string | undefined }[] {
  const inline = ofType(graph, "aws:ec2/vpcEndpointService:VpcEndpointService").map(
    (resource) => [resource, property(resource, "allowedPrincipals")] as const,
  );
  const separate = ofType(graph, "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple").map(
    (resource) => [resource, property(resource, "principalArn")] as const,
  );
  return [...inline, ...separate].flatMap(([resource, value]) => {
    const principals = elements(value);
    const open = principals.map(asString).find((text) => text === "*" || /^arn:[\w-]+:iam::\*:/.test(text ?? ""));
    return open !== undefined || principals.some((one) => isUnknown(one)) ? [{ resource, principal: open }] : [];
  });
}

function elements(value: Value | undefined): Value[] {
  return isAbsent(value) || value === undefined ? [] : (asArray(value) ?? [value]);
}
