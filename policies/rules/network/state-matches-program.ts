import { ofType } from "../../core/graph";
import type { Finding, Policy, Props, Resource } from "../../core/types";
import { asArray, asProps, asString, isAbsent } from "../../core/values";
import type { Group } from "../../graph/network/groups";
import { groupOf } from "../../graph/network/groups";
import { INSTANCE, SECURITY_GROUP } from "../../graph/network/kinds";
import { describe, networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { covers, describeTraffic, traffic } from "../../graph/network/ports";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "state-matches-program",
  severity: "high",
  control: "NET-1",
  tags: ["network", "instance"],
  description: "What AWS was last seen to hold (after a refresh) opens no more of the backend than the program says.",
  why: "A rule made by hand or by another stack is in no program. It shows in the refreshed state alone.",
  remediationSteps: "Find out who made it; then remove it, or declare it here.",
  enforcementLevel: "advisory",
  bad: `// the state of backendGroup lists an ingress rule for port 9000 from 0.0.0.0/0 that no resource declares`,
  good: `// the state lists the rules that the program declares`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const groups = ofType(graph, SECURITY_GROUP).filter((resource) => network.guards.has(groupOf(graph, resource).key));
    const hosts = network.backends.filter(({ backend, resource }) => backend === "role" && INSTANCE.test(resource.type));
    return distinct([
      ...groups.flatMap((resource) => checkGroup(network, resource)),
      ...hosts.flatMap(({ resource }) => checkHost(resource)),
    ]);
  },
};

/** Rules in the outputs of a group that have no inline list of their own. */
function checkGroup(network: Network, resource: Resource): Finding[] {
  if (!isAbsent(resource.inputs.ingress) || resource.external === true) return [];
  const sensitive = [network.settings.servicePort, 22];
  return (asArray(resource.outputs.ingress) ?? []).flatMap((item) => {
    const props = asProps(item) ?? {};
    const through = traffic(props.protocol, props.fromPort, props.toPort);
    if (!sensitive.some((port) => covers(through, port) === "yes")) return [];
    return sourcesIn(props, resource)
      .filter((source) => !declared(network, groupOf(network.graph, resource), source))
      .map((source) =>
        finding(
          "violation",
          resource,
          `The state of ${describe(resource)} has a rule for ${describeTraffic(through)} from ${source} that this program does not declare. Remove it.`,
        ),
      );
  });
}

function sourcesIn(props: Props, resource: Resource): string[] {
  const lists = ["cidrBlocks", "ipv6CidrBlocks", "securityGroups", "prefixListIds"].flatMap((key) => asArray(props[key]) ?? []);
  const self = props.self === true ? [resource.id ?? "self"] : [];
  return [...lists.map(asString).filter((text) => text !== undefined), ...self];
}

/** Does a rule of the program on this group speak of the same source? */
function declared({ rules }: Network, group: Group, source: string): boolean {
  return rules.some((rule) => {
    if (rule.direction === "egress" || (rule.group.is && rule.group.is.key !== group.key)) return false;
    if (rule.source.kind === "group")
      return !rule.source.ref.is || [rule.source.ref.is.resource.id, rule.source.ref.literal].includes(source);
    return rule.source.kind === "unknown" || rule.source.text.includes(source) || rule.source.kind === "prefix-list";
  });
}

function checkHost(resource: Resource): Finding[] {
  const address = asString(resource.outputs.publicIp);
  if (address === undefined || address === "") return [];
  return [
    finding(
      "violation",
      resource,
      `The state of ${describe(resource)} has the public address ${address}. Find out where it comes from and remove it.`,
    ),
  ];
}
