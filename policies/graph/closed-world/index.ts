/** The closed world: everything that receives a guarded thing and that is not understood. See understood.ts. */
import { templated } from "../../core/template";
import type { Graph, Resource, Settings } from "../../core/types";
import { guardedOf, guardedThings } from "./guarded";
import type { Thing } from "./guarded";
import { unknownProperties } from "./own";
import { receipts } from "./receives";
import type { Receipt } from "./receives";
import { understood } from "./understood";

export interface Unmodelled extends Receipt {
  readonly resource: Resource;
}

/** Copies of copies: as many steps as a program of this kind can be expected to take. */
const MOST_ROUNDS = 4;

export interface Open {
  /** What receives a guarded thing. */
  readonly receivers: readonly Unmodelled[];
  /** Properties of guarded things that no policy knows. */
  readonly own: readonly { readonly thing: Thing; readonly property: string }[];
}

export function unmodelled(graph: Graph, settings: Settings): Open {
  const things = guardedThings(graph, settings);
  const own = unmodelledOwn(graph, things);
  return { receivers: things.size === 0 ? [] : receivers(graph, settings, new Map(things)), own };
}

/** Things that are made of `things` are added to them. */
function receivers(graph: Graph, settings: Settings, things: Map<string, Thing>): Unmodelled[] {
  let found: Unmodelled[] = [];
  const hidden = hides(graph);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const guarded = guardedOf(settings, things);
    const before = things.size;
    found = graph.resources
      .filter((one) => takes(one) || hidden(one))
      .flatMap((resource) =>
        receipts(guarded, resource).flatMap((receipt) => {
          const entry = understood(resource.type, receipt.property);
          if (entry?.becomes !== undefined && !things.has(resource.urn)) things.set(resource.urn, { resource, what: entry.becomes });
          return entry ? [] : [{ ...receipt, resource }];
        }),
      );
    if (things.size === before) break;
  }
  return found;
}

function unmodelledOwn(graph: Graph, things: ReadonlyMap<string, Thing>): Open["own"] {
  return [...things.values()].flatMap((thing) =>
    thing.resource.external === true ? [] : unknownProperties(graph, thing.resource).map((property) => ({ thing, property })),
  );
}

/** Scripts are evaluated by the interpreter (policies/shell); templates and dynamic providers have findings of their own. */
function takes(resource: Resource): boolean {
  const { type, custom, external } = resource;
  // All that its parameters flow into is evaluated.
  if (templated(resource).whole) return false;
  if (external === true || /^(command|pulumi):(?!providers:)/.test(type)) return false;
  return custom || type.startsWith("pulumi:providers:");
}

/** A component of somebody's package that receives a guarded thing and shows no resource that it makes of it. */
const hides = (graph: Graph): ((resource: Resource) => boolean) => {
  const parents = new Set(graph.resources.map(({ parent }) => parent));
  return ({ type, custom, external, urn }) => !custom && external !== true && !type.startsWith("pulumi:") && !parents.has(urn);
};
