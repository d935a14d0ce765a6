/** Whether a place that names a target leads to the backend: by id, by ARN, by address or by the address in a URL. */
import { resolveId } from "../../core/references";
import type { Resource, Value } from "../../core/types";
import { asString } from "../../core/values";
import { contains, NOTHING, parseCidr, parseCidrs } from "./ip-set";
import type { IpSet } from "./ip-set";
import type { Network } from "./model";
import { backendSubnets } from "./placement";
import { isElsewhere, property, targetOf } from "./targets";

/** Does something lead to the backend? "maybe": that is not known. */
export type Certainty = "yes" | "no" | "maybe";

/** What a target may be. */
export const TARGETS =
  /^aws:(ec2\/(networkInterface:NetworkInterface|instance:Instance|spotInstanceRequest:SpotInstanceRequest)|(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/loadBalancer:LoadBalancer|autoscaling\/group:Group|ecs\/service:Service)$/;
const parts = new WeakMap<Network, Map<Resource, Certainty>>();

/** Is this resource the backend, or part of it? */
export function isBackend(network: Network, resource: Resource): Certainty {
  const known = parts.get(network) ?? new Map<Resource, Certainty>();
  if (!parts.has(network))
    for (const host of network.backends)
      for (const part of [host.resource, ...host.interfaceResources]) known.set(part, host.backend === "maybe" ? "maybe" : "yes");
  parts.set(network, known);
  return known.get(resource) ?? "no";
}

/** Where the place at `key` that names a target (by id, ARN or address) leads. */
export function targetsBackend(network: Network, resource: Resource, key: string, port?: number): Certainty {
  const found = targetOf(network.graph, resource, key, TARGETS);
  if (!found) return "no";
  if (found.is) return isBackend(network, found.is);
  if (found.literal !== undefined) return literalTargetsBackend(network, found.literal, found.maybe, port);
  if (found.maybe.length > 0) return found.maybe.some((one) => isBackend(network, one) !== "no") ? "maybe" : "no";
  return isElsewhere(network.graph, resource, key) ? "no" : "maybe";
}

/** Ids that an instance, an interface or a load balancer may have. */
const HOST_ID = /^((i|eni)-[0-9a-f]+$|arn:[\w-]+:(ec2|elasticloadbalancing):)/;

/** Where a literal leads: an address, the address in a URL, or an id that may be one of `maybe`. */
export function literalTargetsBackend(network: Network, text: string, maybe: readonly Resource[], port?: number): Certainty {
  const inner = /^\w+:\/\/([^/:?#]+)(?::(\d+))?/.exec(text);
  const address = inner?.[1] ?? text;
  if (parseCidr(address)) return addressTargetsBackend(network, address, inner?.[2] === undefined ? port : Number(inner[2]));
  return HOST_ID.test(text) && maybe.some((one) => isBackend(network, one) !== "no") ? "maybe" : "no";
}

/** A literal address is the backend's where it is given one, or where the backend's port is asked for in its subnet. */
function addressTargetsBackend(network: Network, address: string, port: number | undefined): Certainty {
  const owners = resolveId(network.graph, address, TARGETS);
  if (owners.length > 0) return owners.some((one) => isBackend(network, one) === "yes") ? "yes" : "no";
  const given = network.backends
    .flatMap((host) => [host.resource, ...host.interfaceResources])
    .flatMap(({ inputs }) => [inputs.privateIp, ...list(inputs.privateIps)]);
  if (given.some((value) => asString(value) === address)) return "yes";
  const { set, complete } = privateBlocks(network);
  if (contains(set, parseCidr(address) ?? NOTHING)) return port === network.settings.servicePort || port === 22 ? "yes" : "maybe";
  return complete ? "no" : "maybe";
}

const blocks = new WeakMap<Network, { readonly set: IpSet; readonly complete: boolean }>();

/** What the backend's subnets cover, and whether that is all known. */
function privateBlocks(network: Network): { readonly set: IpSet; readonly complete: boolean } {
  const known = blocks.get(network);
  if (known) return known;
  const texts = backendSubnets(network).map(({ resource }) => asString(property(resource, "cidrBlock")));
  const read = { set: parseCidrs(texts.filter((text) => text !== undefined)).set, complete: !texts.includes(undefined) };
  blocks.set(network, read);
  return read;
}

function list(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}
