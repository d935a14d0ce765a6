/** Keys of the API and CORS: what nginx would take and nobody would want. No message shows a key. Pure. */
import { isPlaceholder } from "./placeholder";
import { isGroup, textsOf } from "./values";
import type { Context } from "./value-rules";

/** Different characters of a key below which it was typed and not drawn. Of 32 random hex digits so few are there in one of ten million. */
const KINDS = 8;

export function apiKeys({ project, sections }: Context): string[] {
  const { apiKeys: keys } = (sections.gateway ?? {}) as { apiKeys?: unknown };
  const entries = Object.entries(textsOf(keys));
  return entries.flatMap(([name, key], index) => {
    const place = `${project}:gateway.apiKeys.${name}`;
    const again = "set another one (openssl rand -hex 32 makes one)";
    // The name can be seen where the key cannot.
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
      return [
        `${place}: the name stands in nginx's configuration and in the access log; write 1 to 32 small letters, digits and -, for example client-a`,
      ];
    if (isPlaceholder(key)) return [];
    const same = entries.slice(0, index).find(([, other]) => other === key);
    if (same !== undefined) return [`${place}: is the same key as ${same[0]}, so that nobody knows whose request it is; ${again}`];
    if (!/^[a-z0-9_-]+$/.test(key))
      return [
        `${place}: has other characters than small letters, digits, - and _, which nginx could not tell apart or would read otherwise; ${again}`,
      ];
    return new Set(key).size < KINDS ? [`${place}: is made of ${new Set(key).size} different characters, which is guessed; ${again}`] : [];
  });
}

/** A password is what a browser's user types, or a program's setting: any visible character that the form of the header has room for. */
export function basicAuth({ project, sections }: Context): string[] {
  const { basicAuth: users } = (sections.gateway ?? {}) as { basicAuth?: unknown };
  if (!isGroup(users)) return [];
  return Object.entries(users).flatMap(([name, password]) => {
    const place = `${project}:gateway.basicAuth.${name}`;
    if (!/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(name))
      return [`${place}: the name stands in nginx's file of users and in the access log; write 1 to 64 letters, digits and . _ @ -`];
    if (typeof password !== "string" || isPlaceholder(password)) return [];
    if (!/^[\x21-\x7e]+$/.test(password))
      return [
        `${place}: has blanks or characters beyond ASCII, which clients send in different ways; set another one (openssl rand -base64 24 makes one)`,
      ];
    return new Set(password).size < KINDS
      ? [
          `${place}: is made of ${new Set(password).size} different characters, which is guessed; set another one (openssl rand -base64 24 makes one)`,
        ]
      : [];
  });
}

/** Base64 hides nothing. */
export function basicAuthNotices({ project, sections }: Pick<Context, "project" | "sections">): string[] {
  const { basicAuth: users } = (sections.gateway ?? {}) as { basicAuth?: unknown };
  return isGroup(users) && Object.keys(users).length > 0 && sections.domain === undefined
    ? [
        `${project}:gateway.basicAuth: passwords go over the network as clear text, because there is no domain and so no TLS; whoever is on the way can read them. Serve HTTPS (docs/how-to/serve-https.md)`,
      ]
    : [];
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
