/** Markers of requirements (PEP 508), such as `python_version < "3.11"`: whether pip can read one, and whether a host may fulfil it. Pure. */

const VARIABLES = new Set(
  "python_version python_full_version os_name sys_platform platform_release platform_system platform_version platform_machine platform_python_implementation implementation_name implementation_version extra os.name sys.platform platform.version platform.machine platform.python_implementation python_implementation extras dependency_groups".split(
    " ",
  ),
);
const TOKEN = /\s*(?:([()])|("[^"]*"|'[^']*')|(===|==|~=|!=|<=|>=|<|>)|([\w.]+))/y;

type Kind = "(" | ")" | "value" | "comparison" | "word";
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

/** @returns what of it pip would not read; undefined where it is right */
export function markerProblem(marker: string): string | undefined {
  const read = tokensOf(marker);
  if (typeof read === "string") return read;
  return new Reader(read).any()?.text;
}

/** What every host answers (Ubuntu, CPython). `extra` is nothing outside of a package's own metadata. */
const OF_HOSTS: Readonly<Record<string, string>> = {
  os_name: "posix",
  sys_platform: "linux",
  platform_system: "Linux",
  platform_python_implementation: "CPython",
  implementation_name: "cpython",
  extra: "",
};

/** True only where no host fulfils it, so that pip passes the line over. */
export function isForOthers(marker: string): boolean {
  const read = tokensOf(marker);
  if (typeof read === "string") return false;
  const reader = new Reader(read);
  return reader.any() === undefined && reader.holds === false;
}

/** @returns what is no token of a marker */
function tokensOf(marker: string): Token[] | string {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (marker.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(marker);
    if (found === null) return marker.slice(at).trim();
    const [, bracket, text, comparison, word = ""] = found;
    if (bracket !== undefined) tokens.push({ kind: bracket as Kind, text: bracket });
    else if (comparison !== undefined) tokens.push({ kind: "comparison", text: comparison });
    else if (text !== undefined || VARIABLES.has(word)) tokens.push({ kind: "value", text: text ?? word });
    else tokens.push({ kind: "word", text: word });
  }
  return tokens;
}

/** A value; undefined where hosts differ. */
function valueOf(text: string): string | undefined {
  const name = text.replace(".", "_").replace(/^python_implementation$/, "platform_python_implementation");
  return /^["']/.test(text) ? text.slice(1, -1) : OF_HOSTS[name];
}

function compared(left: string, how: string, right: string): boolean | undefined {
  const [a, b] = [valueOf(left), valueOf(right)];
  if (a === undefined || b === undefined) return undefined;
  const answers: Readonly<Record<string, boolean>> = {
    "==": a === b,
    "===": a === b,
    "!=": a !== b,
    in: b.includes(a),
    "not in": !b.includes(a),
  };
  return answers[how];
}

/** Takes tokens from the front; what it cannot take is the answer. */
class Reader {
  private at = 0;
  /** Whether hosts fulfil what was taken last; undefined where that depends on the host. */
  holds: boolean | undefined;

  constructor(private readonly tokens: readonly Token[]) {}

  any(): Token | undefined {
    return this.terms() ?? this.tokens[this.at];
  }

  private take(kind: Kind, ...texts: readonly string[]): boolean {
    const token = this.tokens[this.at];
    const right = token?.kind === kind && (texts.length === 0 || texts.includes(token.text));
    if (right) this.at += 1;
    return right;
  }

  private here(): Token {
    return this.tokens[this.at] ?? { kind: "word", text: "its end" };
  }

  /** `and` binds closer than `or`. */
  private terms(): Token | undefined {
    let any: boolean | undefined = false;
    do {
      const wrong = this.both();
      if (wrong !== undefined) return wrong;
      any = any === true || this.holds === true ? true : any === undefined || this.holds === undefined ? undefined : false;
    } while (this.take("word", "or"));
    this.holds = any;
    return undefined;
  }

  private both(): Token | undefined {
    let all: boolean | undefined = true;
    do {
      const wrong = this.term();
      if (wrong !== undefined) return wrong;
      all = all === false || this.holds === false ? false : all === undefined || this.holds === undefined ? undefined : true;
    } while (this.take("word", "and"));
    this.holds = all;
    return undefined;
  }

  private term(): Token | undefined {
    if (this.take("(")) return this.terms() ?? (this.take(")") ? undefined : this.here());
    if (!this.take("value")) return this.here();
    const start = this.at - 1;
    const comparison = this.take("comparison") || this.take("word", "in") || (this.take("word", "not") && this.take("word", "in"));
    if (!comparison || !this.take("value")) return this.here();
    const [left = "", ...rest] = this.tokens.slice(start, this.at).map(({ text }) => text);
    this.holds = compared(left, rest.slice(0, -1).join(" "), rest.at(-1) ?? "");
    return undefined;
  }
}
