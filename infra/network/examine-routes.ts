/** Where the subnets of an existing network lead to. Pure; part of examine.ts. */
import { contains, parseBlock, readBlock, RFC_1918 } from "./cidr";
import { isKnown } from "./facts";
import type { Examined, Named, NetworkFacts, RouteFacts, TableFacts, Verdict } from "./facts";

const EVERYWHERE = "0.0.0.0/0";

type Routed = Named & { readonly table: TableFacts };

export function routing(args: Examined, facts: NetworkFacts, subnets: readonly Named[]): Verdict {
  // One that is in another VPC has been reported, and its routes are of no interest.
  const inside = subnets.filter(({ subnet }) => facts.vpc === "absent" || (isKnown(subnet) && subnet.vpcId === args.existing.vpcId));
  const routed = inside.filter((one): one is Routed => isKnown(one.table));
  const privates = routed.filter(({ of }) => of === "webserver");
  const backend = privates.find(({ id }) => id === args.existing.webserverSubnetIds[0]);
  return {
    problems: [
      ...routed.filter(({ of }) => of !== "webserver").flatMap((one) => [...notPublic(one), ...pastTheGateway(one, true)]),
      ...privates.flatMap(notPrivate),
      ...(args.egress === "managed" ? privates.flatMap((one) => [...noWayOut(one), ...natProblems(args, facts, one)]) : []),
      ...(args.egress === "none" && backend !== undefined ? withoutEndpoint(args, facts, backend) : []),
    ],
    warnings: [
      ...routed.filter(({ of }) => of !== "webserver").flatMap((one) => pastTheGateway(one, false)),
      ...privates.flatMap((one) => [...otherNetworks(one), ...natWarnings(facts, one)]),
      ...(backend === undefined ? [] : endpointWarnings(args, facts, backend)),
    ],
  };
}

const place = ({ key, id, table }: Routed): string =>
  `${key}: found ${id}, whose route table ${table.id}${table.main ? " (the VPC's main one)" : ""}`;
const shown = ({ destination, via }: RouteFacts): string => `${destination} to ${via}`;
const defaultRoute = ({ table }: Routed): RouteFacts | undefined => table.routes.find(({ destination }) => destination === EVERYWHERE);

function notPublic(one: Routed): string[] {
  const route = defaultRoute(one);
  if (route?.kind === "internet") return [];
  const has = route === undefined ? `has no route for ${EVERYWHERE}` : `leads ${shown(route)}`;
  const what = one.of === "gateway" ? "the gateway" : "the load balancer";
  return [`${place(one)} ${has} and not to an internet gateway, so nobody could reach ${what}; name a public subnet`];
}

/** A quarter of all addresses, or more: no network of somebody's, but the Internet in parts. */
const WIDE = 2;
const PRIVATE = [...RFC_1918, ...["100.64.0.0/10", "169.254.0.0/16"].map(parseBlock)];

/**
 * Routes of a public subnet that are more specific than the one to the Internet and lead elsewhere: answers to clients with such addresses take that
 * way. @param wide those that take so much of the Internet along that the service would not be reached
 */
function pastTheGateway(one: Routed, wide: boolean): string[] {
  if (defaultRoute(one)?.kind !== "internet") return [];
  const routes = one.table.routes.filter(({ destination, kind, via }) => {
    const block = readBlock(destination);
    if (destination === EVERYWHERE || kind === "internet" || via === "local" || "problem" in block) return false;
    return !PRIVATE.some((own) => contains(own, block)) && block.prefix <= WIDE === wide;
  });
  if (routes.length === 0) return [];
  const ways = routes.map(shown).join(" and ");
  return wide
    ? [
        `${place(one)} leads ${ways}, which is more specific than ${EVERYWHERE}: answers to clients with such addresses would not go out by the internet gateway, through which they came; name a public subnet without such routes`,
      ]
    : [
        `${one.key}: ${one.id} leads ${ways} and not to the internet gateway: who comes from there over the Internet gets no answer, unless that way leads back to it`,
      ];
}

function notPrivate(one: Routed): string[] {
  const open = one.table.routes.filter(({ kind }) => kind === "internet");
  return open.length === 0
    ? []
    : [
        `${place(one)} leads ${open.map(shown).join(" and ")}, an internet gateway: the subnet is public, and the backend has to stand in a private one; name one`,
      ];
}

function noWayOut(one: Routed): string[] {
  const route = defaultRoute(one);
  return route !== undefined
    ? []
    : [
        `${place(one)} has no route for ${EVERYWHERE} (those that a VPN gateway propagates are not shown), and with network.egress managed the backend fetches packages that way; add a static one to a NAT gateway, or set network.egress to none`,
      ];
}

function natProblems({ region }: Examined, { nats }: NetworkFacts, one: Routed): string[] {
  const route = defaultRoute(one);
  const nat = nats.get(route?.via ?? "");
  if (route === undefined || nat === undefined || (nat !== "absent" && (!isKnown(nat) || nat.state === "available"))) return [];
  const state = nat === "absent" ? `is not there in ${region}` : `is ${nat.state}`;
  return [
    `${place(one)} leads ${shown(route)}, which ${state}, so the backend has no way out; route it to a NAT gateway that is available`,
  ];
}

function natWarnings({ nats }: NetworkFacts, one: Routed): string[] {
  const nat = nats.get(defaultRoute(one)?.via ?? "");
  return nat !== undefined && isKnown(nat) && nat.connectivity === "private"
    ? [`${one.key}: ${one.id} leads to ${nat.id}, a private NAT gateway; whether package registries can be reached behind it is not known`]
    : [];
}

function otherNetworks(one: Routed): string[] {
  const routes = one.table.routes.filter(({ kind }) => kind === "network");
  return routes.length === 0
    ? []
    : [
        `${one.key}: ${one.id} has routes to other networks (${routes.map(shown).join(", ")}): only the backend's security group keeps their hosts from it`,
      ];
}

function withoutEndpoint({ existing }: Examined, { endpoint }: NetworkFacts, backend: Routed): string[] {
  const needed = "with network.egress none it is the backend's only way to models and wheels";
  if (endpoint === "absent") {
    return [
      `${place(backend)} has no gateway endpoint of S3 (${existing.vpcId} has none): ${needed}; let it be made, or set network.egress to managed`,
    ];
  }
  return !isKnown(endpoint) || endpoint.tableIds.includes(backend.table.id)
    ? []
    : [
        `${place(backend)} is not among those of the endpoint of S3 ${endpoint.id}: ${needed}; add the table to it, or set network.egress to managed`,
      ];
}

function endpointWarnings({ project, egress, bucketName }: Examined, { endpoint }: NetworkFacts, backend: Routed): string[] {
  const applies = isKnown(endpoint) && endpoint.tableIds.includes(backend.table.id);
  if (applies) {
    return isOpen(endpoint.policy)
      ? []
      : [
          `${project}:network.existing: the endpoint of S3 ${endpoint.id} has a policy of its own, which was not evaluated; it has to allow s3:ListBucket, s3:GetObject and s3:PutObject on ${bucketName}`,
        ];
  }
  const isMissing = endpoint === "absent" || isKnown(endpoint);
  return egress === "managed" && isMissing
    ? [
        `${backend.key}: ${backend.id} has no gateway endpoint of S3, so models and backups go through the NAT gateway, which charges for them; an endpoint is free`,
      ]
    : [];
}

/** AWS's own policy of an endpoint: everything is allowed. */
function isOpen(policy: string): boolean {
  try {
    const { Statement } = JSON.parse(policy) as { Statement?: Record<string, unknown> | Record<string, unknown>[] };
    const list = Array.isArray(Statement) ? Statement : [Statement ?? {}];
    const everyone = (principal: unknown): boolean => principal === "*" || JSON.stringify(principal) === '{"AWS":"*"}';
    return (
      list.every(({ Effect }) => Effect === "Allow") &&
      list.some((one) => one.Action === "*" && one.Resource === "*" && everyone(one.Principal) && one.Condition === undefined)
    );
  } catch {
    return false; // no policy that can be read is none that is open
  }
}
