/** Markers of requirements (PEP 508), such as `python_version < "3.11"`: whether pip can read one. Pure. */

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
  const rest = new Reader(tokens).any();
  return rest === undefined ? undefined : rest.text;
}

/** Takes tokens from the front; what it cannot take is the answer. */
class Reader {
  private at = 0;

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

  private terms(): Token | undefined {
    do {
      const wrong = this.term();
      if (wrong !== undefined) return wrong;
    } while (this.take("word", "and", "or"));
    return undefined;
  }

  private term(): Token | undefined {
    if (this.take("(")) return this.terms() ?? (this.take(")") ? undefined : this.here());
    if (!this.take("value")) return this.here();
    const compared = this.take("comparison") || this.take("word", "in") || (this.take("word", "not") && this.take("word", "in"));
    return compared && this.take("value") ? undefined : this.here();
  }
}
