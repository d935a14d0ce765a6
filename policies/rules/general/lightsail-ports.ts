/** Lightsail opens the ports of a machine in a list of its own, without a security group. */
import { ofType } from "../../core/references";
import type { Finding, Graph, Props, Resource } from "../../core/types";
import { asArray, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { widest } from "../../graph/network/exposure";
import { parseCidrs, publicPart } from "../../graph/network/ip-set";
import { LIGHTSAIL_PORTS } from "../../graph/network/kinds";

/** Ports by number, with the name of what listens there. */
export type Ports = readonly (readonly [number, string])[];

/** @param say the finding's sentence about the ports that one list opens to a block */
export function lightsailPorts(
  graph: Graph,
  ports: Ports,
  prefix: number,
  say: (ports: readonly string[], block: string) => string,
): Finding[] {
  return ofType(graph, LIGHTSAIL_PORTS).flatMap((resource) => {
    const { portInfos } = resource.inputs;
    const given = asArray(portInfos)?.map(asProps);
    if (given === undefined || given.some((info) => info === undefined))
      return isUnknown(portInfos) || given ? [finding(resource, "unknown", `which ports ${label(resource)} opens is not known yet`)] : [];
    const open = new Map<string, string[]>();
    for (const [port, name] of ports) {
      const block = widest(publicPart(parseCidrs(given.flatMap((info) => (info && opens(info, port) ? sourcesOf(info) : []))).set), prefix);
      if (block !== undefined) open.set(block, [...(open.get(block) ?? []), `${name} (${String(port)})`]);
    }
    return [...open].map(([block, names]) => finding(resource, "violation", `${label(resource)} ${say(names, block)}`));
  });
}

const label = ({ name }: Resource): string => `InstancePublicPorts "${name}"`;
const finding = ({ urn }: Resource, verdict: Finding["verdict"], message: string): Finding => ({ verdict, urn, message });

const opens = ({ protocol, fromPort, toPort }: Props, port: number): boolean =>
  /^(tcp|all)$/.test(asString(protocol) ?? "all") && Number(fromPort ?? 0) <= port && port <= Number(toPort ?? 65535);

/** Without any source Lightsail lets everybody in; `cidrListAliases` names consoles of AWS alone. */
function sourcesOf({ cidrs, ipv6Cidrs, cidrListAliases }: Props): string[] {
  if ([cidrs, ipv6Cidrs, cidrListAliases].every(isAbsent)) return ["0.0.0.0/0", "::/0"];
  return [cidrs, ipv6Cidrs].flatMap((list) => (asArray(list) ?? []).flatMap((block) => asString(block) ?? []));
}
