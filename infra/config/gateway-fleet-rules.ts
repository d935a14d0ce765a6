/** What a fleet of gateways needs, and what belongs to a single gateway alone. Pure. */
import { GATEWAYS } from "../fleet/bundle";
import { keysText } from "../release/access";
import { room, secretsFit, sizes } from "./fleet-rules";
import { isRefused, type Context } from "./value-rules";
import { isGroup, textsOf } from "./values";

interface Given {
  readonly loadBalancer?: unknown;
  readonly elasticIp?: unknown;
  readonly fleet?: unknown;
}

export function gatewayFleet(context: Context): string[] {
  const { project, sections } = context;
  const gateway = (sections.gateway ?? {}) as Given;
  if (!isGroup(gateway.fleet)) return [];
  const fleet = gateway.fleet as Readonly<Record<string, unknown>>;
  const key = `${project}:gateway.fleet`;
  return [
    ...(gateway.loadBalancer === true || isRefused(context, "gateway.loadBalancer")
      ? []
      : [
          `${key}: is given, and gateway.loadBalancer is not true, so that nothing would share the requests among gateways; set that to true (with domain and tls.acm), or remove gateway.fleet. On a stack that stands, set it in an update of its own before`,
        ]),
    ...(gateway.elasticIp === true
      ? [
          `${project}:gateway.elasticIp: is true, and with gateway.fleet there is no single gateway that could bear the address: clients come by the name of the load balancer; remove it, or remove gateway.fleet`,
        ]
      : []),
    ...closed(context),
    ...backends(context),
    ...sizes(key, fleet),
    ...room(context, { key, subnets: "gatewaySubnets", others: 1 }, fleet),
    ...secrets(context),
  ];
}

/** A gateway that comes and goes is no bastion, and there is nobody behind it whom the steps would log in to. */
function closed(context: Context): string[] {
  const { access } = context.sections as { access?: unknown };
  return access === "none" || typeof access !== "string" || isRefused(context, "access")
    ? []
    : [
        `${context.project}:access: found ${access}, and with gateway.fleet all hosts set themselves up, and there is no bastion and no tunnel; set access to none, or remove gateway.fleet`,
      ];
}

/** What a fleet of backends lacks itself, fleet-rules.ts says. */
function backends(context: Context): string[] {
  const { project, sections } = context;
  const { mode } = (sections.backend ?? {}) as { mode?: unknown };
  const { egress } = (sections.network ?? {}) as { egress?: unknown };
  if (mode === "fleet" || isRefused(context, "backend.mode")) return [];
  return [
    `${project}:backend.mode: is not fleet, and with gateway.fleet there is no bastion by which the steps would reach a single backend; set it to fleet (with backend.loadBalancer), or remove gateway.fleet`,
    ...(egress === "managed" || isRefused(context, "network.egress")
      ? []
      : [
          `${project}:network.egress: found ${String(egress)}, and with gateway.fleet there is no single gateway that could be the NAT, and the hosts need a way out; set it to managed, or remove gateway.fleet`,
        ]),
  ];
}

/** What the parameter of the gateways holds: their .env, and who may use the API. */
function secrets({ project, sections }: Context): string[] {
  const { env, secretEnv, apiKeys, basicAuth, mode } = (sections.gateway ?? {}) as Readonly<Record<string, unknown>>;
  const own = mode === "proxy" ? {} : { ...textsOf(env), ...textsOf(secretEnv) };
  const keys = textsOf(apiKeys);
  return secretsFit(project, own, {
    names: GATEWAYS,
    access: { keys: Object.keys(keys).length === 0 ? "" : keysText(keys), users: textsOf(basicAuth) },
  });
}
