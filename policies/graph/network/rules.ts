/** Security group rules in all their forms, read into one. One entry a source: a rule with two sources is two entries. */
import { ofType } from "../../core/graph";
import type { Graph, Props, Resource, Value } from "../../core/types";
import { UNKNOWN } from "../../core/types";
import { asArray, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { groupOf, groupRef } from "./groups";
import type { GroupRef } from "./groups";
import { SECURITY_GROUP } from "./kinds";
import { traffic } from "./ports";
import type { Traffic } from "./ports";
import { sourcesOf } from "./sources";
import type { Source, SourceFields } from "./sources";
import { property } from "./targets";

export interface Rule {
  readonly direction: "ingress" | "egress" | "unknown";
  /** The group the rule belongs to. */
  readonly group: GroupRef;
  readonly traffic: Traffic;
  readonly source: Source;
  /** Where it is written. */
  readonly resource: Resource;
  /** `ingress[0]` of a group, empty for a resource of its own. */
  readonly path: string;
  /** Rules of the same inline list that share its unknown group ids: together they use up the groups that flow into it. */
  readonly siblings: readonly Rule[];
}

const INLINE: SourceFields = {
  cidrs: ["cidrBlocks", "ipv6CidrBlocks"],
  groups: ["securityGroups"],
  prefixLists: ["prefixListIds"],
  self: "self",
};
const SEPARATE: SourceFields = { ...INLINE, groups: ["sourceSecurityGroupId"] };
const SINGLE: SourceFields = { cidrs: ["cidrIpv4", "cidrIpv6"], groups: ["referencedSecurityGroupId"], prefixLists: ["prefixListId"] };

/** Every rule that a program registers. */
export function allRules(graph: Graph): Rule[] {
  return [
    ...ofType(graph, SECURITY_GROUP).flatMap((group) => [...inlineRules(graph, group, "ingress"), ...inlineRules(graph, group, "egress")]),
    ...ofType(graph, "aws:ec2/securityGroupRule:SecurityGroupRule").flatMap((rule) => classicRule(graph, rule)),
    ...ofType(graph, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").flatMap((rule) => singleRule(graph, rule, "ingress")),
    ...ofType(graph, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").flatMap((rule) => singleRule(graph, rule, "egress")),
  ];
}

/** Rules inside a group. A list that is unknown as a whole is one rule of unknown traffic and source. */
function inlineRules(graph: Graph, resource: Resource, key: "ingress" | "egress"): Rule[] {
  const group: GroupRef = { is: groupOf(graph, resource), maybe: [] };
  const siblings: Rule[] = [];
  const list = property(resource, key);
  // A group that is only read, and whose rules do not show.
  const hidden = resource.external === true && isAbsent(list);
  const lists = hidden ? [{ value: UNKNOWN, path: key }] : listsOf(list, key);
  const rules = lists.flatMap(({ value, path }): Rule[] => {
    const props = asProps(value);
    if (!props) return [blindRule(resource, key, group, path)];
    const sources = sourcesOf(graph, resource, props, INLINE, group, key);
    const through = traffic(props.protocol, props.fromPort, props.toPort);
    return sources.map((source) => ({ direction: key, group, traffic: through, source, resource, path, siblings }));
  });
  siblings.push(...rules.filter(({ source }) => source.kind === "group" && !source.ref.is && source.ref.literal === undefined));
  return rules;
}

function listsOf(list: Value | undefined, key: string): { readonly value: Value; readonly path: string }[] {
  if (isAbsent(list) || list === undefined) return [];
  if (isUnknown(list)) return [{ value: list, path: key }];
  return (asArray(list) ?? []).map((value, index) => ({ value, path: `${key}[${String(index)}]` }));
}

function blindRule(resource: Resource, direction: Rule["direction"], group: GroupRef, path: string): Rule {
  const source: Source = { kind: "unknown", text: `${path === "" ? "a rule" : path}, which is not known before pulumi up` };
  return { direction, group, traffic: { protocol: undefined, from: undefined, to: undefined }, source, resource, path, siblings: [] };
}

/** aws.ec2.SecurityGroupRule. */
function classicRule(graph: Graph, resource: Resource): Rule[] {
  const type = asString(property(resource, "type"));
  const direction = type === "ingress" || type === "egress" ? type : "unknown";
  return separateRule(graph, resource, direction, SEPARATE, "protocol");
}

/** aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule. */
function singleRule(graph: Graph, resource: Resource, direction: "ingress" | "egress"): Rule[] {
  return separateRule(graph, resource, direction, SINGLE, "ipProtocol");
}

/** A rule that is a resource of its own. `owner` is the property that names its group. */
export function separateRule(
  graph: Graph,
  resource: Resource,
  direction: Rule["direction"],
  fields: SourceFields,
  protocol: "protocol" | "ipProtocol",
  owner = "securityGroupId",
): Rule[] {
  const names = [...fields.cidrs, ...fields.groups, ...fields.prefixLists, ...(fields.self === undefined ? [] : [fields.self])];
  const given: Props = {};
  for (const name of names) given[name] = property(resource, name) ?? null;
  const group = groupRef(graph, resource, owner, property(resource, owner)) ?? { maybe: [] };
  const through = traffic(property(resource, protocol), property(resource, "fromPort"), property(resource, "toPort"));
  return sourcesOf(graph, resource, given, fields, group).map((source) => ({
    direction,
    group,
    traffic: through,
    source,
    resource,
    path: "",
    siblings: [],
  }));
}
