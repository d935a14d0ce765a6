/** What an internal load balancer of AWS needs, and what its health checks cannot do. Pure. */
import { readBlock } from "../network/cidr";
import { hasExisting, type Context } from "./value-rules";

/** AWS asks for a subnet of this size at least, with 8 addresses that are free. */
const PREFIX = 27;

export function loadBalancer({ project, sections }: Context): string[] {
  const { loadBalancer: wanted } = (sections.backend ?? {}) as { loadBalancer?: unknown };
  if (wanted !== true) return [];
  // Zones and sizes of subnets that are there already are looked up.
  const network = (hasExisting({ sections }) ? {} : (sections.network ?? {})) as {
    availabilityZones?: unknown;
    webserverSubnets?: unknown;
  };
  const health = (sections.health ?? {}) as { host?: unknown; headers?: object; status?: unknown };
  const off = "or remove backend.loadBalancer";
  const zones = Array.isArray(network.availabilityZones) ? network.availabilityZones.length : 2;
  const blocks = Array.isArray(network.webserverSubnets) ? network.webserverSubnets : [];
  return [
    ...(zones < 2
      ? [
          `${project}:network.availabilityZones: found one zone, and a load balancer stands in two at least; name a second one, with a block in gatewaySubnets and in webserverSubnets, ${off}`,
        ]
      : []),
    ...blocks.flatMap((text, index) => {
      const block = typeof text === "string" ? readBlock(text) : undefined;
      return block === undefined || "problem" in block || block.prefix <= PREFIX
        ? []
        : [
            `${project}:network.webserverSubnets[${index}]: found ${block.text}, and a load balancer takes no subnet smaller than /${PREFIX}; choose a larger block, ${off}`,
          ];
    }),
    ...(health.host === undefined ? [] : [cannotSend("health.host", "a Host header of one's own")]),
    ...(Object.keys(health.headers ?? {}).length === 0 ? [] : [cannotSend("health.headers", "headers")]),
    ...(typeof health.status === "number" && health.status > 499
      ? [
          `${project}:health.status: found ${health.status}, and the health checks of a load balancer take 200 to 499; let the application answer one of these, ${off}`,
        ]
      : []),
  ];

  function cannotSend(key: string, what: string): string {
    return `${project}:${key}: is set, and the health checks of a load balancer cannot send ${what}; give health a path that needs none and remove it, ${off}`;
  }
}
