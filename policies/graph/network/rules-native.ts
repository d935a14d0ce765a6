/** Security group rules that are written with the AWS Cloud Control provider (`aws-native`) on groups of the program. */
import { ofType } from "../../core/graph";
import type { Graph } from "../../core/types";
import { separateRule } from "./rules";
import type { Rule } from "./rules";
import type { SourceFields } from "./sources";

const INGRESS: SourceFields = { cidrs: ["cidrIp", "cidrIpv6"], groups: ["sourceSecurityGroupId"], prefixLists: ["sourcePrefixListId"] };
const EGRESS: SourceFields = {
  cidrs: ["cidrIp", "cidrIpv6"],
  groups: ["destinationSecurityGroupId"],
  prefixLists: ["destinationPrefixListId"],
};

export function nativeRules(graph: Graph): Rule[] {
  return [
    ...ofType(graph, "aws-native:ec2:SecurityGroupIngress").flatMap((rule) =>
      separateRule(graph, rule, "ingress", INGRESS, "ipProtocol", "groupId"),
    ),
    ...ofType(graph, "aws-native:ec2:SecurityGroupEgress").flatMap((rule) =>
      separateRule(graph, rule, "egress", EGRESS, "ipProtocol", "groupId"),
    ),
  ];
}
