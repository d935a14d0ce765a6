/** Who reaches a TCP port through the groups of a host, beyond those who may. */
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
}

type SourceVerdict = "fine" | "bad" | "unknown";

/** Rules that open the port on a guarding group to anybody but the members of `allowed`. */
export function intrusions(network: Network, port: number, allowed: ReadonlyMap<string, Group>): Intrusion[] {
  return network.rules.flatMap((rule): Intrusion[] => {
    if (rule.direction === "egress") return [];
    const opens = covers(rule.traffic, port);
    const guards = onGuard(network, rule);
    const source = named(network, rule) ? "fine" : checkSource(network, rule, allowed);
    if (opens === "no" || guards === "no" || source === "fine") return [];
    const certain = opens === "yes" && guards === "yes" && source === "bad" && rule.direction === "ingress";
    return [{ rule, verdict: certain ? "violation" : "unknown", text: explain(rule, port, opens, guards, source) }];
  });
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
  if (good === maybe.length && source.ref.literal === undefined) return "fine";
  // Every group that flows into the list stands in one of these rules (unless they are fewer: then a value chooses between groups);
  // where all of them open a guarded port, one opens it to a stranger.
  return siblings.length >= maybe.length && siblings.every((other) => sensitive(network, other)) ? "bad" : "unknown";
}

/** Does the rule open one of the ports that only the gateway may reach? */
function sensitive({ settings }: Network, { traffic }: Rule): boolean {
  return covers(traffic, settings.servicePort) === "yes" || covers(traffic, 22) === "yes";
}

function explain(rule: Rule, port: number, opens: string, guards: string, source: SourceVerdict): string {
  const what = `${place(rule)} lets ${rule.source.text} reach port ${String(port)} (${describeTraffic(rule.traffic)}) of ${describeGroup(rule.group)}`;
  const doubts = [
    ...(rule.direction === "unknown" ? ["whether it is an ingress rule is not known"] : []),
    ...(opens === "maybe" ? ["its protocol or ports are not known"] : []),
    ...(guards === "maybe" ? [`whether ${describeGroup(rule.group)} is a group of the backend is not known`] : []),
    ...(source === "unknown" ? ["whether its source is the gateway's group and nothing else is not known"] : []),
  ];
  return doubts.length === 0 ? what : `${place(rule)} may let ${rule.source.text} reach port ${String(port)}: ${doubts.join("; ")}`;
}

/** `ingress[0] of web-sg`, or the name of a rule that is a resource of its own. */
export function place({ resource, path }: Rule): string {
  return path === "" ? `The rule ${resource.name}` : `${path} of ${resource.name}`;
}
