/** Whether EC2 has the hosts' types in the zones that they start in: not every type is in every zone, and AWS says so only when it is asked to start one. */
import * as aws from "../aws";
import type { StackConfig } from "../config/types";
import { isKnown, type NetworkFacts, type SubnetAnswer } from "../network/facts";
import { reason, refuse } from "../refusal";

/** Zones of the subnets, in their order; without those of a subnet that could not be looked at. */
export interface Zones {
  readonly gateway: readonly string[];
  readonly webservers: readonly string[];
}

/** @param facts of `network.existing`, where hosts start in subnets of others */
export function zonesOfHosts({ network: { availabilityZones } }: Pick<StackConfig, "network">, facts: NetworkFacts | undefined): Zones {
  if (facts === undefined) return { gateway: availabilityZones, webservers: availabilityZones };
  const zoneOf = ({ subnet }: SubnetAnswer): string[] => (isKnown(subnet) ? [subnet.zone] : []);
  return { gateway: zoneOf(facts.gateway), webservers: facts.webservers.flatMap(zoneOf) };
}

/**
 * The gateway and a single backend start in the first zone, hosts of a fleet in all. Without permission to ask, a warning says that nobody has looked.
 *
 * @throws RunError naming the zones that have the type.
 */
export async function checkOffered(
  config: StackConfig,
  { gateway, webservers }: Zones,
  warn: (text: string) => Promise<void>,
): Promise<void> {
  const { backend, region } = config;
  const hosts = [
    { key: `${config.project}:gateway.instanceType`, type: config.gateway.instanceType, zones: gateway.slice(0, 1) },
    {
      ...{ key: `${config.project}:backend.instanceType`, type: backend.instanceType },
      zones: backend.mode === "fleet" ? webservers : webservers.slice(0, 1),
    },
  ];
  const types = [...new Set(hosts.map(({ type }) => type))];
  const found = await Promise.all(types.map(zonesWith)).catch((error: unknown) => reason(error));
  if (typeof found === "string") return warn(`whether EC2 has ${types.join(" and ")} in the zones of the hosts was not asked: ${found}`);
  const problems = hosts.flatMap(({ key, type, zones }) => {
    const there = found[types.indexOf(type)] ?? [];
    const missing = zones.filter((zone) => !there.includes(zone));
    return missing.length === 0 ? [] : [`${key}: found ${type}, ${unsuitable(region, missing, there)}`];
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
