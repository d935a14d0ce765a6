import { ofType } from "../../core/graph";
import type { Finding, Policy, Resource } from "../../core/types";
import { asArray, isUnknown } from "../../core/values";
import { groupOf } from "../../graph/network/groups";
import { DEFAULT_SECURITY_GROUP } from "../../graph/network/kinds";
import { networkOf } from "../../graph/network/model";
import { property } from "../../graph/network/targets";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "default-group-closed",
  severity: "medium",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "A VPC's default security group, where the program manages it, lets nothing in.",
  why: "Whatever is started without a group gets this one. Empty, it is harmless; with rules, it is a group that nobody chose.",
  remediationSteps: "Leave ingress and egress of aws.ec2.DefaultSecurityGroup empty, and give every host a group of its own.",
  enforcementLevel: "advisory",
  bad: `new aws.ec2.DefaultSecurityGroup("default", { vpcId, ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] });`,
  good: `new aws.ec2.DefaultSecurityGroup("default", { vpcId, ingress: [], egress: [] });`,
  evaluate(graph, settings) {
    const { rules, guards, gateways } = networkOf(graph, settings);
    const separate = rules.filter(({ path, direction }) => path === "" && direction === "ingress");
    return distinct(
      ofType(graph, DEFAULT_SECURITY_GROUP).flatMap((resource) => {
        const { key } = groupOf(graph, resource);
        // On a host by choice, it is evaluated like any other group.
        if (guards.has(key) || gateways.has(key)) return [];
        return [
          ...check(resource),
          ...separate.filter(({ group }) => group.is?.key === key).map((rule) => opened(rule.resource, resource)),
        ];
      }),
    );
  },
};

function check(resource: Resource): Finding[] {
  const list = property(resource, "ingress");
  if (isUnknown(list)) return [finding("unknown", resource, `What the default group ${resource.name} lets in is not known yet.`)];
  return (asArray(list)?.length ?? 0) > 0 ? [opened(resource, resource)] : [];
}

function opened(place: Resource, group: Resource): Finding {
  return finding(
    "violation",
    place,
    `${place.name} gives the default group ${group.name} an ingress rule: whatever has no group of its own gets it. Remove it.`,
  );
}
