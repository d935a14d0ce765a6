/** Whether EC2 has the hosts' types in the zones that they start in: not every type is in every zone, and AWS says so only when it is asked to start one. */
import * as aws from "../aws";
import type { StackConfig } from "../config/types";
import { isKnown, type NetworkFacts, type SubnetAnswer } from "../network/facts";
import { reason, refuse } from "../refusal";
import { startsOf, type Zones } from "./starts";

/** @param facts of `network.existing`, where hosts start in subnets of others */
export function zonesOfHosts(
  { network: { availabilityZones }, gateway }: Pick<StackConfig, "network" | "gateway">,
  facts: NetworkFacts | undefined,
): Zones {
  if (facts === undefined) return { gateway: availabilityZones, webservers: availabilityZones };
  const zoneOf = ({ subnet }: SubnetAnswer): string[] => (isKnown(subnet) ? [subnet.zone] : []);
  const gateways = gateway.fleet === undefined ? [facts.gateway] : facts.balancers;
  return { gateway: gateways.flatMap(zoneOf), webservers: facts.webservers.flatMap(zoneOf) };
}

/**
 * Without permission to ask, a warning says that nobody has looked.
 *
 * @throws RunError naming the zones that have the type.
 */
export async function checkOffered(config: StackConfig, zones: Zones, warn: (text: string) => Promise<void>): Promise<void> {
  const { project, region } = config;
  const hosts = startsOf(config, zones);
  const types = [...new Set(hosts.map(({ type }) => type))];
  const found = await Promise.all(types.map(zonesWith)).catch((error: unknown) => reason(error));
  if (typeof found === "string") return warn(`whether EC2 has ${types.join(" and ")} in the zones of the hosts was not asked: ${found}`);
  const problems = hosts.flatMap((host) => {
    const { key, type } = host;
    const there = found[types.indexOf(type)] ?? [];
    const missing = host.zones.filter((zone) => !there.includes(zone));
    return missing.length === 0 ? [] : [`${project}:${key}: found ${type}, ${unsuitable(region, missing, there)}`];
  });
  refuse(problems);
}

/** One type a question: the answer's lists of types and zones need not be put together then. */
async function zonesWith(type: string): Promise<readonly string[]> {
  const filters = [{ name: "instance-type", values: [type] }];
  return (await aws.ec2.getInstanceTypeOfferings({ locationType: "availability-zone", filters })).locations;
}

function unsuitable(region: string, missing: readonly string[], there: readonly string[]): string {
  if (there.length === 0) return `which EC2 does not have in ${region}; name a type that it has there`;
  return `which EC2 does not have in ${missing.join(" and ")}, so that no host would start there; name another type, or subnets in zones that have it (${[...there].sort().join(", ")})`;
}
