/** Reads a command line against a description of it. Everything that is wrong is an error before anything is done. Pure. */
import { parseArgs } from "node:util";
import { UsageProblem } from "./exit";
import { nearest } from "./nearest";

/** What a value has to look like. */
export interface Form {
  readonly pattern: RegExp;
  /** For the message: "a whole number". */
  readonly what: string;
}

interface Described {
  readonly help: string;
  readonly short?: string;
}
interface Valued extends Described {
  /** Name of the value in the usage: FILE. */
  readonly value: string;
  readonly form?: Form;
}

export type OptionSpec =
  | (Described & { readonly kind: "flag" })
  | (Valued & { readonly kind: "text"; readonly default?: string; readonly required?: boolean })
  /** May be given several times. */
  | (Valued & { readonly kind: "texts" })
  /** The value may be left out: `true` then. */
  | (Valued & { readonly kind: "maybe" });

export type Options = Readonly<Record<string, OptionSpec>>;

type Value<S extends OptionSpec> = S extends { kind: "flag" }
  ? boolean
  : S extends { kind: "texts" }
    ? readonly string[]
    : S extends { kind: "maybe" }
      ? string | true | undefined
      : S extends { default: string } | { required: true }
        ? string
        : string | undefined;

export type Values<O extends Options> = { readonly [K in keyof O]: Value<O[K]> };

/** Arguments that are no options. */
export interface Words {
  readonly value: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly form?: Form;
}

export interface Syntax<O extends Options = Options> {
  readonly options: O;
  readonly words?: Words;
  /** Name of what follows "--", where anything may. */
  readonly rest?: { readonly value: string; readonly help: string; readonly required?: boolean };
  /** All arguments belong to another program, which checks them itself; they come as `rest`. */
  readonly verbatim?: boolean;
}

export interface Given<O extends Options> {
  readonly options: Values<O>;
  readonly words: readonly string[];
  readonly rest: readonly string[];
}

interface Token {
  readonly kind: "option" | "positional" | "option-terminator";
  readonly index: number;
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}

/** Does the command line ask for help? Then nothing else of it counts. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((word) => word === "--help" || word === "-h");
}

/** @throws UsageProblem */
export function readArguments<O extends Options>(args: readonly string[], syntax: Syntax<O>): Given<O> {
  if (syntax.verbatim === true) return { options: valuesOf(new Map(), syntax.options), words: [], rest: args };
  const tokens = tokensOf(args, syntax.options);
  const found = new Map<string, (string | true)[]>();
  const words: string[] = [];
  const rest: string[] = [];
  let ended = false;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.kind === "option-terminator") ended = true;
    else if (token.kind === "positional") (ended && syntax.rest !== undefined ? rest : words).push(token.value ?? "");
    else {
      const [name, value, taken] = readOption(token, tokens[at + 1], syntax.options);
      if (taken) at += 1;
      found.set(name, [...(found.get(name) ?? []), value]);
    }
  }
  checkWords(words, syntax.words);
  if (syntax.rest?.required === true && rest.length === 0) throw new UsageProblem(`${syntax.rest.value} is missing behind --`);
  return { options: valuesOf(found, syntax.options), words, rest };
}

function tokensOf(args: readonly string[], options: Options): readonly Token[] {
  const config = Object.entries(options).map(([name, spec]) => {
    const type = spec.kind === "flag" || spec.kind === "maybe" ? ("boolean" as const) : ("string" as const);
    return [name, { type, ...(spec.short === undefined ? {} : { short: spec.short }), multiple: true }] as const;
  });
  const parsed = parseArgs({ args: [...args], options: Object.fromEntries(config), strict: false, allowPositionals: true, tokens: true });
  return parsed.tokens;
}

/** @returns name, value, and whether the next token was used up as the value */
function readOption(token: Token, next: Token | undefined, options: Options): [string, string | true, boolean] {
  const { name = "", rawName = "", value } = token;
  const spec = Object.hasOwn(options, name) ? options[name] : undefined;
  if (spec === undefined) throw new UsageProblem(unknownOption(rawName, Object.keys(options)));
  if (spec.kind === "flag") {
    if (value !== undefined) throw new UsageProblem(`${rawName} takes no value, found "${value}"`);
    return [name, true, false];
  }
  if (spec.kind === "maybe" && value === undefined) {
    const follows = next?.kind === "positional" && next.index === token.index + 1;
    return [name, follows ? checked(next.value ?? "", rawName, spec.form) : true, follows];
  }
  // "--stack --json" names no stack; "--stack=--json" and a lone "-" are what they say
  const swallowed = token.inlineValue !== true && /^-./.test(value ?? "");
  if (value === undefined || value === "" || swallowed) throw new UsageProblem(`${rawName} needs a value: ${rawName} ${spec.value}`);
  return [name, checked(value, rawName, spec.form), false];
}

function unknownOption(rawName: string, known: readonly string[]): string {
  const close = nearest(rawName.replace(/^--?/, ""), [...known, "help"]);
  return `unknown option ${rawName}${close === undefined ? "" : `; did you mean --${close}?`}`;
}

function checked(value: string, name: string, form: Form | undefined): string {
  if (form !== undefined && !form.pattern.test(value)) throw new UsageProblem(`${name}: found "${value}", expected ${form.what}`);
  return value;
}

function checkWords(words: readonly string[], spec: Words | undefined): void {
  const stray = words[spec?.max ?? 0];
  if (stray !== undefined) throw new UsageProblem(`"${stray}" is one argument too many`);
  if (spec === undefined) return;
  if (words.length < spec.min) throw new UsageProblem(`${spec.value} is missing: ${spec.help}`);
  for (const word of words) checked(word, spec.value, spec.form);
}

function valuesOf<O extends Options>(found: ReadonlyMap<string, readonly (string | true)[]>, options: O): Values<O> {
  const entries = Object.entries(options).map(([name, spec]) => {
    const values = found.get(name) ?? [];
    if (values.length > 1 && spec.kind !== "texts")
      throw new UsageProblem(`--${name} is given ${String(values.length)} times; once is enough`);
    if (spec.kind === "flag") return [name, values.length > 0];
    if (spec.kind === "texts") return [name, values];
    if (spec.kind === "text" && spec.required === true && values.length === 0)
      throw new UsageProblem(`--${name} ${spec.value} is missing: ${spec.help}`);
    return [name, values[0] ?? (spec.kind === "text" ? spec.default : undefined)];
  });
  return Object.fromEntries(entries) as Values<O>;
}
