/**
 * Abstract strings. A shell text that is partly unknown is an ordinary string with private-use characters in it, so that
 * concatenating, splitting and comparing need no special cases. Holes carry a label: the same unknown value has the same
 * label, which is why `chmod 600 "$t"; mv "$t" .env` can be followed without knowing `$t`.
 */

import { createHash } from "node:crypto";
import type { Value } from "../core/types";
import { everything } from "../core/glob";
import type { Glob } from "../core/glob";
import { isSecretName } from "../core/secret-name";
import { asString } from "../core/values";
import { copied } from "./work";

/** Unquoted `*` and `?` that pathname expansion would act on. */
export const STAR = "\uE000";
export const QUESTION = "\uE001";
const OPEN = "\uE002";
const CLOSE = "\uE003";
/** Around an unquoted `[...]`. */
export const SET_OPEN = "\uE008";
export const SET_CLOSE = "\uE009";
/** In a path: any number of components, for "every file below". */
export const DEEP = "\uE004";
/** Ends a path that stands for folders: `/x/**` + DIRS. */
export const DIRS = "\uE006";
/** Ends a pattern that means files only. */
export const FILES = "\uE007";
/** Put into a text that holds a secret. Has no width for comparison: see `plain`. */
export const SECRET_MARK = "\uE005";

/**
 * `value` may be anything. `fresh` is a name nothing else has (mktemp, $$). `fetched` came over the network.
 * `secret` must not be shown.
 */
export type HoleKind = "value" | "fresh" | "fetched" | "secret";

export interface Hole {
  readonly kind: HoleKind;
  readonly label: string;
}

/** Characters that mean something in an abstract text, and those that stand for the parts of a word (braces.ts). */
const OWN = /[\uE000-\uE00B\uF000-\uF8FF]/u;
const EACH_OWN = new RegExp(OWN.source, "gu");

/** Text from outside, in which these are characters like any other: each becomes one of another private plane. */
export const foreign = (text: string): string =>
  OWN.test(text) ? text.replace(EACH_OWN, (c) => String.fromCodePoint(0xf0000 + c.charCodeAt(0))) : text;

/** A text of the program, as one of the interpreter. */
export function shellString(value: Value | undefined): string | undefined {
  const text = asString(value);
  return text === undefined ? undefined : foreign(text);
}

const HOLE = new RegExp(`${OPEN}([vrfs])([^${OPEN}${CLOSE}]*)${CLOSE}`, "gu");
const LETTER: Readonly<Record<HoleKind, string>> = { value: "v", fresh: "r", fetched: "f", secret: "s" };
const KIND: Readonly<Record<string, HoleKind>> = { v: "value", r: "fresh", f: "fetched", s: "secret" };

/** Stands for `$` in labels. Labels hold nothing that a shell or a path would act on, so holes pass through parsers unharmed. */
const DOLLAR = "\uE00A";
/** The same for the slashes of an address that something was fetched from, which messages name. */
const SLASH = "\uE00B";

/** A piece of text that is not known. */
export function hole(kind: HoleKind, label: string): string {
  const fit = kind === "fetched" ? label.replaceAll("/", SLASH) : label;
  return `${OPEN}${LETTER[kind]}${fit
    .replaceAll("$", DOLLAR)
    .replace(/[^\w.:\uE00A\uE00B-]+/gu, "_")
    .slice(0, kind === "fetched" ? 120 : 60)}${CLOSE}`;
}

/** Text of a file as it was given: what a program has cut out of a larger text may be the part that is no secret. */
export const isWholeSecret = (text: string): boolean =>
  text.includes(SECRET_MARK) || holesOf(text).some((h) => h.kind === "secret" && /^(content|stdin|aws|store|\$)/u.test(h.label));

/** A secret, or with one in it. */
export const isSecretText = (text: string): boolean => text.includes(SECRET_MARK) || holesOf(text).some((h) => h.kind === "secret");

/** What is not known of a text that was made of these, or is one of them: as secret, or as foreign, as any of them is. */
export function unknownOf(label: string, texts: readonly string[]): string {
  const secret = texts.some(holdsSecret);
  const made = hole(secret ? "secret" : texts.some(holdsFetched) ? "fetched" : "value", label);
  return secret && texts.some(isWholeSecret) ? markSecret(made) : made;
}

/** A part of a text is as secret as the text, wherever its mark stood. */
export const asSecretAs = (text: string, part: string): string => (part !== "" && text.includes(SECRET_MARK) ? markSecret(part) : part);

/** A word as a shell reads it back. */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A label that is the same for the same words and input, so that asking twice gives one and the same unknown answer. */
export function digestLabel(name: string, ...from: readonly string[]): string {
  return `${name.slice(0, 40)}.${suffixOf(from.map(shortened).join("\0"))}`;
}

function suffixOf(text: string): string {
  const known = suffixes.get(text);
  if (known !== undefined) return known;
  let sum = 5381;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 33) + text.charCodeAt(at)) | 0;
  const suffix = (sum >>> 0).toString(36);
  if (suffixes.size > 5000) suffixes.clear();
  suffixes.set(text, suffix);
  return suffix;
}

/** The same words and inputs come again at every run of a script that is like another. */
const suffixes = new Map<string, string>();

/** Stands for a text where texts are compared. A payload of a hundred kilobytes goes through a dozen filters: it is summed up once. */
export function shortened(text: string): string {
  if (text.length < 2000) return text;
  const known = sums.get(text);
  if (known !== undefined) return known;
  const sum = createHash("sha256").update(text).digest("base64");
  if (sums.size > 200) sums.clear();
  sums.set(text, sum);
  return sum;
}

const sums = new Map<string, string>();

const labelOf = (raw: string): string => raw.replaceAll(DOLLAR, "$").replaceAll(SLASH, "/");

export function holesOf(text: string): Hole[] {
  if (isKnown(text)) return [];
  return [...text.matchAll(HOLE)].map((m) => ({ kind: KIND[m[1] ?? "v"] ?? "value", label: labelOf(m[2] ?? "") }));
}

const WHOLE = new RegExp(`^${OPEN}[^${OPEN}${CLOSE}]*${CLOSE}$`, "u");

/** One hole, and nothing else. */
export const isHole = (text: string): boolean => WHOLE.test(text);

/** No hole at all (globs and the secret mark do not count). */
export const isKnown = (text: string): boolean => !text.includes(OPEN);

/** Names made up on the host are as good as known: nothing else can be meant by them. */
export const isDefinite = (text: string): boolean => holesOf(text).every((h) => h.kind === "fresh");

/** Replaces every hole by what `f` says. */
export function mapHoles(text: string, f: (hole: Hole) => string): string {
  if (isKnown(text)) return text;
  return text.replace(HOLE, (_, kind: string, label: string) => f({ kind: KIND[kind] ?? "value", label: labelOf(label) }));
}

/** A name with parts that are not known: each may be anything. */
export const withHoles = (name: string): Glob =>
  [...mapHoles(name, () => CLOSE)].map((char) => (char === CLOSE ? { kind: "any", fits: everything } : char));

/** Nothing of it is known: holes, and blanks between them. */
export const isBlank = (text: string): boolean => !isKnown(text) && mapHoles(text, () => "").trim() === "";

/** Longer than anything that a set-up puts together on the host. */
const LONGEST = 16_000_000;

/** A text that was put together, at the cost of its length; beyond all measure, its content is not known. */
export function made(text: string): string {
  copied(text.length);
  return text.length <= LONGEST
    ? text
    : hole(holdsSecret(text.slice(0, 1000)) || text.includes(SECRET_MARK) ? "secret" : "value", "long-text");
}

const NOT_PLAIN = new RegExp(`[${STAR}${QUESTION}${SET_OPEN}${SET_CLOSE}${SECRET_MARK}]`, "u");

/** The text as a program receives it when no file name matched: globs as typed, no secret mark. */
export function plain(text: string): string {
  if (!NOT_PLAIN.test(text)) return text; // nearly every text, and every policy asks for each word of each command
  return text
    .replaceAll(STAR, "*")
    .replaceAll(QUESTION, "?")
    .replaceAll(SET_OPEN, "[")
    .replaceAll(SET_CLOSE, "]")
    .replaceAll(SECRET_MARK, "");
}

export const markSecret = (text: string): string => (text.includes(SECRET_MARK) ? text : SECRET_MARK + text);

/** Whether the text holds, or may hold, something that must not be shown. */
export function holdsSecret(text: string): boolean {
  if (isKnown(text)) return text.includes(SECRET_MARK);
  // A file's whole text is asked about at each line that is written into it: only holes that can be secret are looked at.
  return (
    text.includes(SECRET_MARK) || [...text.matchAll(MAYBE_SECRET)].some(([, name]) => name === undefined || isSecretName(labelOf(name)))
  );
}

/** Whether some of the text came over the network. */
export const holdsFetched = (text: string): boolean => holesOf(text).some(({ kind }) => kind === "fetched");

/** A secret, or (with its name) the value of a variable. */
const MAYBE_SECRET = new RegExp(`${OPEN}(?:s[^${OPEN}${CLOSE}]*|[vrf][$${DOLLAR}]([^${OPEN}${CLOSE}]*))${CLOSE}`, "gu");

/** For messages: holes as `<label>`, globs as typed, one line, at most 120 characters. Secrets are masked. */
export function show(text: string): string {
  const masked = text.includes(SECRET_MARK)
    ? "[secret]"
    : mapHoles(text, (h) => (h.kind === "secret" ? "[secret]" : `<${h.label.replace(/\.[0-9a-z]{4,7}$/u, "")}>`));
  const line = plain(masked).replaceAll(DEEP, "**").replaceAll(DIRS, "/").replaceAll(FILES, "").replace(/\s+/gu, " ").trim();
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}
