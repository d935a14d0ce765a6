import type { Finding, Policy } from "../../core/types";
import { networkOf } from "../../graph/network/model";
import { backendSubnets } from "../../graph/network/placement";
import type { Subnet } from "../../graph/network/subnets";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "private-subnet-gives-no-public-address",
  severity: "high",
  control: "NET-2",
  tags: ["network", "subnet", "public-access"],
  description: "Private subnets give no public IPv4 or IPv6 address to hosts that start in them.",
  why: "The next host, started in a hurry, gets an address from its subnet though nobody asked for one.",
  remediationSteps: "Set mapPublicIpOnLaunch and assignIpv6AddressOnCreation to false, or leave them out.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Subnet("private", { vpcId: vpc.id, cidrBlock: "10.0.101.0/24", mapPublicIpOnLaunch: true });`,
  good: `new aws.ec2.Subnet("private", { vpcId: vpc.id, cidrBlock: "10.0.101.0/24", mapPublicIpOnLaunch: false });`,
  evaluate: (graph, settings) => distinct(backendSubnets(networkOf(graph, settings)).flatMap(check)),
};

function check({ resource, mapPublicIp, assignIpv6 }: Subnet): Finding[] {
  const found: Finding[] = [];
  const say = (given: boolean | "unknown" | undefined, option: string, family: string): void => {
    if (given === true)
      found.push(
        finding(
          "violation",
          resource,
          `${option} of the private subnet ${resource.name} is on: every host in it gets a public ${family} address. Set it to false.`,
        ),
      );
    if (given === "unknown")
      found.push(
        finding(
          "unknown",
          resource,
          `Whether ${option} of the private subnet ${resource.name} is on is not known yet. Give it a plain false.`,
        ),
      );
  };
  say(mapPublicIp, "mapPublicIpOnLaunch", "IPv4");
  say(assignIpv6, "assignIpv6AddressOnCreation (or ipv6Native)", "IPv6");
  return found;
}
