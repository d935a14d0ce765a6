/** Load balancers of all kinds, and whether what they lead to is the backend. */
import { ofType } from "../../core/graph";
import type { Graph, Resource } from "../../core/types";
import { asNumber } from "../../core/values";
import * as kinds from "./kinds";
import { isBackend, targetsBackend, TARGETS } from "./backend-target";
import type { Certainty } from "./backend-target";
import { nestedTargets } from "./network-interface";
import type { Network } from "./model";
import { property, targetOf, targets } from "./targets";
import type { Target, Targets } from "./targets";
import { switchOf } from "./subnets";
import type { Switch } from "./subnets";

/** Something that passes connections on to the backend, or may. */
export interface Passage {
  /** Where it is written that the backend is the target. */
  readonly resource: Resource;
  readonly certainty: Exclude<Certainty, "no">;
  /** Its target, for messages. */
  readonly text: string;
  /** The target group or classic balancer it fills; `undefined` where that is not part of the program. */
  readonly of: Resource | undefined;
}

const POOL =
  /^aws:((lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/targetGroup:TargetGroup|(elb|elasticloadbalancing)\/loadBalancer:LoadBalancer)$/;

const found = new WeakMap<Network, readonly Passage[]>();

/** Every registration of the backend in a target group or classic load balancer, also by way of another load balancer. */
export function passages(network: Network): readonly Passage[] {
  const known = found.get(network);
  if (known) return known;
  const all = [...directPassages(network), ...chainPassages(network)];
  found.set(network, all);
  return all;
}

const direct = new WeakMap<Network, readonly Passage[]>();

function directPassages(network: Network): readonly Passage[] {
  const known = direct.get(network);
  if (known) return known;
  const { graph } = network;
  const all = [
    ...byAttachment(network),
    ...ofType(graph, "aws:elb/attachment:Attachment").flatMap((link) =>
      passage(link, targetsBackend(network, link, "instance"), targetOf(graph, link, "elb", POOL)),
    ),
    ...ofType(graph, kinds.CLASSIC_LOAD_BALANCER).flatMap((balancer) => {
      const listed = targets(graph, balancer, "instances", property(balancer, "instances"), TARGETS);
      return passage(balancer, anyTargetsBackend(network, listed), { is: balancer, maybe: [] });
    }),
    ...byScaling(network),
    ...ofType(graph, "aws:ecs/service:Service").flatMap((service) => {
      const pools = nestedTargets(graph, service, "loadBalancers", /^(targetGroupArn|elbName)$/, POOL);
      return eachPool(service, isBackend(network, service), pools);
    }),
  ];
  direct.set(network, all);
  return all;
}

/** A target group may have a load balancer as its target. */
function chainPassages(network: Network): Passage[] {
  return attachments(network).flatMap(({ link, to, pool }) =>
    to?.is && kinds.LOAD_BALANCER.test(to.is.type) ? passage(link, balancerTargetsBackend(network, to.is), pool) : [],
  );
}

function attachments({
  graph,
}: Network): { readonly link: Resource; readonly to: Target | undefined; readonly pool: Target | undefined }[] {
  const type = /^aws:(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/targetGroupAttachment:TargetGroupAttachment$/;
  return ofType(graph, type).map((link) => ({
    link,
    to: targetOf(graph, link, "targetId", TARGETS),
    pool: targetOf(graph, link, "targetGroupArn", POOL),
  }));
}

function byAttachment(network: Network): Passage[] {
  return attachments(network).flatMap(({ link, to, pool }) => {
    if (to?.is && kinds.LOAD_BALANCER.test(to.is.type)) return [];
    const port = asNumber(property(link, "port")) ?? asNumber(pool?.is && property(pool.is, "port"));
    return passage(link, targetsBackend(network, link, "targetId", port), pool);
  });
}

/** Scaling groups and fleets of the backend register their instances by themselves. */
function byScaling(network: Network): Passage[] {
  const { graph } = network;
  const own = ofType(graph, /^aws:(autoscaling\/group:Group|ec2\/spotFleetRequest:SpotFleetRequest)$/).flatMap((group) =>
    [
      targets(graph, group, "targetGroupArns", property(group, "targetGroupArns"), POOL),
      targets(graph, group, "loadBalancers", property(group, "loadBalancers"), POOL),
      nestedTargets(graph, group, "trafficSources", /^identifier$/, POOL),
    ].flatMap((pools) => eachPool(group, isBackend(network, group), pools)),
  );
  const links = ofType(graph, /^aws:autoscaling\/(attachment:Attachment|trafficSourceAttachment:TrafficSourceAttachment)$/).flatMap(
    (link) => {
      const pools = ["lbTargetGroupArn", "elb"].map((key) => targetOf(graph, link, key, POOL)).find((found) => found !== undefined);
      const source = nestedTargets(graph, link, "trafficSource", /^identifier$/, POOL)?.certain[0];
      return passage(
        link,
        targetsBackend(network, link, "autoscalingGroupName"),
        pools ?? (source ? { is: source, maybe: [] } : undefined),
      );
    },
  );
  return [...own, ...links];
}

function eachPool(resource: Resource, certainty: Certainty, pools: Targets | undefined): Passage[] {
  if (!pools) return [];
  const known = pools.certain.flatMap((pool) => passage(resource, certainty, { is: pool, maybe: [] }));
  return pools.blind || pools.literals.length > 0 ? [...known, ...passage(resource, certainty, undefined)] : known;
}

function anyTargetsBackend(network: Network, listed: Targets | undefined): Certainty {
  if (!listed) return "no";
  if (listed.certain.some((one) => isBackend(network, one) === "yes")) return "yes";
  return listed.blind || listed.maybe.some((one) => isBackend(network, one) !== "no") ? "maybe" : "no";
}

function passage(resource: Resource, certainty: Certainty, pool: Target | undefined): Passage[] {
  if (certainty === "no") return [];
  const text = certainty === "yes" ? `${resource.name} registers the backend` : `${resource.name} may register the backend`;
  return [{ resource, certainty, text, of: pool?.is }];
}

/** A load balancer that has the backend behind it, or may have. */
export interface Balancer {
  readonly resource: Resource;
  readonly certainty: Exclude<Certainty, "no">;
  /** `undefined`: nothing is said, so it faces the Internet. */
  readonly internal: Switch;
  readonly passages: readonly Passage[];
}

const byNetwork = new WeakMap<Network, Map<Resource, Certainty>>();

/** Whether a load balancer leads to the backend, by itself or by way of another one. */
export function balancerTargetsBackend(network: Network, balancer: Resource): Certainty {
  const known = byNetwork.get(network) ?? new Map<Resource, Certainty>();
  byNetwork.set(network, known);
  const before = known.get(balancer);
  if (before !== undefined) return before;
  known.set(balancer, "no"); // ends circles
  const pools = poolsOf(network.graph, balancer);
  const own = directPassages(network).flatMap(({ of, certainty }) => (of && pools.has(of) ? [certainty] : []));
  const chained = attachments(network).flatMap(({ to, pool }) =>
    to?.is && pool?.is && pools.has(pool.is) && kinds.LOAD_BALANCER.test(to.is.type) ? [balancerTargetsBackend(network, to.is)] : [],
  );
  const all: Certainty[] = [...own, ...chained];
  const certainty = all.includes("yes") ? "yes" : all.includes("maybe") ? "maybe" : "no";
  known.set(balancer, certainty);
  return certainty;
}

/** All load balancers that lead to the backend, or may, with the registrations that make them do so. */
export function backendBalancers(network: Network): Balancer[] {
  const found = passages(network);
  return ofType(
    network.graph,
    /^aws:(lb|alb|elb|elasticloadbalancing|elasticloadbalancingv2|applicationloadbalancing)\/loadBalancer:LoadBalancer$/,
  ).flatMap((resource): Balancer[] => {
    const pools = poolsOf(network.graph, resource);
    const through = found.filter(({ of }) => of !== undefined && pools.has(of));
    if (through.length === 0) return [];
    const certainty = through.some((one) => one.certainty === "yes") ? "yes" : "maybe";
    return [{ resource, certainty, internal: switchOf(property(resource, "internal")), passages: through }];
  });
}

const poolIndexes = new WeakMap<Graph, Map<Resource, Set<Resource>>>();

/** The target groups that a load balancer's listeners lead to; a classic one is its own. */
function poolsOf(graph: Graph, balancer: Resource): ReadonlySet<Resource> {
  const known = poolIndexes.get(graph) ?? listenerPools(graph);
  poolIndexes.set(graph, known);
  return kinds.CLASSIC_LOAD_BALANCER.test(balancer.type) ? new Set([balancer]) : (known.get(balancer) ?? new Set());
}

function listenerPools(graph: Graph): Map<Resource, Set<Resource>> {
  const pools = new Map<Resource, Set<Resource>>();
  const note = (listener: Resource | undefined, actions: Targets | undefined): void => {
    const owner = listener && targetOf(graph, listener, "loadBalancerArn", kinds.LOAD_BALANCER);
    for (const balancer of owner?.is ? [owner.is] : (owner?.maybe ?? []))
      pools.set(balancer, new Set([...(pools.get(balancer) ?? []), ...(actions?.certain ?? []), ...(actions?.maybe ?? [])]));
  };
  const names = /^(targetGroupArn|arn)$/;
  for (const listener of ofType(graph, kinds.LISTENER))
    note(listener, nestedTargets(graph, listener, "defaultActions", names, kinds.TARGET_GROUP));
  for (const rule of ofType(graph, /^aws:(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/listenerRule:ListenerRule$/))
    note(targetOf(graph, rule, "listenerArn", kinds.LISTENER)?.is, nestedTargets(graph, rule, "actions", names, kinds.TARGET_GROUP));
  return pools;
}

/** The passages whose load balancer is not to be found in the program. */
export function openPassages(network: Network): Passage[] {
  const served = new Set(backendBalancers(network).flatMap((balancer) => balancer.passages));
  const all = passages(network);
  const servedPools = new Set([...served].map(({ of }) => of));
  return all.filter(({ of }) => of === undefined || !servedPools.has(of));
}
