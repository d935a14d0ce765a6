/** Rules about a network and a bucket that are there already, as far as they follow from the configuration alone. Pure. */
import { defaultZones } from "../partitions";
import { readBlock } from "../network/cidr";
import { SECTIONS } from "./schema";
import { hasExisting, isRefused, type Context } from "./value-rules";
import { isGroup } from "./values";

/** Keys about a network that the program makes. */
const OWN = ["cidr", "availabilityZones", "gatewaySubnets", "webserverSubnets"] as const;

export function existing(context: Context): string[] {
  if (!hasExisting(context)) return [];
  const { project, region, sections } = context;
  const network = sections.network as Readonly<Record<string, unknown>>;
  const { gatewaySubnetId, webserverSubnetIds, balancerSubnets } = network.existing as Readonly<Record<string, unknown>>;
  const privates: readonly unknown[] = Array.isArray(webserverSubnetIds) ? webserverSubnetIds : [];
  const both = typeof gatewaySubnetId === "string" ? privates.indexOf(gatewaySubnetId) : -1;
  return [
    ...OWN.filter((key) => JSON.stringify(network[key]) !== JSON.stringify(defaultOf(key, region))).map(
      (key) =>
        `${project}:network.${key}: is set, and network.existing names a network that is there already, so nothing would be made of it; remove one of the two`,
    ),
    ...(both < 0
      ? []
      : [
          `${project}:network.existing.webserverSubnetIds[${both}]: found ${String(gatewaySubnetId)}, which gatewaySubnetId names as well: the gateway's subnet is public, and the backend's must not be; name a private subnet`,
        ]),
    ...(network.egress === "gateway" && !isRefused(context, "network.egress")
      ? [
          `${project}:network.egress: is gateway (the default), which needs a route to the gateway in the private subnets' table, and tables of network.existing are not changed; ` +
            "set managed where the subnets have a way out of their own, such as a NAT gateway, or none",
        ]
      : []),
    ...zones(project, context, privates),
    ...balancerPlaces(context, privates, balancerSubnets),
  ];
}

/** Those of a public load balancer; that there are some where it needs them is said by front-rules.ts. */
function balancerPlaces(context: Context, privates: readonly unknown[], given: unknown): string[] {
  if (given === undefined) return [];
  const key = `${context.project}:network.existing.balancerSubnets`;
  const { loadBalancer } = (context.sections.gateway ?? {}) as { loadBalancer?: unknown };
  const subnets = (Array.isArray(given) ? given : []).map((one: unknown) => (isGroup(one) ? one : {}));
  const ids = subnets.map(({ id }) => (typeof id === "string" ? id : undefined));
  return [
    ...(loadBalancer === true || isRefused(context, "gateway.loadBalancer")
      ? []
      : [`${key}: is given, and gateway.loadBalancer is not true, so that nothing would stand in them; set that to true, or remove them`]),
    ...ids.flatMap((id, index) =>
      id !== undefined && ids.indexOf(id) < index
        ? [`${key}[${index}].id: found ${String(id)}, which [${ids.indexOf(id)}] names as well; name one of another zone`]
        : [],
    ),
    ...subnets.flatMap(({ cidr }, index) => {
      const block = typeof cidr === "string" ? readBlock(cidr) : undefined;
      return block !== undefined && "problem" in block ? [`${key}[${index}].cidr: found ${String(cidr)}, ${block.problem}`] : [];
    }),
    ...ids.flatMap((id, index) =>
      privates.includes(id)
        ? [
            `${key}[${index}].id: found ${String(id)}, which webserverSubnetIds[${privates.indexOf(id)}] names as well: a load balancer that clients reach stands in public subnets, and the backend's must not be public; name a public subnet`,
          ]
        : [],
    ),
  ];
}

function zones(project: string, { sections }: Context, privates: readonly unknown[]): string[] {
  const { loadBalancer } = (sections.backend ?? {}) as { loadBalancer?: unknown };
  return loadBalancer === true && privates.length === 1
    ? [
        `${project}:network.existing.webserverSubnetIds: found one subnet, and a load balancer stands in two zones at least; name a second one in another zone, or remove backend.loadBalancer`,
      ]
    : [];
}

/** What stands there where nobody gave anything: load.ts fills the zones in. */
function defaultOf(key: (typeof OWN)[number], region: string): unknown {
  if (key === "availabilityZones") return region === "" ? undefined : defaultZones(region);
  const properties = SECTIONS.network?.schema.properties as Readonly<Record<string, { readonly default?: unknown }>> | undefined;
  return properties?.[key]?.default;
}

export function existingBucket(context: Context): string[] {
  const { project, sections } = context;
  const { bucket, adopt, existing: given } = (sections.models ?? {}) as Readonly<Record<string, unknown>>;
  if (!isGroup(given) || typeof given.bucket !== "string") return [];
  const place = `models.existing names ${given.bucket}, which is there already`;
  return [
    ...(bucket === undefined
      ? []
      : [
          `${project}:models.bucket: found ${JSON.stringify(bucket)}, the name of a bucket that the program makes, and ${place}; remove one of the two`,
        ]),
    ...(adopt === true
      ? [`${project}:models.adopt: is set, which makes a bucket the stack's own, and ${place} and stays with others; remove one of the two`]
      : []),
  ];
}
