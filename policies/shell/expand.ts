/** From words to fields: quoting, braces, tilde, parameters, command substitution, splitting, globs. */
import { withoutTrailing } from "../core/text";
import { braces, hasBraces } from "./braces";
import { capture, input, withChannels } from "./channels";
import type { Entry } from "./files";
import { parameterValues } from "./parameters";
import type { Scope, State } from "./state";
import type { Part, Script, Word } from "./syntax";
import { copied } from "./work";
import { hole, isKnown, made, markSecret, plain, QUESTION, SECRET_MARK, SET_CLOSE, SET_OPEN, STAR, unknownOf } from "./text";

/** Runs a script in a subshell; given by the interpreter, which this file must not import. */
export type RunInside = (body: Script, state: State, scope: Scope) => void;

let runInside: RunInside = () => undefined;
export const setRunInside = (run: RunInside): void => {
  runInside = run;
};

/** One way a part can turn out: fields, and whether they take part in field splitting and globbing. */
interface Chunk {
  readonly fields: readonly string[];
  readonly bare: boolean;
}

const MOST = 12;

/** All ways the words can turn out, each a list of fields. */
export function expandWords(words: readonly Word[], state: State, scope: Scope): string[][] {
  let ways: string[][] = [[]];
  for (const word of words.some(hasBraces) ? words.flatMap(braces) : words) {
    const next = expandWord(word, state, scope);
    if (next.length === 1) {
      // By far the most frequent: every way goes on with the same fields.
      for (const field of next[0] ?? []) for (const way of ways) way.push(field);
      continue;
    }
    const kept = ways.length * next.length > MOST ? [[unknownOf("word", next.flat())]] : next;
    ways = ways.flatMap((before) => kept.map((fields) => [...before, ...fields]));
  }
  return ways;
}

/** All texts a word can turn into where no splitting takes place (assignments, redirections, here documents). */
export function expandText(word: Word, state: State, scope: Scope): string[] {
  const ways = chunkWays(word, state, scope);
  return [...new Set(ways.map((chunks) => made(chunks.map((c) => c.fields.join(" ")).join(""))))];
}

/** The same, reduced to one text: a hole when there are several. */
export function oneText(word: Word, state: State, scope: Scope): string {
  const ways = expandText(word, state, scope);
  return ways.length === 1 ? (ways[0] ?? "") : unknownOf("one-of-several", ways);
}

/** Plain text without anything to expand, by far the most frequent word. */
const LITERAL = /^[^~*?[\s]+$/u;

function expandWord(word: Word, state: State, scope: Scope): string[][] {
  const [first] = word.parts;
  if (word.parts.length === 1 && first?.kind === "text" && (first.quoted || LITERAL.test(first.text))) return [[first.text]];
  const separator = separatorOf(state);
  const ways = chunkWays(word, state, scope).map((chunks) => fieldsOf(chunks, separator));
  const seen = new Set<string>();
  return ways.filter((fields) => {
    const key = fields.join("\0");
    return seen.has(key) ? false : seen.add(key);
  });
}

function chunkWays(word: Word, state: State, scope: Scope): Chunk[][] {
  let ways: Chunk[][] = [[]];
  for (const [index, part] of word.parts.entries()) {
    const next = partWays(part, index === 0, state, scope);
    if (next.length === 1 && next[0]) {
      for (const way of ways) way.push(next[0]);
      continue;
    }
    const kept = ways.length * next.length > MOST ? [{ fields: [unknownOf("text", textsOf(next))], bare: false }] : next;
    ways = ways.flatMap((before) => kept.map((chunk) => [...before, chunk]));
  }
  return ways;
}

const textsOf = (chunks: readonly Chunk[]): string[] => chunks.flatMap(({ fields }) => fields);

function partWays(part: Part, first: boolean, state: State, scope: Scope): Chunk[] {
  switch (part.kind) {
    case "text":
      return [{ fields: [part.quoted ? part.text : bareText(part.text, first, state)], bare: false }];
    case "parameter":
      return parameterValues(part.parameter, state, scope, part.quoted).map((fields) => ({ fields, bare: !part.quoted }));
    case "command":
      return [{ fields: [substitute(part.body, state, scope)], bare: !part.quoted }];
    case "process":
      return [{ fields: [processFile(part.body, part.direction, state, scope)], bare: false }];
    case "arithmetic":
      return [{ fields: [arithmetic(part.text, state)], bare: false }];
    case "opaque":
      return [{ fields: [hole("value", "unreadable")], bare: false }];
  }
}

/** What `$(...)` gives: the captured output without trailing newlines. */
export function substitute(body: Script, state: State, scope: Scope): string {
  const out = capture();
  runInside(body, state, withChannels(scope, [[1, out]]));
  return withoutTrailing(out.text, "\n");
}

/** `<(...)` becomes a file that only this command sees. */
function processFile(body: Script, direction: "<" | ">", state: State, scope: Scope): string {
  scope.context.fresh += 1;
  const path = `/dev/fd/${String(63 + scope.context.fresh)}`;
  if (direction === "<") {
    const out = capture();
    runInside(body, state, withChannels(scope, [[1, out]]));
    state.files.entries.set(path, [descriptor(out.text, scope)]);
  } else {
    state.files.entries.set(path, [descriptor("", scope)]);
    scope.context.readers?.push({ path, body });
  }
  return path;
}

const descriptor = (content: string, { context }: Scope): Entry => ({
  kind: "file",
  mode: { set: 0o600, may: 0o600 },
  content,
  secret: false,
  time: 0,
  place: context.place,
});

/** What reads the output of a command, when all of it is there. */
export function runReader(body: Script, text: string, state: State, scope: Scope): void {
  runInside(body, state, withChannels(scope, [[0, input(text)]]));
}

export const homeOf = (user: string): string => (user === "root" ? "/root" : `/home/${user}`);

function bareText(text: string, first: boolean, state: State): string {
  const tilde = first ? /^~([a-z_][\w-]*)?(?=\/|$)/u.exec(text) : null;
  const rest = tilde ? homeOf(tilde[1] ?? homeUser(state)) + text.slice(tilde[0].length) : text;
  return globs(rest);
}

const homeUser = (state: State): string => state.user;
/** `[...]` with classes such as `[:space:]` inside. */
const SET = /\[((?:\[:\w+:\]|[^\][\s])+)\]/gu;
const globs = (text: string): string =>
  text
    .replaceAll("*", STAR)
    .replaceAll("?", QUESTION)
    .replace(SET, (_, set: string) => SET_OPEN + set + SET_CLOSE);

const BLANKS = /[ \t\n]+/u;

/** What `IFS` says that fields end at; undefined where nothing is split. A value that is not known is taken for the usual one. */
function separatorOf(state: State): RegExp | undefined {
  const values = state.variables.get("IFS")?.values;
  const [ifs] = values ?? [];
  if (ifs === undefined || values?.length !== 1 || !isKnown(ifs)) return BLANKS;
  if (ifs === "") return undefined;
  return new RegExp(`[${plain(ifs).replace(/[\]\\^-]/gu, "\\$&")}]+`, "u");
}

/** Joins quoted chunks and splits bare ones. */
function fieldsOf(chunks: readonly Chunk[], separator: RegExp | undefined): string[] {
  const fields: string[] = [];
  let current: string | undefined;
  const end = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  for (const chunk of chunks) {
    for (const [index, field] of chunk.fields.entries()) {
      copied(field.length);
      if (index > 0) end();
      if (!chunk.bare) {
        current = (current ?? "") + field;
        continue;
      }
      let secret = false;
      const pieces = separator ? field.split(separator) : [field];
      for (const [at, piece] of pieces.entries()) {
        if (at > 0) end();
        // From its mark on the text is secret, in each of its words.
        const marked = secret && piece !== "" ? markSecret(piece) : piece;
        secret ||= piece.includes(SECRET_MARK);
        if (piece !== "") current = (current ?? "") + globs(marked);
      }
    }
    if (chunk.fields.length === 0 && !chunk.bare) current ??= chunks.length > 1 ? "" : undefined;
  }
  end();
  return fields;
}

const NUMBER = /^-?\d+$/u;
/** A number that begins with 0 is octal to the shell. */
const numberOf = (text = "0"): number => (/^-?0[0-7]+$/u.test(text) ? parseInt(text, 8) : Number(text));

/** Sums and the like of known numbers; anything else is a hole. */
function arithmetic(text: string, state: State): string {
  const filled = text.replace(/\$?\{?([A-Za-z_]\w*)\}?/gu, (_, name: string) => {
    const values = state.variables.get(name)?.values ?? [];
    return values.length === 1 && NUMBER.test(values[0] ?? "") ? (values[0] ?? "") : "?";
  });
  const match = /^\s*(-?\d+)\s*(?:([-+*])\s*(-?\d+)\s*)?$/u.exec(filled);
  if (!match) return hole("value", "number");
  const [a, b] = [numberOf(match[1]), numberOf(match[3])];
  return String(match[2] === "-" ? a - b : match[2] === "*" ? a * b : a + b);
}
