/**
 * Errors of a schema validator as sentences. They are made of the schema's own words, never of the validator's: each node says what it takes
 * (`form`), shows one value (`example`), and may say why (`reason`). What a node does not say follows from its type.
 */
import { domainToASCII } from "node:url";
import type { ErrorObject } from "ajv";
import { nearest } from "./nearest";

/** The part of a JSON schema that is for people. */
export interface Worded {
  /** What the value is, in words that follow "write": "a port from 1024 to 65535". */
  readonly form?: string;
  /** A value that is right. */
  readonly example?: unknown;
  /** Why other values do not work, as a whole sentence; `description` where it is missing. */
  readonly reason?: string;
  /** What a text lacks at its end when it was forgotten. */
  readonly ending?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Worded[];
  readonly const?: unknown;
  readonly items?: Worded;
  readonly properties?: Readonly<Record<string, Worded>>;
  readonly additionalProperties?: boolean | Worded;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly [other: string]: unknown;
}

export interface Wording {
  /** How the reader knows the place: `["backend", "port"]` is `ml-gateway:backend.port`. */
  readonly place: (path: readonly string[]) => string;
  /** Whether the value there must not be shown. */
  readonly hidden?: (path: readonly string[]) => boolean;
  /** Whether the file is JSON; examples are written so. @default false: YAML */
  readonly json?: boolean;
  /** Ends the sentence about a key that is missing: how to set it. */
  readonly remedy?: (path: readonly string[]) => string | undefined;
  /** Ends the sentence about a key that is unknown where it stands, and known at another place. */
  readonly elsewhere?: (path: readonly string[]) => string | undefined;
}

/** These repeat what their branches say, or the branches repeat them. */
const COMBINING = ["if", "oneOf", "allOf", "propertyNames"];

/** One sentence a mistake: where, what was found, what to write instead, why. The errors have to be of a `verbose` validator. */
export function schemaProblems(errors: readonly ErrorObject[], wording: Wording): string[] {
  const own = errors.filter((error) => !COMBINING.includes(error.keyword) && !error.schemaPath.includes("/anyOf/"));
  const sentences = new Map<string, string>();
  for (const error of own) {
    const key = `${error.instancePath} ${aboutOneKey(error) ?? ""}`;
    if (!sentences.has(key)) sentences.set(key, sentence(error, wording));
  }
  return [...new Set(sentences.values())];
}

/** The key that is missing or unknown: each is a mistake of its own. Whatever else is wrong with one value is one mistake. */
function aboutOneKey({ params, propertyName }: ErrorObject): string | undefined {
  const { additionalProperty, missingProperty } = params as Readonly<Record<string, string | undefined>>;
  return additionalProperty ?? missingProperty ?? propertyName;
}

/** The key that an error is about. */
export function pathOf(error: ErrorObject): string[] {
  const key = aboutOneKey(error);
  return [...instancePath(error), ...(key === undefined ? [] : [key])];
}

/** `["gateway", "sshFrom", "0"]` is `gateway.sshFrom[0]`, as `pulumi config set --path` takes it. */
export function keyText(path: readonly string[]): string {
  return path.join(".").replace(/\.(\d+)(?=\.|$)/g, "[$1]");
}

/** The value that an error is about. */
export function instancePath(error: ErrorObject): string[] {
  return error.instancePath === "" ? [] : error.instancePath.slice(1).split("/").map(unescaped);
}

function sentence(error: ErrorObject, wording: Wording): string {
  const path = instancePath(error);
  const node = (error.parentSchema ?? {}) as Worded;
  const key = aboutOneKey(error) ?? "";
  if (error.keyword === "additionalProperties") {
    const end = wording.elsewhere?.([...path, key]) ?? suggestion(key, Object.keys(node.properties ?? {}));
    return `${wording.place([...path, key])}: unknown key${end}`;
  }
  if (error.keyword === "required") return missing([...path, key], node.properties?.[key] ?? {}, wording);
  if (error.propertyName !== undefined) {
    return `${wording.place([...path, error.propertyName])}: the name of this key does not work; ${expectation(node, [], wording.json)}`;
  }
  const hidden = wording.hidden?.(path) === true;
  const why = node.reason ?? node.description;
  const found = foundText(error, hidden);
  return `${wording.place(path)}: found ${found}; ${advice(error.data, node, hidden)}${expectation(node, path, wording.json)}${why === undefined ? "" : `. ${why}`}`;
}

function missing(path: readonly string[], node: Worded, wording: Wording): string {
  const why = node.description === undefined ? "" : ` ${node.description}`;
  const remedy =
    wording.remedy?.(path) ?? `${why.endsWith(".") || why === "" ? "" : "."} W${expectation(node, path, wording.json).slice(1)}.`;
  return `${wording.place(path)}: missing.${why}${remedy}`;
}

const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

function foundText(error: ErrorObject, hidden: boolean): string {
  if (error.keyword === "uniqueItems") {
    const { i, j } = error.params as { i: number; j: number };
    const [first, second] = [Math.min(i, j), Math.max(i, j)];
    return `${hidden ? "the same entry" : shown((error.data as unknown[])[first])} twice (entries ${first + 1} and ${second + 1}), remove one`;
  }
  if (!hidden || error.data === null) return shown(error.data);
  if (typeof error.data === "object") return Array.isArray(error.data) ? "a list" : "a group of keys";
  return error.keyword === "minLength" || error.keyword === "maxLength"
    ? `a (secret) value of ${(error.data as string).length} characters`
    : "the given (secret) value";
}

/** A value in words: what kind of thing it is, and what it says. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing (the value is empty)";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `the list ${short(`[${value.map(entryShown).join(", ")}]`)}`;
  if (typeof value === "object") {
    const keys = Object.keys(value);
    return keys.length === 0 ? "an empty group of keys" : `a group of keys (${short(keys.join(", "))})`;
  }
  return value === "" ? "an empty text" : short(visible(JSON.stringify(value)));
}

/** A group by its keys alone, as everywhere: what stands behind them may be a secret. */
const entryShown = (entry: unknown): string =>
  typeof entry !== "object" || entry === null ? inYaml(entry) : Array.isArray(entry) ? "a list" : `{ ${Object.keys(entry).join(", ")} }`;

/** What a screen shows as a blank or not at all. */
const INVISIBLE = /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/g;

/** The text with characters that nobody would see written out. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The text without what pasting brings with it: quotes (also those of a word processor), blanks and invisible characters around it. */
export function unpasted(text: string): string {
  return text
    .replace(/[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g, "")
    .replace(/^[\s"'`\u2018-\u201f\u00ab\u00bb]+/, "")
    .replace(/(?<![\s"'`\u2018-\u201f\u00ab\u00bb,;])[\s"'`\u2018-\u201f\u00ab\u00bb,;]+$/, "");
}

const LONGEST = 100;
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** What is special about a value of the wrong kind, ending in "; " when there is anything. */
function advice(data: unknown, node: Worded, hidden: boolean): string {
  const kinds = kindsOf(node);
  if (typeof data === "string" && (kinds.has("integer") || kinds.has("number"))) {
    if (data.trim() !== "" && Number.isFinite(Number(data))) return hidden ? "" : "that is a text: leave out the quotes; ";
  }
  if (typeof data === "string" && kinds.has("boolean")) {
    if (/^(y|n|yes|no|on|off|true|false)$/i.test(data)) return "only true and false count, without quotes; ";
  }
  if (kinds.has("array") && data !== null && typeof data !== "object") return "that is a single value, and a list is needed; ";
  if (kinds.size === 1 && kinds.has("string") && data !== null && typeof data !== "string") {
    return typeof data === "object" ? "a text is needed: put quotes around it; " : "put quotes around it; ";
  }
  if (kinds.has("object") && data !== null && typeof data !== "object") return "that is a single value, and its keys are needed; ";
  const meant = typeof data === "string" && !hidden ? (nearest(unpasted(data), choices(node).map(String)) ?? alike(data, node)) : undefined;
  if (meant !== undefined) return `did you mean ${meant}? `;
  return typeof data === "string" && !hidden && takesAscii(node) ? lookAlike(data) : "";
}

/** Numbers, words of a list, and patterns that name no letters of other alphabets. */
function takesAscii(node: Worded): boolean {
  const { pattern } = node;
  return typeof pattern === "string" ? !/\\p\{|\[\^|\\S|(?<!\\)\./.test(pattern) : choices(node).length > 0 || !kindsOf(node).has("string");
}

/** A value with a letter or digit that only looks like a plain one reads as if it were right. */
function lookAlike(data: string): string {
  const found = /[A-Za-z\p{Nd}]/u.test(data) ? foreign(data.replace(/[\t\r\n]/g, "")) : undefined;
  return found === undefined ? "" : `it holds ${found}, where plain letters and digits are needed; `;
}

/** A text that fits the node and differs by what pasting, capitals, a scheme before a host or letters of other alphabets make of it. */
function alike(data: string, { pattern, ending = "", form: words = "" }: Worded): string | undefined {
  if (typeof pattern !== "string" || data.length > LONGEST) return undefined;
  const form = new RegExp(pattern, "u");
  const clean = unpasted(data);
  const host = /^\w+:\/\/([^/\s]+)/.exec(clean)?.[1] ?? "";
  const letters = !/[\s/@]/.test(clean) && /[^\x20-\x7e]/.test(clean) ? domainToASCII(clean.toLowerCase()) : "";
  // Letters that only look like others become a name of their own, which means something in names of hosts alone.
  const ascii = letters.includes("xn--") && !/\bhost\b/.test(words) ? "" : letters;
  return [clean, clean.toLowerCase(), clean + ending, host, ascii].find((text) => text !== "" && text !== data && form.test(text));
}

function choices(node: Worded): readonly unknown[] {
  return node.enum ?? (node.anyOf ?? []).flatMap((branch) => (branch.const === undefined ? (branch.enum ?? []) : [branch.const]));
}

function kindsOf(node: Worded): ReadonlySet<string> {
  return new Set([node.type, ...(node.anyOf ?? []).flatMap((branch) => [...kindsOf(branch)])].filter((kind) => kind !== undefined));
}

/** "write a port from 1024 to 65535, for example `port: 9000`". */
export function expectation(node: Worded, path: readonly string[], json = false): string {
  const example = exampleOf(node);
  const shownExample = example === undefined ? "" : `, for example ${exampleText(path, example, json)}`;
  return `write ${formOf(node)}${shownExample}`;
}

/** What a node takes, in words. */
export function formOf(node: Worded): string {
  if (node.form !== undefined) return node.form;
  if (node.const !== undefined) return inYaml(node.const);
  if (node.enum !== undefined) return listed(node.enum.map(String));
  if (node.anyOf !== undefined) return listed(node.anyOf.map(formOf));
  if (node.type === "array") return `a list, of ${formOf(node.items ?? {})} each`;
  if (node.type === "boolean") return "true or false";
  if (node.type === "integer" || node.type === "number") return `${node.type === "integer" ? "a whole number" : "a number"}${bounds(node)}`;
  if (node.type === "object") {
    const keys = Object.keys(node.properties ?? {});
    return keys.length === 0 ? "a group of keys" : `a group of keys (${keys.join(", ")})`;
  }
  return "a text";
}

function bounds({ minimum, maximum }: Worded): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1] ?? ""}`;
}

/** A value that is right: the node's own, its default, or one put together from its parts. */
export function exampleOf(node: Worded): unknown {
  if (node.example !== undefined) return node.example;
  if (node.type === "array") {
    const item = exampleOf(node.items ?? {});
    return node.default ?? (item === undefined ? undefined : [item]);
  }
  if (node.type === "object") return objectExample(node);
  if (node.default !== undefined) return node.default;
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum[0];
  if (node.type === "boolean") return true;
  if (node.minimum !== undefined) return node.minimum;
  return (node.anyOf ?? []).map(exampleOf).find((value) => value !== undefined);
}

function objectExample(node: Worded): unknown {
  const names = (node.required as readonly string[] | undefined) ?? Object.keys(node.properties ?? {}).slice(0, 1);
  const entries = names.flatMap((name) => {
    const value = exampleOf(node.properties?.[name] ?? {});
    return value === undefined ? [] : [[name, value] as const];
  });
  if (entries.length > 0) return Object.fromEntries(entries);
  return Object.keys((node.default as object | undefined) ?? {}).length > 0 ? node.default : undefined;
}

/** As it is in the file: `port: 9000`; an entry of a list without its number. */
function exampleText(path: readonly string[], example: unknown, json: boolean): string {
  const key = path[path.length - 1];
  const value = json ? JSON.stringify(example) : inYaml(example);
  return key === undefined || /^\d+$/.test(key) ? value : `${json ? JSON.stringify(key) : key}: ${value}`;
}

/** A value in YAML's flow style, quoted only where it has to be. */
export function inYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    return `{ ${Object.entries(value)
      .map(([key, entry]) => `${key}: ${inYaml(entry)}`)
      .join(", ")} }`;
  }
  if (typeof value !== "string") return String(value);
  return isPlainText(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

function isPlainText(text: string): boolean {
  return (
    /^[A-Za-z0-9/~][\w./~:+@=-]*( [\w./+-]+)*$/.test(text) &&
    !/^[\d.eExXoObB_:+-]+$|:$|: |^(y|n|yes|no|on|off|true|false|null|~)$/i.test(text)
  );
}

/** The end of a sentence about an unknown key. */
export function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `${foreignLetter(name)}; did you mean "${meant}"?`;
  return known.length === 0
    ? "; remove it"
    : `; known keys: ${known.slice(0, 20).join(", ")}${known.length > 20 ? ` and ${known.length - 20} more` : ""}`;
}

/** A character that looks like another one, or like nothing: without a word about it both names read the same. */
function foreignLetter(name: string): string {
  const found = foreign(name);
  return found === undefined ? "" : ` (it holds ${found}, and keys have plain letters alone: type it anew)`;
}

function foreign(text: string): string | undefined {
  const found = [...text].find((one) => (one < "!" || one > "~") && one !== " ");
  if (found === undefined) return undefined;
  const code = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const what = /^[\s\p{C}]$/u.test(found) ? "a blank or an invisible character" : `"${found}"`;
  return `${what}, ${code}`;
}
