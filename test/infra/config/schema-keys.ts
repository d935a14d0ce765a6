/** Every key of the schema, for tests that try each of them. */
import { SECTIONS } from "../../../infra/config/schema";
import type { Worded } from "../../../policies/cli/schema-words";

export interface Key {
  readonly path: readonly string[];
  readonly node: Worded;
}

/** Every node with its path; entries of a list as the first one, free names as NAME. */
function keysOf(path: readonly string[], node: Worded): Key[] {
  const named = Object.entries(node.properties ?? {}).flatMap(([name, inner]) => keysOf([...path, name], inner));
  const items = node.items === undefined ? [] : keysOf([...path, "0"], node.items);
  const free = typeof node.additionalProperties === "object" ? keysOf([...path, "NAME"], node.additionalProperties) : [];
  return [{ path, node }, ...named, ...items, ...free];
}

export const KEYS = Object.entries(SECTIONS).flatMap(([name, section]) => keysOf([name], section.schema as Worded));

/** The value at the path, with everything around it that is needed to get there. */
export function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, part) => (part === "0" ? [inner] : { [part]: inner }), value);
}
