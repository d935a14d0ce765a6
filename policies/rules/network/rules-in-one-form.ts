import type { Finding, Policy } from "../../core/types";
import { isAbsent } from "../../core/values";
import type { Group } from "../../graph/network/groups";
import { networkOf } from "../../graph/network/model";
import type { Rule } from "../../graph/network/rules";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "rules-in-one-form",
  severity: "medium",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The rules of a security group are written in one form: inline, as ec2.SecurityGroupRule, or as vpc.SecurityGroup*Rule.",
  why: "Mixed forms overwrite each other: an inline list takes away the rules written beside it, one deployment in two, and what applies is not what is written.",
  remediationSteps:
    "Use vpc.SecurityGroupIngressRule and vpc.SecurityGroupEgressRule for all rules, and leave ingress and egress out of the group.",
  enforcementLevel: "advisory",
  bad: `new aws.ec2.SecurityGroup("sg", { vpcId, ingress: [...] }); new aws.vpc.SecurityGroupIngressRule("more", { securityGroupId: sg.id, ... });`,
  good: `new aws.ec2.SecurityGroup("sg", { vpcId }); new aws.vpc.SecurityGroupIngressRule("one", { securityGroupId: sg.id, ... });`,
  evaluate(graph, settings) {
    const { rules } = networkOf(graph, settings);
    const byGroup = new Map<string, { group: Group; rules: Rule[] }>();
    for (const rule of rules) {
      if (!rule.group.is || rule.path !== "") continue;
      const entry = byGroup.get(rule.group.is.key) ?? { group: rule.group.is, rules: [] };
      entry.rules.push(rule);
      byGroup.set(rule.group.is.key, entry);
    }
    return distinct([...byGroup.values()].flatMap(({ group, rules: separate }) => check(group, separate)));
  },
};

function check({ resource, label }: Group, separate: readonly Rule[]): Finding[] {
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const own = separate.filter((rule) => rule.direction === direction && rule.resource.external !== true);
    // Rules of one source each (vpc, aws-native) leave each other alone.
    const forms = [
      ...new Set(own.map((rule) => (rule.resource.type.endsWith(":SecurityGroupRule") ? "ec2.SecurityGroupRule" : "single rules"))),
    ];
    const [first] = own;
    if (!first) return [];
    const inline = !isAbsent(resource.inputs[direction]) && resource.external !== true;
    if (inline)
      return [
        finding(
          "violation",
          first.resource,
          `${label} has an inline ${direction} list, which takes away the rule ${first.resource.name}. Use one form.`,
        ),
      ];
    if (forms.length > 1)
      return [
        finding(
          "violation",
          first.resource,
          `The ${direction} rules of ${label} are written as ${forms.join(" and ")}, which overwrite each other. Use one form.`,
        ),
      ];
    return [];
  });
}
