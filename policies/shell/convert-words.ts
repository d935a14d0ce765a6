/** From the parser's tree to words: quoting, escapes and expansions. */
import type { Node } from "./nodes";
import { TOO_DEEP } from "./nodes";
import type { Parameter, Part, Script, Word } from "./syntax";
import { foreign } from "./text";

/** Converts the script inside `$(...)` and `<(...)`: `convert.ts` hands itself in, so that it is imported in one direction only. */
export type ToScript = (node: Node) => Script;

const childrenOf = (node: Node): readonly Node[] => node.children;

export function partsOf(node: Node, quoted: boolean, toScript: ToScript): Part[] {
  switch (node.type) {
    case "string":
    case "translated_string":
      return node.type === "string"
        ? stringParts(node, toScript)
        : childrenOf(node).flatMap((c) => (c.isNamed ? partsOf(c, true, toScript) : []));
    case "heredoc_body":
      return pieces(node, node.startIndex, node.endIndex, hereText, toScript);
    case "raw_string":
      return [text(node.text.slice(1, -1), true)];
    case "ansi_c_string":
      return [text(ansi(node.text.slice(2, -1)), true)];
    case "simple_expansion":
      return [{ kind: "parameter", parameter: { name: node.text.slice(1) }, quoted }];
    case "expansion":
      return [{ kind: "parameter", parameter: toParameter(node, toScript), quoted }];
    case "command_substitution":
      return [{ kind: "command", body: toScript(node), quoted }];
    case "process_substitution":
      return [{ kind: "process", direction: node.text.startsWith(">") ? ">" : "<", body: toScript(node) }];
    case "arithmetic_expansion":
      return [{ kind: "arithmetic", text: node.text.replace(/^\$\(\(|\)\)$/gu, "") }];
    case "concatenation":
    case "command_name":
      return pieces(node, node.startIndex, node.endIndex, bareText, toScript);
    case TOO_DEEP:
      // It may run anything: it is run, and cannot be followed.
      return [{ kind: "command", body: toScript({ ...node, type: "program", children: [node] }), quoted: true }];
    case "ERROR":
      return [{ kind: "opaque", text: node.text }];
    default:
      return childrenOf(node).some((c) => c.isNamed)
        ? pieces(node, node.startIndex, node.endIndex, bareText, toScript)
        : bareText(node.text);
  }
}

const text = (content: string, quoted: boolean): Part => ({ kind: "text", text: content, quoted });

const EXPANSIONS = new Set([
  TOO_DEEP,
  "simple_expansion",
  "expansion",
  "command_substitution",
  "process_substitution",
  "arithmetic_expansion",
]);
const PARTS = new Set([...EXPANSIONS, "string", "raw_string", "ansi_c_string", "translated_string", "concatenation", "ERROR"]);

/**
 * Children that are expansions or quoted strings, and the source text between them: the grammar leaves some literal
 * text (white space, for example) out of its nodes.
 */
function pieces(node: Node, start: number, end: number, between: (source: string) => Part[], toScript: ToScript): Part[] {
  const parts: Part[] = [];
  const inString = between !== bareText;
  let at = start;
  for (const child of childrenOf(node)) {
    if (!(inString ? EXPANSIONS : PARTS).has(child.type)) continue;
    if (child.startIndex > at) parts.push(...between(node.text.slice(at - node.startIndex, child.startIndex - node.startIndex)));
    parts.push(...partsOf(child, inString, toScript));
    at = child.endIndex;
  }
  if (end > at) parts.push(...between(node.text.slice(at - node.startIndex, end - node.startIndex)));
  return parts;
}

function stringParts(node: Node, toScript: ToScript): Part[] {
  const parts = pieces(node, node.startIndex + 1, node.endIndex - 1, quotedText, toScript);
  return parts.length ? parts : [text("", true)];
}

const quotedText = (source: string): Part[] => [text(source.replace(/\\\n/gu, "").replace(/\\([$`"\\])/gu, "$1"), true)];
const hereText = (source: string): Part[] => [text(source.replace(/\\\n/gu, "").replace(/\\([$`\\])/gu, "$1"), true)];

/** Outside quotes a backslash quotes the next character. The grammar takes a special parameter after a dash (`x-$$`) for text. */
function bareText(source: string): Part[] {
  const parts: Part[] = [];
  for (const match of source.matchAll(/\\([\s\S])|\$([$?!#])|[^\\$]+|[\\$]/gu)) {
    if (match[2] !== undefined) parts.push({ kind: "parameter", parameter: { name: match[2] }, quoted: true });
    else if (match[1] === undefined) parts.push(text(match[0], false));
    else if (match[1] !== "\n") parts.push(text(match[1], true));
  }
  return parts;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", a: "\x07", b: "\b", e: "\x1b", f: "\f", v: "\v" };

/** The text of `$'...'`, and what printf and echo -e make of escapes. */
export function ansi(source: string): string {
  return source.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|u[0-9a-fA-F]{1,4}|.)/gsu, (_, code: string) => {
    if (/^x[0-9a-f]/iu.test(code) || /^u[0-9a-f]/iu.test(code)) return foreign(String.fromCodePoint(parseInt(code.slice(1), 16)));
    if (/^[0-7]+$/u.test(code)) return String.fromCharCode(parseInt(code, 8));
    return ESCAPES[code] ?? code;
  });
}

const OPERATORS = new Set([
  ":-",
  "-",
  ":=",
  "=",
  ":?",
  "?",
  ":+",
  "+",
  "#",
  "##",
  "%",
  "%%",
  "/",
  "//",
  "/#",
  "/%",
  ":",
  "^",
  "^^",
  ",",
  ",,",
  "@",
]);

function toParameter(node: Node, toScript: ToScript): Parameter {
  const children = [...childrenOf(node)].slice(1, -1);
  const length = children[0]?.type === "#" && children.length === 2;
  const indirect = children[0]?.type === "!";
  if (length || indirect) children.shift();
  const target = children.shift();
  const subscript = target?.type === "subscript";
  const base: Parameter = {
    name: (subscript ? target.children[0]?.text : target?.text) ?? "",
    ...(subscript ? { index: target.children[2]?.text ?? "" } : {}),
    ...(length ? { length } : {}),
    ...(indirect ? { indirect } : {}),
  };
  const operator = children.shift();
  if (!operator) return base;
  if (!OPERATORS.has(operator.type)) return { ...base, operator: "unknown" };
  const split = operator.type.startsWith("/") ? children.findIndex((c) => c.type === "/") : -1;
  const wordOf = (nodes: readonly Node[]): Word => ({ parts: nodes.flatMap((c) => partsOf(c, false, toScript)) });
  if (split < 0) return { ...base, operator: operator.type, argument: wordOf(children) };
  return { ...base, operator: operator.type, argument: wordOf(children.slice(0, split)), replacement: wordOf(children.slice(split + 1)) };
}
