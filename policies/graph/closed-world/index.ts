/** The closed world: everything that receives a guarded thing and that is not understood. See understood.ts. */
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

export function unmodelled(graph: Graph, settings: Settings): Unmodelled[] {
  const things = new Map<string, Thing>(guardedThings(graph, settings));
  if (things.size === 0) return [];
  let found: Unmodelled[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const guarded = guardedOf(settings, things);
    const before = things.size;
    found = graph.resources.filter(takes).flatMap((resource) =>
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

/** Properties of guarded things that no policy knows. */
export function unmodelledOwn(graph: Graph, settings: Settings): { readonly thing: Thing; readonly property: string }[] {
  return [...guardedThings(graph, settings).values()].flatMap((thing) =>
    thing.resource.external === true ? [] : unknownProperties(thing.resource).map((property) => ({ thing, property })),
  );
}

/** Scripts are evaluated by the interpreter (policies/shell); templates and dynamic providers have findings of their own. */
function takes({ type, custom, external }: Resource): boolean {
  if (external === true || /^(command|pulumi):(?!providers:)/.test(type)) return false;
  return custom || type.startsWith("pulumi:providers:");
}
