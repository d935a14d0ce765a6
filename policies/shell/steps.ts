/** The set-up steps of a graph: which host each belongs to, and in which order they can run. */
import { ofType } from "../core/graph";
import { needs, resolveId } from "../core/references";
import { selectRole } from "../core/select";
import type { Graph, Resource, Settings } from "../core/types";
import { asProps, asString } from "../core/values";
import { associationsOf } from "./associations";
import { bootOfInstance, INSTANCE, launchedOf } from "./launches";
import type { Boot, Role } from "./launches";
import { storedFor } from "./stored";
import type { Stored } from "./stored";
import { textOfBoot } from "./user-data";

/** Runs where Pulumi runs. */
export const LOCAL = "command:local:Command";
export const REMOTE = /^command:remote:(Command|CopyToRemote|CopyFile)$/u;
const ADDRESS = /^aws:ec2\/eip(Association)?:Eip(Association)?$/u;

/** One machine, as far as the graph shows it. */
export interface Host {
  /** An instance's URN, or what else tells hosts apart. */
  readonly key: string;
  readonly name: string;
  readonly role?: Role;
  /** The instance, or what machines are launched from. */
  readonly instance?: Resource;
  /** Its user data. */
  readonly boot?: Boot;
  /** What it fetches of this program, as far as that is known. */
  readonly stored?: readonly Stored[];
  /** The machine that runs Pulumi: its files are nobody's business here, what it calls is. */
  readonly isOperator?: boolean;
  /** Command and CopyToRemote resources, in registration order; behind them what Systems Manager is told to run. */
  readonly steps: readonly Resource[];
}

export function hostsOf(graph: Graph, settings: Settings): Host[] {
  const roles = rolesOf(graph, settings);
  const hosts = new Map<string, { host: Omit<Host, "steps">; steps: Resource[] }>();
  const add = (host: Omit<Host, "steps">): Resource[] => {
    const found = hosts.get(host.key) ?? { host, steps: [] };
    hosts.set(host.key, found);
    return found.steps;
  };
  for (const instance of ofType(graph, INSTANCE)) add(hostOfInstance(graph, instance, roles));
  for (const { boot, role, resource, ...launched } of launchedOf(graph, settings))
    add({ ...launched, instance: resource, ...(role ? { role } : {}), ...booted(graph, boot) });
  for (const step of graph.resources) if (REMOTE.test(step.type)) add(hostOfStep(graph, step, roles)).push(step);
  for (const { step, instances } of associationsOf(graph).values())
    for (const instance of instances) add(hostOfInstance(graph, instance, roles)).push(step);
  const operator = add({ key: "operator", name: "the machine that runs Pulumi", isOperator: true });
  operator.push(...ofType(graph, LOCAL));
  return [...hosts.values()].map(({ host, steps }) => ({ ...host, steps }));
}

type Roles = ReadonlyMap<string, Role>;

function rolesOf(graph: Graph, settings: Settings): Roles {
  const of = (role: Role): [string, Role][] => {
    const selector = role === "backend" ? settings.roles.backendInstances : settings.roles.gatewayInstances;
    return selectRole(graph, selector, INSTANCE).map((r): [string, Role] => [r.urn, role]);
  };
  return new Map([...of("gateway"), ...of("backend")]);
}

function hostOfInstance(graph: Graph, instance: Resource, roles: Roles): Omit<Host, "steps"> {
  const role = roles.get(instance.urn);
  const boot = bootOfInstance(graph, instance);
  return { key: instance.urn, name: instance.name, instance, ...(role ? { role } : {}), ...booted(graph, boot) };
}

const booted = (graph: Graph, boot: Boot | undefined): Pick<Host, "boot" | "stored"> =>
  boot === undefined ? {} : { boot, stored: storedFor(graph, textOfBoot(boot) ?? "") };

function hostOfStep(graph: Graph, step: Resource, roles: Roles): Omit<Host, "steps"> {
  const instance = instanceOfStep(graph, step, roles);
  // It is a host already, with its role and what it boots with.
  if (instance) return { key: instance.urn, name: instance.name, instance };
  const address = asString(asProps(step.inputs.connection)?.host);
  if (address !== undefined) return { key: `host ${address}`, name: address };
  const role = roleOfName(step.name);
  return role ? { key: `role ${role}`, name: role, role } : { key: "unresolved", name: "a host that is not known yet" };
}

/** By a known address; else by what flows into the connection. A connection through a bastion depends on both: the backend is meant. */
function instanceOfStep(graph: Graph, step: Resource, roles: Roles): Resource | undefined {
  const address = asString(asProps(step.inputs.connection)?.host);
  const named = address === undefined ? [] : resolveId(graph, address).flatMap((r) => behind(graph, r));
  if (named[0]) return named[0];
  const candidates = connected(graph, step);
  if (candidates.length <= 1) return candidates[0] ?? byName(graph, step, roles);
  const proxied = candidates.filter((c) => roles.get(c.urn) !== "gateway");
  return proxied.length === 1 ? proxied[0] : (candidates.find((c) => roles.get(c.urn) === "backend") ?? candidates[0]);
}

/** The instances whose outputs flow into a step's connection. */
export function connected(graph: Graph, step: Resource): Resource[] {
  const urns = step.propertyDependencies.connection ?? [];
  return [...new Set(urns.flatMap((urn) => behind(graph, graph.byUrn.get(urn))))];
}

/** The instance behind an instance or an elastic address. */
function behind(graph: Graph, resource: Resource | undefined): Resource[] {
  if (!resource) return [];
  if (INSTANCE.test(resource.type)) return [resource];
  if (!ADDRESS.test(resource.type)) return [];
  const urns = [...(resource.propertyDependencies.instance ?? []), ...(resource.propertyDependencies.instanceId ?? [])];
  const ids = [asString(resource.inputs.instance), asString(resource.inputs.instanceId)].filter((id) => id !== undefined);
  const found = [...urns.map((urn) => graph.byUrn.get(urn)), ...ids.flatMap((id) => resolveId(graph, id))];
  return found.filter((r): r is Resource => r !== undefined && INSTANCE.test(r.type));
}

const roleOfName = (name: string): Role | undefined =>
  /backend|webserver|web-server|app-?server/iu.test(name) ? "backend" : /gateway|bastion|proxy/iu.test(name) ? "gateway" : undefined;

function byName(graph: Graph, step: Resource, roles: Roles): Resource | undefined {
  const role = roleOfName(step.name);
  const fitting = [...roles].filter(([, r]) => r === role).map(([urn]) => graph.byUrn.get(urn));
  return role !== undefined && fitting.length === 1 ? fitting[0] : undefined;
}

/**
 * Orders in which the steps can run: the registered one, and for each step that is not tied down one in which it comes as
 * late as it can. `matters` says whether the order of two steps makes a difference at all.
 */
export function ordersOf(graph: Graph, steps: readonly Resource[], matters: (a: Resource, b: Resource) => boolean): Resource[][] {
  const before = predecessors(graph, steps);
  const usual = order(steps, before, () => false);
  const loose = steps.filter((a) =>
    steps.some((b) => a !== b && !before.get(a.urn)?.has(b.urn) && !before.get(b.urn)?.has(a.urn) && matters(a, b)),
  );
  const late = loose.length <= 12 ? loose : [];
  const others = late.map((step) => order(steps, before, (s) => s === step || (before.get(s.urn)?.has(step.urn) ?? false)));
  const reversed = loose.length > 12 ? [order([...steps].reverse(), before, () => false)] : [];
  const seen = new Set<string>();
  return [usual, ...others, ...reversed].filter((one) => {
    const key = one.map((s) => s.urn).join("\n");
    return seen.has(key) ? false : seen.add(key);
  });
}

function order(
  steps: readonly Resource[],
  before: ReadonlyMap<string, ReadonlySet<string>>,
  postponed: (step: Resource) => boolean,
): Resource[] {
  const done = new Set<string>();
  const result: Resource[] = [];
  const rest = [...steps];
  while (rest.length > 0) {
    const free = rest.filter((s) => [...(before.get(s.urn) ?? [])].every((urn) => done.has(urn)));
    const next = free.find((s) => !postponed(s)) ?? free[0] ?? rest[0];
    if (!next) break;
    rest.splice(rest.indexOf(next), 1);
    done.add(next.urn);
    result.push(next);
  }
  return result;
}

/** For each step the other steps that certainly end before it begins. */
export function predecessors(graph: Graph, steps: readonly Resource[]): Map<string, Set<string>> {
  const own = new Set(steps.map((s) => s.urn));
  return new Map(steps.map((step) => [step.urn, new Set([...reach(graph, step)].filter((urn) => own.has(urn)))]));
}

function reach(graph: Graph, from: Resource): Set<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let next = queue.pop(); next; next = queue.pop()) {
    for (const urn of needs(next)) {
      const resource = graph.byUrn.get(urn);
      if (!resource || seen.has(urn) || urn === from.urn) continue;
      seen.add(urn);
      queue.push(resource);
    }
  }
  return seen;
}
