/** Command-line options as getopt reads them: bundled flags, attached and separate values, `--long=value`, `--`. */

export interface OptionSpec {
  /** Letters of options without a value. Unlisted letters are taken as such. */
  readonly flags?: string;
  /** Letters of options that take a value. */
  readonly values?: string;
  /** Long options that take a value, and the letter or name they are filed under. */
  readonly long?: Readonly<Record<string, string>>;
  /** Stop at the first operand (wrappers such as sudo). */
  readonly stops?: boolean;
}

export interface Options {
  /** Letters and long names given, without dashes; long options as in `spec.long`, else their own name. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  has(...names: string[]): boolean;
  /** The last value given for one of the names. */
  value(...names: string[]): string | undefined;
}

export function parseOptions(args: readonly string[], spec: OptionSpec): Options {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  const note = (name: string, value: string): void => void given.set(name, [...(given.get(name) ?? []), value]);
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith("--")) i += long(arg, args[i + 1], spec, note);
    else if (/^-[^-]/u.test(arg)) i += short(arg.slice(1), args[i + 1], spec, note);
    else if (spec.stops) {
      operands.push(...args.slice(i));
      break;
    } else operands.push(arg);
  }
  const value = (...names: string[]): string | undefined => names.flatMap((n) => given.get(n) ?? []).at(-1);
  return { given, operands, has: (...names) => names.some((n) => given.has(n)), value };
}

/** Returns how many further words were used up. */
function long(arg: string, next: string | undefined, spec: OptionSpec, note: (name: string, value: string) => void): number {
  const [name = "", ...rest] = arg.slice(2).split("=");
  const filed = spec.long?.[name];
  if (rest.length) note(filed ?? name, rest.join("="));
  else if (filed === undefined) note(name, "");
  else {
    note(filed, next ?? "");
    return 1;
  }
  return 0;
}

function short(letters: string, next: string | undefined, spec: OptionSpec, note: (name: string, value: string) => void): number {
  for (let i = 0; i < letters.length; i += 1) {
    const letter = letters[i] ?? "";
    if (!spec.values?.includes(letter)) {
      note(letter, "");
      continue;
    }
    const attached = letters.slice(i + 1);
    note(letter, attached === "" ? (next ?? "") : attached);
    return attached === "" ? 1 : 0;
  }
  return 0;
}
