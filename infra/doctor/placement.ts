/** Whether AWS has what the hosts are to be, where they are to be: instance types by zone, and the roles of services that act for the account. */
import type { StackConfig } from "../config/types";
import { LINKED_SERVICES } from "../external-names";
import { startsOf } from "../hosts/starts";
import { named, type Line } from "./line";
import type { Aws } from "./surroundings";

export const TYPES = "instance types";
export const SERVICE_ROLES = "service roles";

export async function typesLine(config: StackConfig, aws: Aws): Promise<Line> {
  const line = named(TYPES);
  const { network } = config;
  const hosts = startsOf(config, { gateway: network.availabilityZones, webservers: network.availabilityZones });
  const types = [...new Set(hosts.map(({ type }) => type))];
  const offered = await aws.offerings(types);
  // Zones of subnets of others are theirs: then only that there are such machines in the region.
  const wrong = hosts.flatMap(({ type, key, zones }) => {
    const there = offered.get(type) ?? [];
    if (there.length === 0) return [`${key}: no zone of ${config.region} offers ${type} to this account; choose another type`];
    const missing = network.existing === undefined ? zones.filter((zone) => !there.includes(zone)) : [];
    if (missing.length === 0) return [];
    return [
      `${key}: ${type} is not offered in ${missing.join(" and ")} (network.availabilityZones), but in ${there.slice().sort().join(", ")}; choose those zones before the first update, or another type`,
    ];
  });
  if (wrong.length > 0) return line.bad(wrong.join("; "));
  const where = network.existing === undefined ? [...new Set(hosts.flatMap(({ zones }) => zones))].join(" and ") : config.region;
  return line.good(`${types.join(" and ")}: offered in ${where}`);
}

/** Services that make something in the account by a role of their own, which the role that deploys may not make. */
export function servicesOf(config: Pick<StackConfig, "gateway" | "backend" | "access">): string[] {
  return [
    ...(config.backend.loadBalancer || config.gateway.loadBalancer ? [LINKED_SERVICES.balancer] : []),
    ...(config.backend.mode === "fleet" ? [LINKED_SERVICES.fleet] : []),
    ...(config.access === "instance-connect" ? [LINKED_SERVICES.endpoint] : []),
  ];
}

export async function serviceRolesLine(config: StackConfig, aws: Aws): Promise<Line> {
  const line = named(SERVICE_ROLES);
  const services = servicesOf(config);
  const there = await Promise.all(services.map((service) => aws.hasServiceRole(service)));
  const missing = services.filter((_, index) => there[index] !== true);
  if (missing.length === 0) return line.good(`${services.join(", ")}: there`);
  const make = missing.map((service) => `aws iam create-service-linked-role --aws-service-name ${service}`).join(" && ");
  return line.bad(`this account has no role for ${missing.join(" and ")} yet, and the role that deploys may not make it`, make);
}
