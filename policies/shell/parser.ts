/** Loads the grammar once per process and parses shell text. No network: both wasm files are in node_modules. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Language, Parser } from "web-tree-sitter";
import { toScript } from "./convert";
import { withPlainEnds } from "./heredocs";
import { withSubshells } from "./negated";
import { plainTree } from "./nodes";
import type { Node } from "./nodes";
import type { Script } from "./syntax";

export type ParseShell = (text: string) => Script;

/** The grammar reads a megabyte in half a second, and one of quotes or words in a second; a script of more is data that somebody has put into one. */
const LONGEST = 1_000_000;

let loading: Promise<ParseShell> | undefined;

/** The parser, ready for use. Anything the grammar cannot read becomes an `unparsed` statement, never an exception. */
export function shellParser(): Promise<ParseShell> {
  return (loading ??= load());
}

async function load(): Promise<ParseShell> {
  // The grammar's lexer is one huge function. To optimise it takes V8 a second of a second core, to read every script of a
  // stack without that a twentieth of a second.
  setFlagsFromString("--liftoff-only");
  await Parser.init();
  // Given as bytes: by path the library would import its file reader dynamically, which test runners refuse.
  const language = await Language.load(readFileSync(require.resolve("tree-sitter-bash/tree-sitter-bash.wasm")));
  const parser = new Parser();
  parser.setLanguage(language);
  const known = new Map<string, Script>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    if (text.length > LONGEST) return { statements: [{ kind: "unparsed", line: 1, text: text.slice(0, 80), isTooDeep: true }] };
    const root = treeOf(text, parser);
    if (!root) return { statements: [{ kind: "unparsed", line: 1, text: text.slice(0, 80) }] };
    const script = toScript(root);
    if (known.size > 2000) known.clear();
    known.set(text, script);
    return script;
  };
}

/** Here documents whose words have to be replaced, one after the other: the tree behind the first of them means nothing. */
const MOST_REPLACED = 40;
/** The same in characters, since each of them is another look at the whole text. */
const MOST_READ = 3_000_000;
/** Where a document ends too early, each that follows costs the grammar a look at all before it: the square of their number, in all rounds together. */
const MOST_LOOKS = 2_000_000;

function treeOf(text: string, parser: Parser): Node | undefined {
  const looks = (text.match(/<</gu) ?? []).length ** 2;
  let given = text;
  for (let round = 0; round <= MOST_REPLACED; round += 1) {
    if (round * text.length > MOST_READ || (round + 1) * looks > MOST_LOOKS) return undefined;
    const tree = parser.parse(withSubshells(given));
    if (!tree) return undefined;
    const root = plainTree(tree, given);
    tree.delete();
    const better = given.includes("<<") ? withPlainEnds(root, given) : undefined;
    if (better === undefined) return root;
    given = better;
  }
  return undefined;
}
