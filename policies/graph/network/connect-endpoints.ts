/**
 * EC2 Instance Connect Endpoints as the only door to port 22: whom IAM lets open a tunnel comes from the endpoint's group, and reaches what that
 * group may reach.
 */
import { ofType, once } from "../../core/graph";
import type { Graph, Resource } from "../../core/types";
import { asProps, asString } from "../../core/values";
import { REMOTE } from "../../shell/steps";
import { strayGroups } from "./attachments";
import { groupList, type Group, type GroupList } from "./groups";
import { SECURITY_GROUP } from "./kinds";
import type { Network } from "./model";
import { TCP } from "./ports";
import { property } from "./targets";

export const CONNECT_ENDPOINT = "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint";

const groupsOf = (graph: Graph, endpoint: Resource): GroupList | undefined =>
  groupList(graph, endpoint, "securityGroupIds", property(endpoint, "securityGroupIds"));

/** Does this remote step connect to a port of the machine that runs Pulumi, and so by a tunnel? */
export function isTunnelled(step: Resource): boolean {
  const host = asString(asProps(step.inputs.connection)?.host);
  return REMOTE.test(step.type) && host !== undefined && /^(127(\.\d+){3}|::1|localhost)$/i.test(host);
}

/**
 * Do the remote steps come through tunnels, or are there none? At a first preview their connections are not known; the tag `SshAccess` of a security group,
 * which the program sets in these modes, says it then.
 */
export const comesByTunnel = once((graph: Graph): boolean => {
  const said = ofType(graph, SECURITY_GROUP).some(({ inputs }) => {
    const way = asString(asProps(inputs.tags)?.SshAccess);
    return way === "ssm" || way === "instance-connect" || way === "none";
  });
  return said || graph.resources.some(isTunnelled);
});

/** Groups that such endpoints carry, and nothing else. */
export function connectGroups(network: Network): ReadonlyMap<string, Group> {
  const { graph } = network;
  const carried = ofType(graph, CONNECT_ENDPOINT).flatMap((endpoint) => groupsOf(graph, endpoint)?.certain ?? []);
  return new Map(carried.filter((group) => !onHost(network, group)).map((group) => [group.key, group]));
}

/** True while a group may still come to be one of an endpoint: nothing carries it yet. */
export function mayBecomeConnect(network: Network, group: Group): boolean {
  return network.graph.partial === true && !onHost(network, group);
}

/** Does a tunnel through the endpoint lead to port 22 and to nothing else, as far as its own groups say? */
export function opensSshOnly({ graph, rules }: Network, endpoint: Resource): boolean {
  const groups = groupsOf(graph, endpoint);
  if (groups === undefined || groups.certain.length === 0) return false;
  if (groups.maybe.length > 0 || groups.literals.length > 0 || groups.blind || groups.lost) return false;
  const own = new Set(groups.certain.map(({ key }) => key));
  return rules.every(({ direction, group, traffic: { protocol, from, to } }) => {
    if (direction === "ingress" || (group.is !== undefined && !own.has(group.is.key))) return true;
    return group.is !== undefined && protocol === TCP && from === 22 && to === 22;
  });
}

/** Hosts, load balancers, and whatever else has an interface; a group that may be on one counts. */
function onHost({ graph, hosts }: Network, { key }: Group): boolean {
  const others = hosts.filter(({ resource }) => resource.type !== CONNECT_ENDPOINT);
  const lists = others.flatMap(({ networkInterfaces }) =>
    networkInterfaces.flatMap(({ groups }) => (typeof groups === "string" ? [] : [groups])),
  );
  return [...lists, ...strayGroups(graph).map(({ groups }) => groups)].some((list) =>
    [...list.certain, ...list.maybe].some((one) => one.key === key),
  );
}
