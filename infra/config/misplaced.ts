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

/** What others call the same, by the section that it stands in ("" for a section itself). */
const OTHER_WORDS: readonly (readonly [word: RegExp, section: string, key: string])[] = [
  [/^(alarms?|alerts?|alerting|monitoring|monitor|cloudwatch)$/i, "", "watch"],
  [/^(alarms?|alerts?|active|on)$/i, "watch", "enabled"],
  ...["backend", "gateway"].flatMap(
    (section) =>
      [
        [/^(root)?(disk|volume|ebs|storage)(size)?(gi?b)?$/i, section, "rootVolumeGiB"],
        [/^(instance|machine|type|size|machineType|instanceSize)$/i, section, "instanceType"],
      ] as const,
  ),
];

function inOtherWords(project: string, path: readonly string[]): string | undefined {
  const section = path.slice(0, -1).join(".");
  const key = OTHER_WORDS.find(([word, place]) => place === section && word.test(path.at(-1) ?? ""))?.[2];
  return key === undefined || !PLACES.has(key) ? undefined : `; did you mean "${section === "" ? `${project}:` : ""}${key}"?`;
}

/** Of a name that more groups have than this and one, the reader knows better which is meant. */
const MOST = 2;

/**
 * The end of a sentence about an unknown key: where a key of that name is. Keys of entries of a list are left to themselves.
 * @param path as it was written, such as `["ssh", "access"]`
 */
export function elsewhere(project: string, path: readonly string[]): string | undefined {
  const meant = inOtherWords(project, path);
  if (meant !== undefined) return meant;
  const [place, ...others] = PLACES.get(path.at(-1) ?? "") ?? [];
  if (place === undefined || others.length > MOST || path.some((part) => /^\d+$/.test(part))) return undefined;
  if (others.length > 0) {
    const all = [place, ...others].map((one) => `${project}:${one}`);
    return ` there; keys of that name are ${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}: move it to the one that is meant, or remove it`;
  }
  return ` there; the key of that name is ${project}:${place}: move it there, or remove it`;
}
