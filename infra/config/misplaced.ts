/** Keys that stand in another group than theirs. Pure. */
import { SECTIONS } from "./schema";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
}

/** Every key and the groups that it is a key of: "fleet" is one of "backend". */
const PLACES = new Map<string, string[]>();
for (const [name, { schema }] of Object.entries(SECTIONS)) enter(name, name, schema);

function enter(name: string, place: string, { properties = {} }: Node): void {
  PLACES.set(name, [...(PLACES.get(name) ?? []), place]);
  for (const [key, node] of Object.entries(properties)) enter(key, `${place}.${key}`, node);
}

/** Of a name that more groups have than this and one, the reader knows better which is meant. */
const MOST = 2;

/**
 * The end of a sentence about an unknown key: where a key of that name is. Keys of entries of a list are left to themselves.
 * @param path as it was written, such as `["ssh", "access"]`
 */
export function elsewhere(project: string, path: readonly string[]): string | undefined {
  const [place, ...others] = PLACES.get(path.at(-1) ?? "") ?? [];
  if (place === undefined || others.length > MOST || path.some((part) => /^\d+$/.test(part))) return undefined;
  if (others.length > 0) {
    const all = [place, ...others].map((one) => `${project}:${one}`);
    return ` there; keys of that name are ${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}: move it to the one that is meant, or remove it`;
  }
  return ` there; the key of that name is ${project}:${place}: move it there, or remove it`;
}
