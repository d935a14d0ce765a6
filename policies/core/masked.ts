/**
 * Takes secrets out of what is said about a graph. Policies show no secret that they know as one; a script may carry it into any word of any
 * line all the same, in parts or encoded. So every message passes through here last, whichever policy it is from.
 */
import { Asset, Secret, Unknown } from "./types";
import type { Graph, Resource, Value } from "./types";
import { isProps, reveal } from "./values";
import { isSecretName } from "./secret-name";

const MASK = "[secret]";
/** So many characters in a row of a secret are not shown. */
const GRAM = 8;
/** Shorter ones are words like any other. */
const SHORTEST = 4;
/** Of one secret; the rest of a longer one is hardly ever quoted, and its lines are secrets of their own. */
const LONGEST = 65_536;
/** An encoded archive is no secret, and has thousands of words that look like one: lines as long as base64 makes them, and so many of them. */
const ENCODED_LINE = /^[\w+/=-]{57,}$/u;
const ENCODED_LINES = 64;
const LONGEST_WORD = 4096;

interface Secrets {
  /** Every run of GRAM characters of a secret. */
  readonly grams: Set<string>;
  /** Secrets that are shorter than that. */
  readonly short: Set<string>;
  /** How secrets begin, for one that is cut off. */
  readonly starts: Set<string>;
  /** What the program does not keep to itself. */
  readonly open: string;
}

const known = new WeakMap<Graph, Secrets>();

/** The text without the secrets of the graph. */
export function masked(text: string, graph: Graph): string {
  let secrets = known.get(graph);
  if (secrets === undefined) known.set(graph, (secrets = secretsOf(graph)));
  const hidden = new Uint8Array(text.length);
  for (let at = 0; at + GRAM <= text.length; at += 1) if (secrets.grams.has(text.slice(at, at + GRAM))) hidden.fill(1, at, at + GRAM);
  if (secrets.starts.size > 0)
    for (const { index } of text.matchAll(/\.\.\.|…/gu))
      for (let length = GRAM - 1; length >= SHORTEST; length -= 1)
        if (secrets.starts.has(text.slice(Math.max(0, index - length), index))) hidden.fill(1, index - length, index);
  if (secrets.short.size > 0)
    for (const word of text.matchAll(/[\p{L}\p{N}_+-]+|[^\s]+/gu))
      if (secrets.short.has(word[0])) hidden.fill(1, word.index, word.index + word[0].length);
  return hidden.includes(1) ? cover(text, hidden) : text;
}

function cover(text: string, hidden: Uint8Array): string {
  let shown = "";
  for (let at = 0; at < text.length; at += 1) {
    if (hidden[at] === 0) shown += text[at] ?? "";
    else if (at === 0 || hidden[at - 1] === 0) shown += MASK;
  }
  return shown;
}

function secretsOf(graph: Graph): Secrets {
  const secrets: Secrets = { grams: new Set(), short: new Set(), starts: new Set(), open: openTexts(graph) };
  for (const resource of graph.resources) {
    for (const props of [resource.inputs, resource.outputs])
      for (const [key, value] of Object.entries(props)) collect(value, key, false, secrets);
    for (const [name, text] of unmarked(resource)) add(isSecretName(name) ? [text] : chance(withoutArchives(text), secrets), secrets);
  }
  return secrets;
}

/** What the program gives in the open elsewhere, such as the name of a bucket, is no secret because a script or a Command is given it as well. */
function openTexts(graph: Graph): string {
  const found: string[] = [];
  const gather = (value: Value | undefined): void => {
    if (typeof value === "string") found.push(value);
    else if (Array.isArray(value)) for (const item of value) gather(item);
    else if (isProps(value)) for (const item of Object.values(value)) gather(item);
  };
  for (const { type, name, inputs, outputs } of graph.resources) {
    found.push(name);
    if (type.startsWith("command:")) continue;
    for (const props of [inputs, outputs]) for (const [key, value] of Object.entries(props)) if (!/^userData/u.test(key)) gather(value);
  }
  // Only these can contain a word of chance; each once.
  return [...new Set(found.flatMap((text) => withoutArchives(text).match(WORD) ?? []))].join("\n");
}

const WORD = /[\w+-]{12,}/gu;
const chance = (text: string, { open }: Secrets): string[] => random(text).filter((word) => !open.includes(word));

/** Policies that run in the engine see no marks, and a program may have forgotten one: what a Command is given to keep to itself. */
function unmarked({ type, inputs }: Resource): [string, string][] {
  if (!/^command:(local|remote):Command$/u.test(type)) return [];
  const environment = reveal(inputs.environment);
  const stdin = reveal(inputs.stdin);
  return [
    ...(isProps(environment)
      ? Object.entries(environment).flatMap(([name, value]): [string, string][] => {
          const text = reveal(value);
          return typeof text === "string" ? [[name, text]] : [];
        })
      : []),
    ...(typeof stdin === "string" ? assignments(withoutArchives(stdin)) : []),
  ];
}

function collect(value: Value | undefined, key: string, secret: boolean, secrets: Secrets): void {
  if (value === undefined || value instanceof Unknown) return;
  if (value instanceof Secret) collect(value.value, key, true, secrets);
  else if (value instanceof Asset) {
    if (secret) add(value.kind === "text" ? parts(value.content ?? "", secrets) : [], secrets);
    if (secret) add(parts(value.opened?.text ?? "", secrets), secrets);
    for (const member of Object.values(value.members ?? {})) collect(member, key, secret, secrets);
  } else if (Array.isArray(value)) for (const item of value) collect(item, key, secret, secrets);
  else if (isProps(value)) for (const [name, item] of Object.entries(value)) collect(item, name, secret, secrets);
  else if (secret && (typeof value === "string" || typeof value === "number"))
    add(isProse(key, String(value)) ? parts(decoded(key, String(value)), secrets) : [String(value)], secrets);
}

/** A text that has a secret in it, most of which is none: a script, a file, an address. */
const isProse = (key: string, text: string): boolean =>
  /^(create|update|delete|userData|userDataBase64|stdout)$/u.test(key) ||
  text.includes("\n") ||
  /^([A-Za-z_]\w*=|[a-z][\w+.-]*:\/\/|\{|\[)/u.test(text);

const decoded = (key: string, text: string): string =>
  key === "userDataBase64" ? `${text}\n${Buffer.from(text, "base64").toString("utf8")}` : text;

const parts = (all: string, secrets: Secrets): string[] => partsOf(withoutArchives(all), secrets);

/** What is left of the encoded archives is their beginning. Plain cuts: a regular expression that runs over millions of characters overflows. */
function withoutArchives(text: string): string {
  let row = 0;
  return text
    .split("\n")
    .map((line) => (line.length > LONGEST_WORD ? shortened(line) : line))
    .filter((line) => (row = ENCODED_LINE.test(line) ? row + 1 : 0) <= ENCODED_LINES)
    .join("\n");
}

/** Character by character: pieces of ten million would be as many strings. */
function shortened(line: string): string {
  const kept: string[] = [];
  let [from, word] = [0, 0];
  for (let at = 0; at <= line.length; at += 1) {
    if (at < line.length && OF_WORD.has(line.charCodeAt(at))) continue;
    if (at - word > LONGEST_WORD) {
      kept.push(line.slice(from, word + LONGEST_WORD));
      from = at;
    }
    word = at + 1;
  }
  return kept.length === 0 ? line : kept.join("") + line.slice(from);
}

const OF_WORD = new Set([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-"].map((letter) => letter.charCodeAt(0)));

const partsOf = (text: string, secrets: Secrets): string[] => [
  ...chance(text, secrets),
  ...assignments(text).flatMap(([name, value]) => (isSecretName(name) && !/^[a-z][\w+.-]*:\/\//u.test(value) ? [value] : [])),
  ...[...text.matchAll(/:\/\/[^\s/:@]*:([^\s/@]+)@/gu)].flatMap(([, password]) => (password === undefined ? [] : [password])),
];

/** A name begins where no other character of one stands before: tried within it again, a long run without `=` would cost its square. */
const ASSIGNMENT = /(?<![\w.-])([\w.-]+)["']?[ \t]*[=:][ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;}]+))/gu;

const assignments = (text: string): [string, string][] =>
  [...text.matchAll(ASSIGNMENT)].flatMap((match): [string, string][] => {
    const [, name = "", a, b, c] = match;
    const quoted = a ?? b;
    if (quoted === undefined && isOrdinary(c ?? "") && !isGiven(text, match)) return [];
    return [[name, quoted ?? c ?? ""]];
  });

/** A word, a name of code or a call. */
const isOrdinary = (value: string): boolean => /^[A-Za-z]+([._-][A-Za-z]+)*([([.:].*|\))?$/u.test(value);
const TYPE = /^(str|bytes|int|bool|float|string|number|boolean|dict|list|set|object|none|true|false|null|undefined)\b/iu;
/** How far the surroundings of an assignment are looked at. */
const AROUND = 40;

/**
 * Whether an ordinary word is a value that somebody gives, as in `PASSWORD=dragon`, and no prose or code around a name, as in "the secret: stdin"
 * and `tokens = set()`: it is the rest of its line, stands between commas or braces, or is an option.
 */
function isGiven(text: string, match: RegExpExecArray): boolean {
  const [all, name = "", , , value = ""] = match;
  const before = text.slice(Math.max(0, match.index - AROUND), match.index);
  const end = match.index + all.length;
  const after = text.slice(end, end + AROUND);
  if (/=/u.test(all.slice(name.length, -value.length)) && !/\s/u.test(all))
    return /^[A-Z\d_]+$/u.test(name) || /^-/u.test(name) || isLine(before, after);
  if (/[([]/u.test(value) || TYPE.test(value)) return false;
  return isLine(before, after) || (/[{,]\s*["']?$/u.test(before) && /^\s*[,}]/u.test(after));
}

const isLine = (before: string, after: string): boolean =>
  /(^|\n)[ \t]*(export[ \t]+|-[ \t]+)?["']?$/u.test(before) && /^[ \t]*(?:[,;][ \t]*)?(\r?\n|$)/u.test(after);

/** `RestrictAddressFamilies`: chance makes shorter runs of small letters. */
const NAME_OF_WORDS = /^[A-Z]?[a-z]{2,}([A-Z][a-z]{2,})+$/u;

/** Words of a text that nobody chose for their meaning. */
const random = (text: string): string[] =>
  (text.match(WORD) ?? []).filter(
    (word) =>
      /[A-Za-z]/u.test(word) &&
      (/\d\D*\d/u.test(word) || (/[a-z][A-Z].*[a-z][A-Z]/u.test(word) && word.length >= 16 && !NAME_OF_WORDS.test(word))),
  );

function add(found: readonly string[], secrets: Secrets): void {
  for (const whole of found) {
    const secret = whole.trim().slice(0, LONGEST);
    if (secret.length < SHORTEST || secret.startsWith("$")) continue;
    for (const form of [secret, encodeURIComponent(toWellFormed(secret)), Buffer.from(secret).toString("base64").replace(/=*$/u, "")]) {
      const line = form.replace(/\s+/gu, " "); // as messages show it
      if (line.length < GRAM) secrets.short.add(line);
      for (let at = 0; at + GRAM <= line.length; at += 1) secrets.grams.add(line.slice(at, at + GRAM));
      for (let length = SHORTEST; length < GRAM && length <= line.length; length += 1) secrets.starts.add(line.slice(0, length));
    }
  }
}

/** Half a pair of surrogates cannot be encoded. */
const toWellFormed = (text: string): string => text.replace(/\p{Cs}/gu, "\uFFFD");
