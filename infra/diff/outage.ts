/** What an update takes away for a while, in words: said before, since nobody asks for it. docs/operations.md says the same at more length. Pure. */
import { roleOf } from "../hosts/ids";
import type { GraphResource } from "../offline/engine";
import type { HostId, HostRole } from "../release/types";
import type { Changed } from "./resources";
import type { Side } from "./side";

/**
 * Without an answer while a machine was replaced on test hosts (`npm run test:hosts -- --only 'replaced machine'`, docs/evidence.md). A test compares
 * them with docs/operations.md.
 */
export const OUTAGE_SECONDS: Readonly<Record<HostRole, number>> = { backend: 33, gateway: 45 };

/** The steps of the new machine are those of a first set-up. On AWS machines start and packages come by apt as well. */
const measured = (role: HostRole): string =>
  `${OUTAGE_SECONDS[role]} s measured on test hosts, 5 to 10 minutes on AWS, where nobody has measured it`;
const ROUTE = "egress-default";
const LOST = "what was only on the old one is gone";

const hasOn = (sides: readonly Side[], name: string): boolean =>
  sides.every(({ resources }) => resources.some((resource) => resource.name === name));

/** Of a host whose machine is replaced. */
export function replacedText(host: HostId, before: Side, after: Side): string {
  const sides = [before, after];
  const role = roleOf(host);
  const key = `${role}.loadBalancer`;
  if (hasOn(sides, role === "gateway" ? "front-gateway" : `balancer-${host}`))
    return `a new, empty machine is set up beside the old one, which answers until the update ends and is drained then: no outage; ${LOST}`;
  if (role === "backend")
    return `a new, empty machine takes its place, and every step runs on it: an outage until its release serves (${measured(role)}), and none where ${key} was on before; ${LOST}`;
  const moves = hasOn(sides, "gateway-address")
    ? "its Elastic IP moves"
    : hasOn(sides, "gateway-record")
      ? "its name in DNS leads"
      : undefined;
  if (moves !== undefined)
    return `a new, empty machine takes its place: ${moves} there before any step has run on it, an outage until its release serves (${measured(role)}), and none where ${key} was on before; ${LOST}`;
  return `a new, empty machine is set up beside the old one, at another address: the old one answers until the update ends, and clients have to come to the new one by then (gateway.elasticIp keeps an address, with an outage); ${LOST}`;
}

type Way = "the gateway" | "a managed NAT gateway";

/** @returns what happens to the private subnets' way out; undefined where nothing does */
export function wayOutText(before: Side, after: Side, changed: ReadonlyMap<string, Changed>): string | undefined {
  const [old, now] = [before, after].map(wayOf);
  if (old === undefined) return undefined;
  if (now === undefined) return "its way out ends with the update: packages, logs and metrics do not get out any more";
  if (!changed.has(routeOf(after)?.urn ?? "")) return undefined;
  const to = old === now ? `another machine of ${now}` : now;
  return `its way out changes over to ${to} in place, once that passes packets: no gap, but connections that are open outwards are cut`;
}

const routeOf = ({ resources }: Side): GraphResource | undefined =>
  resources.find(({ type, name }) => type === "aws:ec2/route:Route" && name === ROUTE);

function wayOf(side: Side): Way | undefined {
  const route = routeOf(side);
  if (route === undefined) return undefined;
  return route.inputs.natGatewayId === undefined ? "the gateway" : "a managed NAT gateway";
}
