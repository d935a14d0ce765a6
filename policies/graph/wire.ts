/** Pulumi's own marks in JSON (secrets, unknown values, assets, outputs, references), turned into `Value`s. */
import { Asset, Secret, UNKNOWN } from "../core/types";
import type { Props, Value } from "../core/types";
import { openArchive, openFile } from "./local/open";

/** The key that says "this object is not a plain one", and what it can be. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SIGNATURES = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  reference: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

/** What stands for a value that is not known yet: one mark a kind (string, boolean, number, list, object, asset, archive). */
export const UNKNOWN_MARK = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_MARKS = [
  UNKNOWN_MARK,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** What Pulumi shows in place of a secret when it may not show it. */
export const MASKED = "[secret]";

/** Is this a value that Pulumi marks as secret? */
export function isSecretMark(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && (value as Record<string, unknown>)[SIGNATURE] === SIGNATURES.secret;
}

/** Keeps Pulumi's marks, so that a reader can still tell what is secret, and drops the values. @param more what a mark says beside it */
export function maskSecrets(value: unknown, more: (secret: unknown) => object = () => ({})): unknown {
  if (Array.isArray(value)) return value.map((entry) => maskSecrets(entry, more));
  if (value === null || typeof value !== "object") return value;
  if (isSecretMark(value)) return { [SIGNATURE]: SIGNATURES.secret, value: MASKED, ...more(value) };
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, maskSecrets(entry, more)]));
}

/** The text of a dynamic provider: the program's own, which may hold a secret. Not a provider's bookkeeping, in spite of its name. */
const PROGRAM_TEXT = "__provider";

/**
 * Is this property a provider's own bookkeeping? Providers keep theirs in keys that begin with `__`: `__meta`, `__pulumi_raw_state_delta`
 * (which repeats the resource's properties, parts of it marked as secret) and `__defaults`, the last one in nested objects too. The engine
 * leaves out those at the top. Deeper down a key may be the user's (a tag, a variable), so there only the list of defaults counts.
 */
export function isBookkeeping(key: string, value: unknown, depth: "top" | "nested"): boolean {
  if (!key.startsWith("__") || key === PROGRAM_TEXT) return false;
  return depth === "top" || (key === "__defaults" && Array.isArray(value));
}

/** @throws on a value that JSON cannot hold. */
export function decode(json: unknown): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === "boolean" || typeof json === "number") return json;
  if (typeof json === "string") return decodeString(json);
  if (Array.isArray(json)) return json.map(decode);
  if (typeof json === "object") {
    const record = json as Record<string, unknown>;
    return typeof record[SIGNATURE] === "string" ? decodeMarked(record) : decodeProps(record);
  }
  throw new Error(`a ${typeof json} cannot stand in a graph`);
}

/** The properties of an object; absent ones (undefined) are left out, and so is what a provider notes for itself. */
export function decodeProps(json: Readonly<Record<string, unknown>>, depth: "top" | "nested" = "nested"): Props {
  return Object.fromEntries(
    Object.entries(json)
      .filter(([key, value]) => value !== undefined && !isBookkeeping(key, value, depth))
      .map(([key, value]) => [key, decode(value)]),
  );
}

function decodeString(text: string): Value {
  if (text === MASKED) return new Secret(UNKNOWN);
  // A text that holds the mark inside (JSON text with one unknown field) is not known as a whole either.
  return text.length >= UNKNOWN_MARK.length && UNKNOWN_MARKS.some((mark) => text.includes(mark)) ? UNKNOWN : text;
}

function decodeMarked(record: Readonly<Record<string, unknown>>): Value {
  switch (record[SIGNATURE]) {
    case SIGNATURES.secret:
      return new Secret(secretContent(record));
    case SIGNATURES.asset:
      return decodeAsset(record);
    case SIGNATURES.archive:
      return decodeArchive(record);
    case SIGNATURES.reference:
      // A resource passed as a value; its id says which (its URN where it has none).
      return decode(record.id ?? record.urn ?? UNKNOWN_MARK);
    case SIGNATURES.output: {
      const value = "value" in record ? decode(record.value) : UNKNOWN;
      return record.secret === true && !(value instanceof Secret) ? new Secret(value) : value;
    }
    default:
      return UNKNOWN; // a mark of a later Pulumi: honest, not guessed
  }
}

/** `value` over the wire, `plaintext` (JSON text) with --show-secrets, `ciphertext` otherwise. */
function secretContent(record: Readonly<Record<string, unknown>>): Value {
  if ("value" in record) return record.value === MASKED ? UNKNOWN : decode(record.value);
  if (typeof record.plaintext !== "string") return UNKNOWN;
  try {
    return decode(JSON.parse(record.plaintext));
  } catch {
    return record.plaintext; // not JSON: older exports hold the bare text
  }
}

function decodeAsset(record: Readonly<Record<string, unknown>>): Asset {
  if (typeof record.text === "string") return new Asset("text", record.text);
  if (typeof record.path === "string") return openFile(record.path, hashOf(record));
  return new Asset("uri", typeof record.uri === "string" ? record.uri : undefined);
}

function decodeArchive(record: Readonly<Record<string, unknown>>): Asset {
  if (typeof record.path === "string") return openArchive(record.path, hashOf(record));
  const parts = record.assets;
  const members = typeof parts === "object" && parts !== null ? decodeProps(parts as Readonly<Record<string, unknown>>) : undefined;
  return new Asset("archive", typeof record.uri === "string" ? record.uri : undefined, members);
}

const hashOf = (record: Readonly<Record<string, unknown>>): string | undefined =>
  typeof record.hash === "string" && record.hash !== "" ? record.hash : undefined;
