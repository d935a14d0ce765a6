/** What an update takes away for a while, in words: said before, since nobody asks for it. docs/operations.md says the same at more length. Pure. */
import type { GraphResource } from "../offline/engine";
import type { HostId } from "../release/types";
import type { Changed } from "./resources";
import type { Side } from "./side";

/** Median of a first set-up of both hosts on test hosts (docs/benchmarks.md, "first set-up: the program: hosts' part"); a test compares. */
export const FIRST_SET_UP_SECONDS = 34;
/** What a first set-up takes: the steps of the new machine are the same. On AWS machines start and packages come by apt as well. */
const SET_UP = `as a first set-up: ${FIRST_SET_UP_SECONDS} s measured on test hosts, 5 to 10 minutes on AWS, where nobody has measured it`;
const ROUTE = "egress-default";

/** Of a host whose machine is replaced. */
export function replacedText(host: HostId, before: Side, after: Side): string {
  const lost = "what was only on the old one is gone";
  const [key, attachment] = host === "gateway" ? ["gateway.loadBalancer", "front-gateway"] : ["backend.loadBalancer", `balancer-${host}`];
  const isShared = ({ resources }: Side): boolean => resources.some(({ name }) => name === attachment);
  if (isShared(before) && isShared(after))
    return `a new, empty machine is set up beside the old one, which answers until the update ends and is drained then: no outage; ${lost}`;
  return `a new, empty machine takes its place, and every step runs on it: an outage until its release serves (${SET_UP}), and none where ${key} was on before; ${lost}`;
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
