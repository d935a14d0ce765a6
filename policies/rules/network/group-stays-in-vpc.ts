import type { Policy } from "../../core/types";
import { ofType } from "../../core/graph";
import { describeGroup, groupRef, mayBeIn } from "../../graph/network/groups";
import { VPC } from "../../graph/network/kinds";
import { networkOf } from "../../graph/network/model";
import { property, targetOf } from "../../graph/network/targets";
import { distinct, finding, NETWORK_TYPES } from "./report";

const LINKS =
  /^(aws:vpc\/securityGroupVpcAssociation:SecurityGroupVpcAssociation|aws-native:ec2:SecurityGroupVpcAssociation|aws:ram\/resourceAssociation:ResourceAssociation)$/;

export const policy: Policy = {
  id: "group-stays-in-vpc",
  severity: "high",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The security groups of the gateway and the backend are not associated with a second VPC, nor shared with other accounts.",
  why: "Hosts of the other VPC can then become members: of the gateway's group, which the backend lets in, or of the backend's, with its rules.",
  remediationSteps: "Remove the association; make a group of its own in the other VPC.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupVpcAssociation("more", { securityGroupId: backendGroup.id, vpcId: otherVpc.id });`,
  good: `new aws.ec2.SecurityGroup("other", { vpcId: otherVpc.id });`,
  evaluate(graph, settings) {
    const { guards, gateways } = networkOf(graph, settings);
    const ours = new Map([...guards, ...gateways]);
    const links = ofType(graph, LINKS);
    return distinct(
      links.flatMap((link) => {
        const key = link.type.startsWith("aws:ram/") ? "resourceArn" : link.type.startsWith("aws-native") ? "groupId" : "securityGroupId";
        const ref = groupRef(graph, link, key, property(link, key)) ?? { maybe: [] };
        const lost = !ref.is && ref.maybe.length === 0;
        if (!lost && !mayBeIn(ref, ours)) return [];
        if (lost && key === "resourceArn") return [];
        const vpc = targetOf(graph, link, "vpcId", VPC);
        if (key === "resourceArn")
          return ref.is
            ? [
                finding(
                  "violation",
                  link,
                  `${link.name} shares ${describeGroup(ref)} with other accounts: their hosts become members of the group. Remove it.`,
                ),
              ]
            : [];
        const where = vpc?.is?.name ?? vpc?.literal ?? "that is not known yet";
        const text = `${link.name} associates ${describeGroup(ref)} with the VPC ${where}`;
        return ref.is
          ? [finding("violation", link, `${text}: hosts there become members of the group. Remove it.`)]
          : [finding("unknown", link, `${text}: whether that is a group of the backend or the gateway is not known.`)];
      }),
    );
  },
};
