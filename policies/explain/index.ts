/** Why a policy says what it says, or what is known of one resource: for passes as well. */
import type { Config } from "../core/config";
import { settingsOf } from "../core/config";
import { evaluate } from "../core/evaluate";
import { lessonOf } from "../core/lesson";
import type { Result } from "../core/outcome";
import { masked } from "../core/masked";
import { withServicePort } from "../core/service-port";
import type { Graph, Policy, Resource } from "../core/types";
import type { Host } from "../graph/network/hosts";
import { networkOf } from "../graph/network/model";
import type { Network } from "../graph/network/model";
import { pathsTo } from "./paths";
import type { ExplainedPolicy, Explanation, Path } from "./types";

/** Neither a policy nor a resource; the message names what there is. */
export class UnknownQuestion extends Error {}

const SSH = 22;
const WEB = [80, 443];

/**
 * @param asked id of a policy, URN, or the logical name of a resource
 * @throws UnknownQuestion
 */
export async function explain(all: readonly Policy[], graph: Graph, config: Config, today: string, asked: string): Promise<Explanation> {
  const policy = all.find(({ id }) => id === asked);
  const resources = policy ? [] : graph.resources.filter(({ urn, name }) => urn === asked || name === asked);
  if (!policy && resources.length === 0)
    throw new UnknownQuestion(
      `"${asked}" is neither the id of a policy (docs/policies.md lists them) nor the URN or the name of a resource of this graph`,
    );
  const result = await evaluate(policy ? [policy] : all, graph, config, today);
  const network = networkOf(graph, withServicePort(graph, settingsOf(config.settings, policy && config.own[policy.id])));
  const urns = new Set(resources.map(({ urn }) => urn));
  const chosen = policy ? [policy] : all.filter(({ id }) => result.outcomes.some((one) => one.policy === id && urns.has(one.urn)));
  return {
    version: 1,
    asked,
    policies: chosen.map((one) => explained(one, result, policy ? undefined : urns)),
    paths: (policy ? policyPaths(network, policy) : resourcePaths(network, resources)).map((path) => ({
      ...path,
      hops: path.hops.map((hop) => ({ ...hop, label: masked(hop.label, graph), reason: masked(hop.reason, graph) })),
      text: masked(path.text, graph),
    })),
  };
}

function explained(policy: Policy, { outcomes }: Result, urns: ReadonlySet<string> | undefined): ExplainedPolicy {
  const own = outcomes.filter((one) => one.policy === policy.id && (urns === undefined || urns.has(one.urn)));
  const findings = own.flatMap(({ verdict, urn, message, source }) =>
    verdict === "pass" ? [] : [{ verdict, urn, message, ...(source === undefined ? {} : { source }) }],
  );
  const verdict = findings.some((one) => one.verdict === "violation")
    ? "violation"
    : findings.length > 0
      ? "unknown"
      : own.some(({ nothing }) => nothing === true)
        ? "nothing"
        : "pass";
  return { policy: policy.id, verdict, ...lessonOf(policy), findings };
}

/** A policy about the network concerns the backend, or the gateway where its name says so. */
function policyPaths(network: Network, { id, tags }: Policy): Path[] {
  if (!tags.includes("network")) return [];
  const { servicePort } = network.settings;
  const gateway = id.startsWith("gateway-");
  const hosts = network.hosts.filter((host) => (gateway ? host.gateway : host.backend !== undefined));
  const own = id.includes("ssh") ? [SSH] : id.startsWith("service-port") ? [servicePort] : undefined;
  return unique(hosts.flatMap((host) => (own ?? portsOf(network, host)).flatMap((port) => pathsTo(network, host, port))));
}

function portsOf({ settings }: Network, host: Host): number[] {
  return host.backend === undefined ? [...WEB, SSH] : [settings.servicePort, SSH];
}

/** A host, or what a packet to a host meets: its interfaces, subnets, groups and their rules. */
function resourcePaths(network: Network, resources: readonly Resource[]): Path[] {
  const asked = new Set(resources);
  const groups = new Set(network.rules.filter(({ resource }) => asked.has(resource)).flatMap(({ group }) => group.is?.key ?? []));
  const concerns = (host: Host): boolean =>
    [host.resource, ...host.interfaceResources].some((one) => asked.has(one)) ||
    host.networkInterfaces.some(
      ({ subnets, groups: own }) =>
        (typeof subnets !== "string" && subnets.certain.some((one) => asked.has(one))) ||
        (typeof own !== "string" && own.certain.some(({ key, resource }) => groups.has(key) || asked.has(resource))),
    );
  return unique(network.hosts.filter(concerns).flatMap((host) => portsOf(network, host).flatMap((port) => pathsTo(network, host, port))));
}

/** Two interfaces in one subnet take the same way. */
function unique(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((one) => [`${one.to.urn} ${one.packet.port} ${one.text}`, one])).values()];
}
