/** The directives of an nginx configuration, with the blocks that they stand in. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** Names of the blocks around it, the outermost first: `["http", "server", "location"]`. */
  readonly blocks: readonly string[];
  /** Arguments of the innermost block: `["/static"]` of a location. */
  readonly of: readonly string[];
}

interface Token {
  readonly text: string;
  /** `;`, `{` and `}` where they are no part of a word. */
  readonly sign: boolean;
}

/** More of one file is nobody's configuration. */
const LONGEST = 200_000;

export function readNginx(text: string): Directive[] {
  const found: Directive[] = [];
  const around: { name: string; args: readonly string[] }[] = [];
  let words: string[] = [];
  const end = (): void => {
    const [name, ...args] = words;
    if (name !== undefined) found.push({ name, args, blocks: around.map((block) => block.name), of: around.at(-1)?.args ?? [] });
    words = [];
  };
  for (const token of tokens(text.slice(0, LONGEST))) {
    if (!token.sign) words.push(token.text);
    else if (token.text === ";") end();
    else if (token.text === "}") {
      end();
      around.pop();
    } else {
      const [name = "", ...args] = words;
      end();
      around.push({ name, args });
    }
  }
  end();
  return found;
}

const QUOTED = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/uy;
const WORD = /(?:\\[\s\S]|\$\{[^{}\s]*\}|[^\s;{}\\])+/uy;

function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/\s/u.test(char)) at += 1;
    else if (char === "#") at = endOf(text, at);
    else if (/[;{}]/u.test(char)) {
      yield { text: char, sign: true };
      at += 1;
    } else {
      const pattern = char === '"' || char === "'" ? QUOTED : WORD;
      pattern.lastIndex = at;
      const word = pattern.exec(text)?.[0] ?? char;
      yield { text: pattern === QUOTED && word.length > 1 ? word.slice(1, -1) : word, sign: false };
      at += word.length;
    }
  }
}

const endOf = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};
