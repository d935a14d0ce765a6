/** What load balancers of AWS need, and what their health checks cannot do. Pure. */
import { readBlock } from "../network/cidr";
import { hasExisting, type Context } from "./value-rules";

/** AWS asks for a subnet of this size at least, with 8 addresses that are free. */
const PREFIX = 27;

/** Which host one stands before, and in which subnets. */
const BALANCERS = { backend: "webserverSubnets", gateway: "gatewaySubnets" } as const;
type Role = keyof typeof BALANCERS;

export function loadBalancer(context: Context): string[] {
  const { sections } = context;
  const wanted = (Object.keys(BALANCERS) as Role[]).filter((role) => (sections[role] as Wanted | undefined)?.loadBalancer === true);
  // What both lack is said once, of the first.
  const [first] = wanted;
  return [
    ...(first === undefined ? [] : zones(context, first)),
    ...wanted.flatMap((role) => sizes(context, role)),
    ...(first === undefined ? [] : healthChecks(context, first)),
  ];
}

interface Wanted {
  readonly loadBalancer?: unknown;
}

const off = (role: Role): string => `or remove ${role}.loadBalancer`;

/** Zones and sizes of subnets that are there already are looked up. */
function networkOf({ sections }: Context): Readonly<Record<string, unknown>> {
  return (hasExisting({ sections }) ? {} : (sections.network ?? {})) as Readonly<Record<string, unknown>>;
}

function zones(context: Context, role: Role): string[] {
  const { availabilityZones: named } = networkOf(context);
  return Array.isArray(named) && named.length < 2
    ? [
        `${context.project}:network.availabilityZones: found one zone, and a load balancer stands in two at least; name a second one, with a block in gatewaySubnets and in webserverSubnets, ${off(role)}`,
      ]
    : [];
}

function sizes(context: Context, role: Role): string[] {
  const key = BALANCERS[role];
  const blocks = networkOf(context)[key];
  return (Array.isArray(blocks) ? (blocks as unknown[]) : []).flatMap((text, index) => {
    const block = typeof text === "string" ? readBlock(text) : undefined;
    return block === undefined || "problem" in block || block.prefix <= PREFIX
      ? []
      : [
          `${context.project}:network.${key}[${index}]: found ${block.text}, and a load balancer takes no subnet smaller than /${PREFIX}; choose a larger block, ${off(role)}`,
        ];
  });
}

function healthChecks({ project, sections }: Context, role: Role): string[] {
  const health = (sections.health ?? {}) as { host?: unknown; headers?: object; status?: unknown };
  const cannotSend = (key: string, what: string): string =>
    `${project}:${key}: is set, and the health checks of a load balancer cannot send ${what}; give health a path that needs none and remove it, ${off(role)}`;
  return [
    ...(health.host === undefined ? [] : [cannotSend("health.host", "a Host header of one's own")]),
    ...(Object.keys(health.headers ?? {}).length === 0 ? [] : [cannotSend("health.headers", "headers")]),
    ...(typeof health.status === "number" && health.status > 499
      ? [
          `${project}:health.status: found ${health.status}, and the health checks of a load balancer take 200 to 499; let the application answer one of these, ${off(role)}`,
        ]
      : []),
  ];
}
