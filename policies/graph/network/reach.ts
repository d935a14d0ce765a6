/** Who reaches a TCP port through the groups of a host, beyond those who may. */
import { backendBalancers } from "./balancers";
import { isOpenBalancer, listenerPorts, onlyBalancers, mayBecomeBalancers, stepOf, throughMembers } from "./balancer-members";
import type { SourceCheck, ThroughMembers } from "./balancer-members";
import type { Group } from "./groups";
import { describeGroup, mayBeIn } from "./groups";
import type { Network } from "./model";
import { covers, describeTraffic } from "./ports";
import type { Rule } from "./rules";

/** A rule that lets somebody in who is not allowed, or may let in somebody who is not. */
export interface Intrusion {
  readonly rule: Rule;
  readonly verdict: "violation" | "unknown";
  /** What is wrong, or what is not known. */
  readonly text: string;
  /** True where it comes by way of load balancers that the rule lets in. */
  readonly balanced: boolean;
}

type SourceVerdict = "fine" | "bad" | "unknown";

/** Rules that open the port on a guarding group to anybody but the members of `allowed`. */
export function intrusions(
  network: Network,
  port: number,
  allowed: ReadonlyMap<string, Group>,
  { balancers = false }: { /** May an internal load balancer stand between? */ readonly balancers?: boolean } = {},
): Intrusion[] {
  return network.rules.flatMap((rule): Intrusion[] => {
    if (rule.direction === "egress") return [];
    const opens = covers(rule.traffic, port);
    const guards = onGuard(network, rule);
    if (opens === "no" || guards === "no") return [];
    const through = balancers ? throughGroup(network, rule, allowed, new Set()) : undefined;
    const source = through?.verdict ?? sourceVerdict(network, rule, allowed);
    if (source === "fine") return [];
    const certain = opens === "yes" && guards === "yes" && source === "bad" && rule.direction === "ingress";
    const path = through ?? (balancers ? pastBalancer(network, rule) : undefined);
    return [
      {
        rule,
        verdict: certain ? "violation" : "unknown",
        text: explain(rule, port, { opens, guards, source }, path),
        balanced: through !== undefined,
      },
    ];
  });
}

function sourceVerdict(network: Network, rule: Rule, allowed: ReadonlyMap<string, Group>): SourceVerdict {
  return named(network, rule) ? "fine" : checkSource(network, rule, allowed);
}

/** Who comes through a group that only load balancers carry. `undefined`: the source is no such group. */
function throughGroup(
  network: Network,
  rule: Rule,
  allowed: ReadonlyMap<string, Group>,
  seen: ReadonlySet<string>,
): ThroughMembers | undefined {
  const group = rule.source.kind === "group" ? rule.source.ref.is : undefined;
  if (!group || allowed.has(group.key) || seen.has(group.key)) return undefined;
  if (allowed.size === 0 && network.graph.partial === true) return undefined;
  const inner: SourceCheck = (one, known) => {
    const further = throughGroup(network, one, allowed, known);
    const verdict = further?.verdict ?? sourceVerdict(network, one, allowed);
    return { verdict, text: further && further.verdict !== "unknown" ? stepOf(further.text, one) : stepOf(one.source.text, one) };
  };
  const found = throughMembers(network, group, new Set([...seen, group.key]), inner);
  if (found) return found;
  const later = { verdict: "unknown", text: `which load balancers carry ${group.label} is not known before all is registered` } as const;
  return mayBecomeBalancers(network, group) ? later : undefined;
}

/** Addresses reach the backend past the gateway by a network load balancer that has no group of its own. */
function pastBalancer(network: Network, rule: Rule): ThroughMembers | undefined {
  if (rule.source.kind === "group") return undefined;
  const open = backendBalancers(network).find(({ resource }) => isOpenBalancer(resource));
  if (!open) return undefined;
  const ports = listenerPorts(network, open.resource).map((port) => (port === undefined ? "a port not known yet" : `tcp ${String(port)}`));
  return {
    verdict: "bad",
    text: `${rule.source.text} -> ${open.resource.name} ${ports.join(", ")} (a network load balancer without a group passes on whoever reaches it)`,
  };
}

/** Does the rule belong to a group that decides about the backend? An id from elsewhere may be one. */
function onGuard({ guards, maybeGuards }: Network, { group }: Rule): "yes" | "no" | "maybe" {
  if (group.is) return guards.has(group.is.key) ? "yes" : maybeGuards.has(group.is.key) ? "maybe" : "no";
  if (group.literal !== undefined || group.maybe.length === 0) return "maybe";
  return mayBeIn(group, guards) || mayBeIn(group, maybeGuards) ? "maybe" : "no";
}

/** A gateway group from elsewhere, which the configuration names by its id. */
function named({ settings }: Network, { source }: Rule): boolean {
  const names = settings.roles.gatewayGroup.names ?? [];
  return source.kind === "group" && source.ref.literal !== undefined && names.includes(source.ref.literal);
}

function checkSource(network: Network, { source, siblings, group }: Rule, allowed: ReadonlyMap<string, Group>): SourceVerdict {
  if (source.kind === "unknown") return "unknown";
  if (source.kind !== "group") return "bad";
  const { is, maybe } = source.ref;
  // The group that is allowed may be this one (but for a group of the backend itself), or still be registered.
  const maybeAllowed = is?.resource.idOnly === true && is.key !== group.is?.key;
  if (maybeAllowed || (allowed.size === 0 && network.graph.partial === true)) return "unknown";
  if (is) return allowed.has(is.key) ? "fine" : "bad";
  if (allowed.size === 0) return "unknown";
  const good = maybe.filter((group) => allowed.has(group.key)).length;
  if (good === 0) return "bad";
  // Which of the groups is meant is not known, and a load balancer's own may be meant where that is right.
  if (maybe.some((group) => onlyBalancers(network, group))) return "unknown";
  if (good === maybe.length && source.ref.literal === undefined) return "fine";
  // Every group that flows into the list stands in one of these rules (unless they are fewer: then a value chooses between groups);
  // where all of them open a guarded port, one opens it to a stranger.
  return siblings.length >= maybe.length && siblings.every((other) => sensitive(network, other)) ? "bad" : "unknown";
}

/** Does the rule open one of the ports that only the gateway may reach? */
function sensitive({ settings }: Network, { traffic }: Rule): boolean {
  return covers(traffic, settings.servicePort) === "yes" || covers(traffic, 22) === "yes";
}

interface Doubts {
  readonly opens: string;
  readonly guards: string;
  readonly source: SourceVerdict;
}

function explain(rule: Rule, port: number, { opens, guards, source }: Doubts, path: ThroughMembers | undefined): string {
  const what = `${place(rule)} lets ${rule.source.text} reach port ${String(port)} (${describeTraffic(rule.traffic)}) of ${describeGroup(rule.group)}`;
  const unclear = path?.verdict === "unknown" ? path.text : "whether its source is the gateway's group and nothing else is not known";
  const doubts = [
    ...(rule.direction === "unknown" ? ["whether it is an ingress rule is not known"] : []),
    ...(opens === "maybe" ? ["its protocol or ports are not known"] : []),
    ...(guards === "maybe" ? [`whether ${describeGroup(rule.group)} is a group of the backend is not known`] : []),
    ...(source === "unknown" ? [unclear] : []),
  ];
  if (doubts.length > 0) return `${place(rule)} may let ${rule.source.text} reach port ${String(port)}: ${doubts.join("; ")}`;
  return path?.verdict === "bad" ? `${what}: ${stepOf(path.text, rule)} -> backend` : what;
}

/** `ingress[0] of web-sg`, or the name of a rule that is a resource of its own. */
export function place({ resource, path }: Rule): string {
  return path === "" ? `The rule ${resource.name}` : `${path} of ${resource.name}`;
}
