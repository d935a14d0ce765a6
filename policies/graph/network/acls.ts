/** Network ACLs: the second layer around a subnet. Rules count in the order of their numbers, the first that fits decides. */
import { ofType } from "../../core/graph";
import type { Graph, Props, Resource } from "../../core/types";
import { asArray, asBoolean, asNumber, asProps, asString, isUnknown } from "../../core/values";
import { intersect, isEmpty, parseCidr, parseCidrs, publicPart, subtract, unionOf } from "./ip-set";
import type { IpSet } from "./ip-set";
import * as kinds from "./kinds";
import { covers, traffic } from "./ports";
import type { Traffic } from "./ports";
import { isLost, property, targetOf, targetsOf } from "./targets";
import type { Target } from "./targets";

export interface AclRule {
  readonly number: number | undefined;
  readonly allow: boolean | undefined;
  readonly traffic: Traffic;
  /** `undefined`: not known. */
  readonly from: IpSet | undefined;
  readonly text: string;
  readonly resource: Resource;
  readonly path: string;
}

export interface Acl {
  readonly resource: Resource;
  readonly label: string;
  /** The one that AWS made with the VPC: it lets everything through unless rules say otherwise. */
  readonly isDefault: boolean;
  readonly ingress: readonly AclRule[];
  readonly subnets: ReadonlySet<Resource>;
  readonly maybeSubnets: ReadonlySet<Resource>;
}

const ACL = /^aws:ec2\/(networkAcl:NetworkAcl|defaultNetworkAcl:DefaultNetworkAcl)$/;
const ACL_OR_VPC = /^aws:ec2\/(networkAcl:NetworkAcl|defaultNetworkAcl:DefaultNetworkAcl|vpc:Vpc|defaultVpc:DefaultVpc)$/;
const WORLD = parseCidrs(["0.0.0.0/0", "::/0"]).set;

/** All ACLs that the program writes rules of. The default ACL of a VPC is there where a rule or a resource names it. */
export function allAcls(graph: Graph): Acl[] {
  const separate = ofType(graph, "aws:ec2/networkAclRule:NetworkAclRule").map((rule) => ({
    rule,
    owner: targetOf(graph, rule, "networkAclId", ACL_OR_VPC),
  }));
  const vpcs = [...new Set(separate.flatMap(({ owner }) => (owner?.is && kinds.VPC.test(owner.is.type) ? [owner.is] : [])))];
  const links = ofType(graph, "aws:ec2/networkAclAssociation:NetworkAclAssociation").map((link) => {
    const [acl, subnet] = [targetOf(graph, link, "networkAclId", ACL), targetOf(graph, link, "subnetId", kinds.SUBNET)];
    return { acl, subnet, lost: isLost(graph, link, "networkAclId", acl) || isLost(graph, link, "subnetId", subnet) };
  });
  const explicit = ofType(graph, ACL).map((resource) => {
    const listed = targetsOf(graph, resource, "subnetIds", kinds.SUBNET);
    const linked = links.filter(({ acl }) => acl?.is === resource).flatMap(({ subnet }) => (subnet?.is ? [subnet.is] : []));
    const doubtful = links.filter(({ acl, subnet, lost }) => lost && (acl?.is === resource || (acl && !acl.is && subnet)));
    const stray = doubtful.flatMap(({ subnet }) => (subnet?.is ? [subnet.is] : ofType(graph, kinds.SUBNET)));
    const maybe = new Set([...(listed?.maybe ?? []), ...(listed?.lost === true ? ofType(graph, kinds.SUBNET) : []), ...stray]);
    return { resource, subnets: new Set([...(listed?.certain ?? []), ...linked]), maybe };
  });
  const taken = new Set(explicit.filter(({ resource }) => !isDefault(resource)).flatMap(({ subnets }) => [...subnets]));
  const rest = ofType(graph, kinds.SUBNET).filter((subnet) => !taken.has(subnet));
  const read = (resource: Resource, subnets: ReadonlySet<Resource>, maybe: ReadonlySet<Resource>): Acl => ({
    resource,
    label: kinds.VPC.test(resource.type) ? `the default network ACL of ${resource.name}` : resource.name,
    isDefault: isDefault(resource),
    ingress: [
      ...inlineRules(resource),
      ...separate.filter(({ owner }) => owner?.is === resource).flatMap(({ rule }) => separateRule(rule)),
    ],
    subnets,
    maybeSubnets: maybe,
  });
  return [
    ...explicit.map(({ resource, subnets, maybe }) =>
      read(resource, isDefault(resource) ? new Set([...subnets, ...rest]) : subnets, maybe),
    ),
    ...vpcs.map((vpc) => read(vpc, new Set(rest), new Set())),
  ];
}

/** Rules on an ACL that is not part of the program, or not known. */
export function strayAclRules(graph: Graph): AclRule[] {
  return ofType(graph, "aws:ec2/networkAclRule:NetworkAclRule").flatMap((rule) => {
    const owner: Target | undefined = targetOf(graph, rule, "networkAclId", ACL_OR_VPC);
    return owner?.is ? [] : separateRule(rule);
  });
}

function isDefault({ type }: Resource): boolean {
  return type.endsWith(":DefaultNetworkAcl") || kinds.VPC.test(type);
}

function inlineRules(resource: Resource): AclRule[] {
  const list = kinds.VPC.test(resource.type) ? undefined : property(resource, "ingress");
  if (isUnknown(list))
    return [{ ...readRule(resource, {}, "ingress"), allow: undefined, from: undefined, text: "ingress, which is not known yet" }];
  return (asArray(list) ?? []).map((item, index) => readRule(resource, asProps(item) ?? {}, `ingress[${String(index)}]`));
}

function separateRule(resource: Resource): AclRule[] {
  if (asBoolean(property(resource, "egress")) === true) return [];
  const names = ["protocol", "fromPort", "toPort", "cidrBlock", "ipv6CidrBlock", "ruleNumber", "ruleAction"];
  return [readRule(resource, Object.fromEntries(names.map((name) => [name, property(resource, name) ?? null])), "")];
}

function readRule(resource: Resource, props: Props, path: string): AclRule {
  const given = [props.cidrBlock, props.ipv6CidrBlock].filter((value) => value !== undefined && value !== null && value !== "");
  const texts = given.map(asString);
  const sets = texts.map((text) => (text === undefined ? undefined : parseCidr(text)));
  const action = asString(props.action ?? props.ruleAction)?.toLowerCase();
  return {
    number: asNumber(props.ruleNo ?? props.ruleNumber),
    allow: action === undefined ? undefined : action === "allow",
    traffic: traffic(props.protocol, props.fromPort, props.toPort),
    from: sets.includes(undefined) ? undefined : unionOf(sets.filter((set) => set !== undefined)),
    text: texts.map((text) => text ?? "addresses not known yet").join(", "),
    resource,
    path,
  };
}

/** Last port of the range that hosts take for outgoing connections. */
const LAST_EPHEMERAL = 60999;

/**
 * ACLs know no connections: answers to what a host asks come in on its ephemeral ports, so a wide range up there is how
 * answers are let in and not how a service is opened.
 */
function answers({ traffic: { from, to } }: AclRule): boolean {
  return from !== undefined && to !== undefined && from >= 1024 && to >= LAST_EPHEMERAL;
}

/** The rule that lets the Internet in on a port, if there is one; "unknown" with a rule that may do so. */
export function opensTo(
  { ingress, isDefault: usual }: Acl,
  port: number,
): { readonly rule: AclRule; readonly certain: boolean } | undefined {
  let left = WORLD;
  let doubt: AclRule | undefined;
  for (const rule of [...ingress].sort((a, b) => (a.number ?? 0) - (b.number ?? 0))) {
    const fits = covers(rule.traffic, port);
    // The default ACL lets all traffic through when AWS makes it; writing that down opens nothing.
    if (fits === "no" || answers(rule) || (usual && rule.traffic.protocol === -1)) continue;
    if (fits === "maybe" || rule.allow === undefined || rule.from === undefined) {
      if (rule.allow !== false) doubt ??= rule;
      continue;
    }
    const hit = intersect(left, rule.from);
    if (rule.allow && !isEmpty(publicPart(hit))) return { rule, certain: true };
    left = subtract(left, rule.from);
  }
  return doubt && { rule: doubt, certain: false };
}

/** Does a rule by itself let the Internet in on the port? */
export function mayOpen(rule: AclRule, port: number): boolean {
  return rule.allow !== false && !answers(rule) && covers(rule.traffic, port) !== "no" && !isEmpty(publicPart(rule.from ?? WORLD));
}
