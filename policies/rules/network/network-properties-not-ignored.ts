import type { Finding, Policy, Resource } from "../../core/types";
import { describe } from "../../graph/network/model";
import { distinct, finding } from "./report";

/** Properties that decide who reaches what, by type. */
const PROPERTIES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/:(Default)?SecurityGroup$/, ["ingress", "egress", "vpcId", "securityGroupIngress", "securityGroupEgress"]],
  [
    /:SecurityGroup(Ingress|Egress)?(Rule)?$/,
    [
      ...[
        "securityGroupId",
        "type",
        "protocol",
        "ipProtocol",
        "fromPort",
        "toPort",
        "cidrBlocks",
        "ipv6CidrBlocks",
        "cidrIpv4",
        "cidrIpv6",
        "self",
      ],
      ...["sourceSecurityGroupId", "referencedSecurityGroupId", "prefixListId", "prefixListIds", "groupId", "cidrIp"],
    ],
  ],
  [
    /:(Instance|SpotInstanceRequest|LaunchTemplate|LaunchConfiguration|NetworkInterface|Group|Fleet|SpotFleetRequest)$/,
    [
      ...["associatePublicIpAddress", "subnetId", "vpcSecurityGroupIds", "securityGroups", "networkInterfaces", "primaryNetworkInterface"],
      ...["ipv6AddressCount", "ipv6Addresses", "vpcZoneIdentifiers", "launchTemplate", "sourceDestCheck", "attachments"],
    ],
  ],
  [/:(Default)?Subnet$/, ["mapPublicIpOnLaunch", "assignIpv6AddressOnCreation", "ipv6Native", "vpcId"]],
  [/:(Default)?RouteTable$/, ["routes", "propagatingVgws"]],
  [/:(Main)?RouteTableAssociation$/, ["routeTableId", "subnetId"]],
  [
    /:Route$/,
    [
      "gatewayId",
      "natGatewayId",
      "networkInterfaceId",
      "routeTableId",
      "egressOnlyGatewayId",
      "destinationCidrBlock",
      "destinationIpv6CidrBlock",
    ],
  ],
  [/:(Default)?NetworkAcl(Rule)?$/, ["ingress", "egress", "subnetIds", "cidrBlock", "ipv6CidrBlock", "ruleAction", "fromPort", "toPort"]],
  [/:(ManagedPrefixList|ManagedPrefixListEntry)$/, ["entries", "cidr"]],
  [/:(LoadBalancer|VpcEndpointService)$/, ["internal", "scheme", "allowedPrincipals"]],
];

export const policy: Policy = {
  id: "network-properties-not-ignored",
  severity: "high",
  checklist: "Port 9000 only from gateway-sg",
  description: "No ignoreChanges keeps Pulumi from correcting a property that decides who reaches what.",
  why: "What somebody opens by hand on an ignored property stays open for ever, and no preview shows it.",
  mend: "Take the property out of ignoreChanges.",
  level: "mandatory",
  local: true,
  bad: `new aws.ec2.SecurityGroup("backend", { vpcId, ingress }, { ignoreChanges: ["ingress"] });`,
  good: `new aws.ec2.SecurityGroup("backend", { vpcId, ingress }, { ignoreChanges: ["tags"] });`,
  evaluate: (graph) => distinct(graph.resources.flatMap(judge)),
};

function judge(resource: Resource): Finding[] {
  const ignored = resource.options.ignoreChanges ?? [];
  if (ignored.length === 0 || !/^aws(-native)?:/.test(resource.type)) return [];
  const properties = PROPERTIES.filter(([type]) => type.test(resource.type) && networkType(resource.type)).flatMap(([, names]) => names);
  return ignored
    .filter((path) => (path === "*" ? properties.length > 0 : properties.includes(topOf(path))))
    .map((path) =>
      finding(
        "violation",
        resource,
        `${describe(resource)} ignores changes of ${path}: what is opened there by hand stays open. Take it out of ignoreChanges.`,
      ),
    );
}

/** The name of an EC2 type may be that of something else in another module (an rds Instance). */
function networkType(type: string): boolean {
  return /^(aws:(ec2|vpc|lb|alb|elb|autoscaling)\/|aws-native:(ec2|elasticloadbalancingv2|autoscaling):)/.test(type);
}

/** `ingress[0].cidrBlocks` and `ingress` are of the same property. */
function topOf(path: string): string {
  return path.replace(/^\["?([^"\]]+)"?\].*$/, "$1").replace(/[.[].*$/, "");
}
