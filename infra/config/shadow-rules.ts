/** What `release.shadow` must fulfil beyond its structure. Pure. */
import { DEFAULT_SHADOW } from "../release/limits";
import { requestName, SHADOW_METHODS } from "../release/shadow";
import type { Context } from "./value-rules";

interface Keys {
  readonly seconds?: unknown;
  readonly minRequests?: unknown;
  readonly maxRequests?: unknown;
  readonly requests?: unknown;
  readonly minAgreement?: unknown;
  readonly [key: string]: unknown;
}

export function shadow(context: Context): string[] {
  const { project, sections } = context;
  const keys = ((sections.release ?? {}) as { shadow?: Keys }).shadow ?? {};
  const key = `${project}:release.shadow`;
  if (keys.seconds === 0) return withoutTime(key, keys);
  if (typeof keys.seconds !== "number") return [];
  return [...bounds(key, keys), ...copied(key, keys, sections.gateway)];
}

/** Whoever writes a limit means that something is looked at. */
function withoutTime(key: string, keys: Keys): string[] {
  const given = Object.keys(keys).filter((name) => {
    const usual = (DEFAULT_SHADOW as Readonly<Record<string, unknown>>)[name];
    return keys[name] !== undefined && JSON.stringify(keys[name]) !== JSON.stringify(usual);
  });
  return given.length === 0
    ? []
    : [
        `${key}.seconds: is 0, so no request is copied, and ${given.sort().join(", ")} would do nothing; give a time, for example seconds: 60, or remove ${given.length === 1 ? "it" : "them"}`,
      ];
}

function bounds(key: string, { minRequests: least, maxRequests: most }: Keys): string[] {
  return typeof least === "number" && typeof most === "number" && least > most
    ? [
        `${key}.minRequests: found ${least}, and with ${most} requests it is over (maxRequests), so nothing would ever be judged; write at most ${most}`,
      ]
    : [];
}

/** The request of the proof is sent at every deployment, so it is one that may be sent again. Not every method of it is. */
function copied(key: string, { requests }: Keys, gateway: unknown): string[] {
  const { proof } = (gateway ?? {}) as { proof?: { method?: unknown; path?: unknown } };
  if (requests !== undefined || typeof proof?.method !== "string" || typeof proof.path !== "string") return [];
  const request = requestName({ method: proof.method, path: proof.path });
  return (SHADOW_METHODS as readonly string[]).includes(proof.method)
    ? []
    : [
        `${key}.requests: missing, and the request of gateway.proof (${request}) is there to change something, which a copy would do again; name the requests that ask a model, for example requests: [POST /predict]`,
      ];
}
