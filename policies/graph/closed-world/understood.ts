/**
 * What is understood of the ways to hand a guarded thing on. Each entry names properties of AWS types that may receive one, and either the
 * policy that evaluates them or why they change nothing for the thing. What no entry names is reported (rules/engine/judgeable-resources.ts):
 * a type or a property of a later provider is never passed over in silence.
 */
import type { Entry } from "./entry";
import { ACCESS } from "./understood-access";
import { COMPUTE } from "./understood-compute";
import { NETWORK } from "./understood-network";
import { STORAGE } from "./understood-storage";

export const UNDERSTOOD: readonly Entry[] = [...NETWORK, ...COMPUTE, ...STORAGE, ...ACCESS];

interface Read {
  readonly entry: Entry;
  readonly types: readonly string[];
  readonly properties: ReadonlySet<string>;
}

const READ: readonly Read[] = UNDERSTOOD.map((entry) => ({
  entry,
  types: entry.types.split(" ").map((type) => `aws:${type}`),
  properties: new Set(entry.properties.split(" ")),
}));

/** Older module names of the same types. */
const MODERN: readonly (readonly [RegExp, string])[] = [
  [/^aws:(alb|elasticloadbalancingv2|applicationloadbalancing)\//, "aws:lb/"],
  [/^aws:elasticloadbalancing\//, "aws:elb/"],
  [/V2:(\w+)V2$/, ":$1"],
];

const byType = new Map<string, readonly Read[]>();

/** Packages whose resources are values of the program, or a moment of its run: what flows into them comes out nowhere. */
const VALUES = /^(random|time|null|std):/;
const VALUE: Entry = { types: "*", properties: "*", harmless: "It computes a value, or says when it is computed anew." };

/** The entry for a property of a type, if there is one. */
export function understood(type: string, property: string): Entry | undefined {
  if (VALUES.test(type)) return VALUE;
  let known = byType.get(type);
  if (!known) {
    const name = MODERN.reduce((text, [pattern, modern]) => text.replace(pattern, modern), type);
    known = READ.filter(({ types }) => types.some((begin) => name.startsWith(begin)));
    byType.set(type, known);
  }
  return known.find(({ properties }) => properties.has(property) || properties.has("*"))?.entry;
}
