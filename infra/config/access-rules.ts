/** Keys of the API and CORS: what nginx would take and nobody would want. No message shows a key. Pure. */
import { isPlaceholder } from "./placeholder";
import { isGroup } from "./values";
import type { Context } from "./value-rules";

/** Different characters of a key below which it was typed and not drawn. Of 32 random hex digits so few are there in one of ten million. */
const KINDS = 8;

export function apiKeys({ project, sections }: Context): string[] {
  const { apiKeys: keys } = (sections.gateway ?? {}) as { apiKeys?: unknown };
  if (!isGroup(keys)) return [];
  const entries = Object.entries(keys).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return entries.flatMap(([name, key], index) => {
    const place = `${project}:gateway.apiKeys.${name}`;
    const again = "set another one (openssl rand -hex 32 makes one)";
    if (isPlaceholder(key)) return [];
    const same = entries.slice(0, index).find(([, other]) => other === key);
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
      return [
        `${place}: the name stands in nginx's configuration and in the access log; write 1 to 32 small letters, digits and -, for example client-a`,
      ];
    if (same !== undefined) return [`${place}: is the same key as ${same[0]}, so that nobody knows whose request it is; ${again}`];
    if (!/^[a-z0-9_-]+$/.test(key))
      return [
        `${place}: has other characters than small letters, digits, - and _, which nginx could not tell apart or would read otherwise; ${again}`,
      ];
    return new Set(key).size < KINDS ? [`${place}: is made of ${new Set(key).size} different characters, which is guessed; ${again}`] : [];
  });
}

export function cors({ project, sections }: Context): string[] {
  const { cors: given } = (sections.gateway ?? {}) as { cors?: unknown };
  if (!isGroup(given) || !Array.isArray(given.origins) || !given.origins.includes("*")) return [];
  const place = `${project}:gateway.cors`;
  return [
    ...(given.origins.length > 1 ? [`${place}.origins: found * and others, and * is all of them; keep one of the two`] : []),
    ...(given.credentials === true
      ? [
          `${place}.credentials: is true with the origin *, which browsers refuse, because every page could act for its visitor; name the origins, or remove it`,
        ]
      : []),
  ];
}
