/** From places to findings: what a mark helps against and what it does not. */
import type { Finding, Graph, Resource } from "../../core/types";
import { OUTPUT, STACK } from "./places";
import type { Spot } from "./scan";

/** `aws:ec2/instance:Instance "backend"`, short. */
export function label(resource: Resource): string {
  return `${resource.type.split(":").pop() ?? resource.type} "${resource.name}"`;
}

export function violation(resource: Resource, message: string): Finding {
  return { verdict: "violation", urn: resource.urn, message };
}

export function unknown(resource: Resource, message: string): Finding {
  return { verdict: "unknown", urn: resource.urn, message };
}

/** For places where `pulumi.secret` is enough: plain secrets are findings, marked ones are fine. One finding a path. */
export function unlessMarked(graph: Graph, resource: Resource, spots: readonly Spot[], fix: string): Finding[] {
  return byPath(spots).flatMap(([path, kinds, spot]) => {
    if (spot.marked) return [];
    const what = `${path} of ${label(resource)}`;
    if (spot.state === "unknown")
      return [unknown(resource, `${what} is not known yet and not marked as secret, though its name promises a secret: ${fix}`)];
    if (isOutput(resource, path) && graph.notShown?.includes("outputSecretMarks"))
      return [
        {
          ...unknown(resource, `${what} holds ${kinds}, and this source never shows whether outputs are marked as secret: ${fix}`),
          notShown: "outputSecretMarks",
        },
      ];
    if (!graph.secretsMarked)
      return [unknown(resource, `${what} holds ${kinds}, and this source does not tell whether it is marked as secret: ${fix}`)];
    return [violation(resource, `${what} holds ${kinds} in plain (not marked as secret): ${fix}`)];
  });
}

/** For places that are readable whatever the mark says (user data, tags, scripts). A hidden text may hold one: cannot tell. */
export function evenMarked(resource: Resource, spots: readonly Spot[], fix: string): Finding[] {
  return byPath(spots).flatMap(([path, kinds, spot]) => {
    const what = `${path} of ${label(resource)}`;
    if (spot.state === "secret") return [violation(resource, `${what} holds ${kinds}: ${fix}`)];
    if (spot.state === "hidden")
      return [unknown(resource, `${what} is marked as secret and cannot be read here, so it may hold a secret: ${fix}`)];
    return [unknown(resource, `${what} is not known yet, though its name promises a secret: ${fix}`)];
  });
}

/** Outputs carry marks of their own: a stack's exports, and what a provider returned. */
function isOutput(resource: Resource, path: string): boolean {
  return resource.type === STACK || path.startsWith(OUTPUT);
}

function byPath(spots: readonly Spot[]): [path: string, kinds: string, spot: Spot][] {
  if (spots.length === 0) return [];
  const groups = new Map<string, Spot[]>();
  for (const spot of spots) groups.set(spot.path, [...(groups.get(spot.path) ?? []), spot]);
  return [...groups].flatMap(([path, group]) => {
    const [first] = group;
    return first ? [[path, [...new Set(group.map((spot) => spot.kind))].join(", "), first]] : [];
  });
}
