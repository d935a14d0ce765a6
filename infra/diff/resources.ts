/** What a change does to each resource, from the graphs of both sides: infra/changes.ts says what a changed input does on AWS. Pure. */
import { EFFECTS, INPUT_EFFECTS, type Effect } from "../changes";
import type { GraphResource } from "../offline/engine";
import { publicAddress } from "./provider";
import { holdsSecret, stable } from "./side";

export type Outcome = Effect | "runs" | "new";

export interface Changed {
  readonly outcome: Outcome;
  /** Inputs that differ; a dot leads into a group. */
  readonly inputs: readonly string[];
  /** URNs of resources that are new or replaced, and that an input comes from. */
  readonly because: readonly string[];
}

/** One level into the groups that the table looks into. */
export function flatInputs({ type, inputs }: Pick<GraphResource, "type" | "inputs">): Map<string, unknown> {
  const rows = INPUT_EFFECTS[type] ?? {};
  return new Map(
    Object.entries(inputs).flatMap(([key, value]): [string, unknown][] =>
      Object.keys(rows).some((row) => row.startsWith(`${key}.`)) && value !== null && typeof value === "object"
        ? Object.entries(value as object).map(([inner, one]): [string, unknown] => [`${key}.${inner}`, one])
        : [[key, value]],
    ),
  );
}

const worst = (effects: readonly Effect[]): Effect | undefined => EFFECTS[Math.max(...effects.map((effect) => EFFECTS.indexOf(effect)))];
export const isCommand = (type: string): boolean => type.startsWith("command:");
/** What stands on AWS or runs on a host; components are only names. */
export const isReal = ({ type }: Pick<GraphResource, "type">): boolean => /^(aws|command):/.test(type);

/**
 * What happens to each resource of `after`, by URN; what is not in it stays as it is. What is new or replaced counts as changed for what uses it.
 * An input without a row counts as one that replaces.
 */
export function compareResources(before: readonly GraphResource[], after: readonly GraphResource[]): Map<string, Changed> {
  const old = new Map(before.map((resource) => [resource.urn, resource]));
  const result = new Map<string, Changed>();
  // A start gives an instance another public address, and nothing else that others use.
  const moves = new Map(
    after.flatMap(({ urn, name, inputs }): [string, string][] =>
      inputs.associatePublicIpAddress === true ? [[urn, publicAddress(name)]] : [],
    ),
  );
  const isAnother: IsAnother = (urn, input) => {
    const outcome = result.get(urn)?.outcome ?? "";
    if (/:Command$/.test(urn.split("::")[2] ?? "")) return false;
    const address = outcome === "stops and starts" ? moves.get(urn) : undefined;
    // What a secret is made of is not seen: the address may be in it.
    const isMoved = address !== undefined && (holdsSecret(input) || stable(input).includes(address));
    return isMoved || ["replaces", "new"].includes(outcome);
  };
  for (const resource of after.filter(isReal)) {
    const then = old.get(resource.urn);
    const changed = then === undefined ? NEW : compareOne(then, resource, isAnother);
    if (changed !== undefined) result.set(resource.urn, changed);
  }
  return result;
}

const NEW: Changed = { outcome: "new", inputs: [], because: [] };

/** Whether an input takes what is another value from then on from a resource. */
type IsAnother = (urn: string, input: unknown) => boolean;

function compareOne(then: GraphResource, now: GraphResource, isAnother: IsAnother): Changed | undefined {
  const texts = (resource: GraphResource): Map<string, string> =>
    new Map([...flatInputs(resource)].map(([key, value]) => [key, stable(value)]));
  const [past, present] = [texts(then), texts(now)];
  const heeded = (key: string): boolean => !(now.options.ignoreChanges ?? []).includes(key);
  const inputs = [...new Set([...past.keys(), ...present.keys()])].filter((key) => past.get(key) !== present.get(key) && heeded(key));
  const dependent = Object.entries(now.propertyDependencies)
    .filter(([key]) => heeded(key))
    .map(([key, urns]) => ({ key, others: urns.filter((urn) => isAnother(urn, now.inputs[key])) }))
    .filter(({ others }) => others.length > 0);
  if (inputs.length + dependent.length === 0) return undefined;
  const because = [...new Set(dependent.flatMap(({ others }) => others))];
  if (isCommand(now.type)) return { outcome: "runs", inputs, because };
  const keys = [...inputs, ...dependent.map(({ key }) => key)];
  return { outcome: worst(keys.map((key) => INPUT_EFFECTS[now.type]?.[key] ?? "replaces")) ?? "ignored", inputs, because };
}
