/** From the parser's tree to statements. */
import type { Node } from "./nodes";
import { TOO_DEEP } from "./nodes";
import { partsOf } from "./convert-words";
import { toTest } from "./convert-tests";
import { literal } from "./syntax";
import type { Assignment, CaseArm, Redirect, Script, Statement, Word } from "./syntax";

const childrenOf = (node: Node): readonly Node[] => node.children;
const toParts = (node: Node, quoted: boolean): Word["parts"] => partsOf(node, quoted, toScript);
const toWord = (node: Node): Word => ({ parts: toParts(node, false) });

export const toScript = (node: Node): Script => ({ statements: statementsOf(childrenOf(node)) });

const isStatement = (node: Node): boolean => node.isNamed && node.type !== "heredoc_body" && node.type !== "heredoc_end";

function statementsOf(nodes: readonly Node[]): Statement[] {
  return nodes.filter(isStatement).map(toStatement);
}

const lineOf = (node: Node): number => node.row + 1;
const unparsed = (node: Node): Statement => ({
  kind: "unparsed",
  line: lineOf(node),
  text: node.text.slice(0, 80),
  ...(node.type === TOO_DEEP ? { isTooDeep: true } : {}),
});

function toStatement(node: Node): Statement {
  const make = MAKERS[node.type];
  if (!make || node.isMissing) return unparsed(node);
  const made = make(node);
  if (READS_ALL.has(node.type)) return made;
  return withUnparsed(made, unreadIn(node));
}

/** The statement, and behind it what could not be read of it. */
const withUnparsed = (made: Statement, left: readonly Node[]): Statement =>
  left.length === 0 ? made : { kind: "group", body: { statements: [made, ...left.map(unparsed)] } };

/** Statements that take every child for a statement, or say themselves which they cannot read. */
const READS_ALL = new Set([
  "program",
  "command",
  "redirected_statement",
  "pipeline",
  "list",
  "negated_command",
  "subshell",
  "compound_statement",
  "do_group",
]);

/** Text of the statement that the grammar could not read, and that no statement within it is. */
function unreadIn(node: Node): Node[] {
  return node.children.flatMap((child) => (child.type === "ERROR" ? [child] : PARTS_OF_STATEMENTS.has(child.type) ? unreadIn(child) : []));
}

const PARTS_OF_STATEMENTS = new Set(["case_item", "last_case_item", "elif_clause", "else_clause", "variable_assignment", "array"]);

const MAKERS: Readonly<Record<string, (node: Node) => Statement>> = {
  command: toCommand,
  declaration_command: toDeclaration,
  unset_command: toDeclaration,
  variable_assignment: (node) => ({ kind: "simple", line: lineOf(node), assignments: [toAssignment(node)], words: [] }),
  variable_assignments: (node) => ({ kind: "simple", line: lineOf(node), assignments: childrenOf(node).map(toAssignment), words: [] }),
  redirected_statement: toRedirected,
  pipeline: toPipeline,
  list: toList,
  negated_command: toNegated,
  // A group behind `!` (negated.ts).
  subshell: (node) => ({ kind: node.text.startsWith("{") ? "group" : "subshell", body: toScript(node) }),
  compound_statement: toGroup,
  do_group: (node) => ({ kind: "group", body: toScript(node) }),
  program: (node) => ({ kind: "group", body: toScript(node) }),
  if_statement: toIf,
  for_statement: toFor,
  c_style_for_statement: (node) => ({
    kind: "loop",
    until: false,
    test: { statements: [{ kind: "test", expression: { kind: "opaque" } }] },
    body: bodyOf(node),
  }),
  while_statement: toLoop,
  case_statement: toCase,
  function_definition: toFunction,
  test_command: (node) => ({ kind: "test", expression: toTest(node, toWord) }),
};

/** A group whose end is not found would have its brace for a command, and its last command for the answer. */
function toNegated(node: Node): Statement {
  const [inner] = childrenOf(node).filter((child) => child.isNamed);
  return inner?.text.startsWith("{ ") === true && inner.type === "command"
    ? unparsed(node)
    : { kind: "not", body: { kind: "group", body: toScript(node) } };
}

/** `! a | b` is the contrary of the whole; the grammar takes it for that of the first command. */
function toPipeline(node: Node): Statement {
  const [first, ...rest] = childrenOf(node);
  if (first?.type !== "negated_command") return { kind: "pipeline", parts: statementsOf(childrenOf(node)) };
  const inner = childrenOf(first).filter((child) => child.isNamed);
  return { kind: "not", body: { kind: "pipeline", parts: statementsOf([...inner, ...rest]) } };
}

function toGroup(node: Node): Statement {
  return node.children[0]?.type === "((" ? { kind: "test", expression: { kind: "opaque" } } : { kind: "group", body: toScript(node) };
}

function toCommand(node: Node): Statement {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (const child of childrenOf(node)) {
    if (child.type === "variable_assignment") assignments.push(toAssignment(child));
    else if (child.type.endsWith("_redirect")) redirects.push(...toRedirects(child));
    else if (child.type === "subshell" || child.type === "ERROR") return unparsed(node);
    else words.push(child.type === "command_name" ? { parts: childrenOf(child).flatMap((c) => toParts(c, false)) } : toWord(child));
  }
  return redirected({ kind: "simple", line: lineOf(node), assignments, words }, redirects);
}

/** `export A=1`, `local x`, `readonly`, `declare`, `unset`: the assignments stay words of the form name=value. */
function toDeclaration(node: Node): Statement {
  const [first, ...rest] = childrenOf(node);
  const words = rest.map((child): Word => {
    if (child.type !== "variable_assignment") return toWord(child);
    const { name, value, append, list } = toAssignment(child);
    if (list) return literal(name); // assigned on its own, below
    return { parts: [{ kind: "text", text: `${name}${append ? "+" : ""}=`, quoted: true }, ...quoted(value)] };
  });
  const lists = rest
    .filter((c) => c.type === "variable_assignment")
    .map(toAssignment)
    .filter((a) => a.list);
  return { kind: "simple", line: lineOf(node), assignments: lists, words: [literal(first?.text ?? "declare"), ...words] };
}

/** An assignment's value is not split into fields. */
const quoted = (word: Word | undefined): Word["parts"] =>
  (word?.parts ?? []).map((part) => ("quoted" in part ? { ...part, quoted: true } : part));

function toAssignment(node: Node): Assignment {
  const [target, operator, value] = childrenOf(node);
  const subscript = target?.type === "subscript";
  const base = {
    name: (subscript ? target.children[0]?.text : target?.text) ?? "",
    ...(subscript ? { index: target.children[2]?.text ?? "" } : {}),
    append: operator?.type === "+=",
  };
  if (value?.type === "array")
    return {
      ...base,
      list: childrenOf(value)
        .filter((c) => c.isNamed)
        .map(toWord),
    };
  return { ...base, value: value ? toWord(value) : { parts: [] } };
}

const redirected = (body: Statement, redirects: readonly Redirect[]): Statement =>
  redirects.length ? { kind: "redirected", body, redirects } : body;

/** The grammar hangs what follows `<<EOF` on the line (a pipe, `&& cmd`, more redirects) under the here document. */
function toRedirected(node: Node): Statement {
  const children = withHereStrings(childrenOf(node));
  const redirects = children.filter((c) => c.type.endsWith("_redirect"));
  const body = children.find((c) => c.isNamed && !c.type.endsWith("_redirect") && c.type !== "ERROR");
  const unread = children.filter((c) => c.type === "ERROR");
  if (body && JOINS.test(body.type)) return sunk(node, body);
  const { words, numbers, wrong } = behindRedirects(redirects);
  const lost = lostIn(node);
  const start: Statement = body ? toStatement(body) : { kind: "simple", line: lineOf(node), assignments: [], words: [] };
  const made = redirected(
    withWords(start, [...(lost === "-" ? [literal("-")] : []), ...words.map(toWord)]),
    redirects.flatMap((one) => toRedirects(one, numbers.get(one))),
  );
  const left = lost === "" || lost === "-" ? [] : [{ ...node, text: lost, type: "ERROR" }];
  return redirects.filter((r) => r.type === "heredoc_redirect").reduce(followers, withUnparsed(made, [...wrong, ...unread, ...left]));
}

const JOINS = /^(list|pipeline|negated_command)$/u;

/**
 * The grammar lays a redirection behind `cd /x && cat > f`, `a | b 2> f` and `! a > f` over all of it: it is the last command's, so that the file
 * is opened where, and under the umask that, the commands before it have set. What follows a here document by `&&` is a part of the whole again.
 */
function sunk(node: Node, body: Node): Statement {
  const at = body.children.findLastIndex((child) => child.isNamed);
  const last = body.children[at];
  if (!last) return unparsed(node);
  const rest = node.children.filter((child) => child !== body);
  const own: Node = {
    ...node,
    children: [last, ...rest.map(withoutLinks)],
    startIndex: last.startIndex,
    row: last.row,
    text: node.text.slice(last.startIndex - node.startIndex),
  };
  const children = body.children.map((child, index) => (index === at ? own : child));
  const whole = toStatement({ ...body, children, endIndex: node.endIndex, text: node.text.slice(body.startIndex - node.startIndex) });
  return rest.filter(({ type }) => type === "heredoc_redirect").reduce(links, whole);
}

/** A here document without the `&& command` that the grammar hangs under it; the text stays as it is. */
function withoutLinks(heredoc: Node): Node {
  if (heredoc.type !== "heredoc_redirect") return heredoc;
  const isLink = (child: Node | undefined): boolean => child?.type === "&&" || child?.type === "||";
  return { ...heredoc, children: heredoc.children.filter((child, at, all) => !isLink(child) && !isLink(all[at - 1])) };
}

/**
 * Text between the parts of a statement that belongs to none of them. The grammar drops a `-` in front of `<<EOF` (tree-sitter-bash 0.25, in
 * `tee - <<EOF`): what is not in the tree would not be run.
 */
function lostIn(node: Node): string {
  let at = node.startIndex;
  let lost = "";
  for (const { startIndex, endIndex } of node.children) {
    if (startIndex > at) lost += node.text.slice(at - node.startIndex, startIndex - node.startIndex);
    at = Math.max(at, endIndex);
  }
  return lost.replace(/\\\r?\n|^[ \t]*#[^\n]*$/gmu, "").trim();
}

/** Behind another redirection the grammar reads `<<< word` as `<<`, which means nothing to it, and `< word`. */
function withHereStrings(children: readonly Node[]): readonly Node[] {
  const begins = (at: number): boolean => {
    const [one, next] = [children[at], children[at + 1]];
    return one?.type === "ERROR" && one.text === "<<" && next?.type === "file_redirect" && next.startIndex === one.endIndex;
  };
  return children.flatMap((child, at) => (begins(at) ? [] : [begins(at - 1) ? { ...child, type: "herestring_redirect" } : child]));
}

/**
 * The grammar takes words behind a redirection (`chmod >/dev/null 644 x`, `tee <<EOF x`) for a part of it: they belong to the command. A number
 * that touches the next redirection is its descriptor.
 */
function behindRedirects(given: readonly Node[]): { words: Node[]; numbers: Map<Node, number>; wrong: Node[] } {
  const words: Node[] = [];
  const wrong: Node[] = [];
  const numbers = new Map<Node, number>();
  const redirects = given.flatMap((one) => [one, ...childrenOf(one).filter((c) => c.type === "file_redirect")]);
  for (const [index, one] of redirects.entries()) {
    const next = redirects[index + 1];
    const named = childrenOf(one).filter((c) => c.isNamed && c.type !== "file_descriptor");
    const extra = one.type === "heredoc_redirect" ? named.filter((c) => !OF_HEREDOC.test(c.type)) : named.slice(1);
    for (const word of extra)
      if (next && word.endIndex === next.startIndex && /^\d+$/u.test(word.text)) numbers.set(next, Number(word.text));
      else if (childrenOf(word).some((c) => c.type === "ERROR")) wrong.push(word);
      else words.push(word);
  }
  return { words, numbers, wrong };
}

const OF_HEREDOC =
  /^heredoc_|_redirect$|^(pipeline|list|ERROR|redirected_statement)$|_statement$|^(command|subshell|compound_statement|negated_command)$/u;

function withWords(statement: Statement, words: readonly Word[]): Statement {
  if (words.length === 0) return statement;
  if (statement.kind === "simple") return { ...statement, words: [...statement.words, ...words] };
  if (statement.kind === "redirected") return { ...statement, body: withWords(statement.body, words) };
  return statement;
}

function followers(body: Statement, heredoc: Node): Statement {
  let made = body;
  const children = childrenOf(heredoc);
  for (const [index, child] of children.entries()) {
    if (child.type === "pipeline") made = { kind: "pipeline", parts: [made, ...statementsOf(childrenOf(child))] };
    else if (child.type === "&&" || child.type === "||") made = linked(made, child.type, children[index + 1]);
    else if (child.type === "ERROR") made = { kind: "group", body: { statements: [made, unparsed(child)] } };
  }
  return made;
}

const linked = (left: Statement, operator: "&&" | "||", right: Node | undefined): Statement =>
  right ? { kind: "both", operator, left, right: toStatement(right) } : left;

const links = (body: Statement, { children }: Node): Statement =>
  children.reduce((made, { type }, index) => (type === "&&" || type === "||" ? linked(made, type, children[index + 1]) : made), body);

/** @param before a descriptor that the grammar has taken for a word in front of it */
function toRedirects(node: Node, before?: number): Redirect[] {
  const children = childrenOf(node);
  const fd = children.find((c) => c.type === "file_descriptor");
  const number = fd && /^\d+$/u.test(fd.text) ? { fd: Number(fd.text) } : before === undefined ? {} : { fd: before };
  if (node.type === "herestring_redirect") {
    const word = children.find((c) => c.isNamed && c.type !== "file_descriptor");
    return [{ ...number, operator: "<<<", target: word ? toWord(word) : literal("") }];
  }
  if (node.type === "heredoc_redirect")
    return [
      ...children.filter((c) => c.type === "file_redirect" || c.type === "herestring_redirect").flatMap((c) => toRedirects(c)),
      hereDocument(node, number),
    ];
  const operator = children.find((c) => !c.isNamed)?.type ?? ">";
  const targets = children.filter((c) => c.isNamed && c.type !== "file_descriptor");
  return [{ ...number, operator, target: targets[0] ? toWord(targets[0]) : literal("") }];
}

function hereDocument(node: Node, number: { fd?: number }): Redirect {
  const children = childrenOf(node);
  const start = children.find((c) => c.type === "heredoc_start")?.text ?? "";
  const body = children.find((c) => c.type === "heredoc_body");
  const strip = children.some((c) => c.type === "<<-");
  if (!body) return { ...number, operator: "<<", target: literal("") };
  const raw = /["'\\]/u.test(start);
  const parts: Word["parts"] = raw ? [{ kind: "text", text: body.text, quoted: true }] : toParts(body, true);
  const target = strip ? parts.map((p) => (p.kind === "text" ? { ...p, text: p.text.replace(/^\t+/gmu, "") } : p)) : parts;
  return { ...number, operator: "<<", target: { parts: target } };
}

/** `a && b && c` hangs to the left, as long as it is. */
function toList(node: Node): Statement {
  const links: { operator: "&&" | "||"; right: Node }[] = [];
  let first = node;
  while (first.type === "list") {
    const [left, operator, right] = childrenOf(first);
    if (!left || !operator || !right || (operator.type !== "&&" && operator.type !== "||")) break;
    links.push({ operator: operator.type, right });
    first = left;
  }
  const start: Statement = first.type === "list" ? { kind: "group", body: toScript(first) } : toStatement(first);
  return links.reduceRight((left, { operator, right }): Statement => ({ kind: "both", operator, left, right: toStatement(right) }), start);
}

function toIf(node: Node): Statement {
  const branches: { test: Script; body: Script }[] = [];
  let otherwise: Script | undefined;
  const split = (nodes: readonly Node[]): void => {
    const then = nodes.findIndex((c) => c.type === "then");
    const inner = nodes.filter((c) => c.type !== "elif_clause" && c.type !== "else_clause");
    branches.push({ test: { statements: statementsOf(nodes.slice(0, then)) }, body: { statements: statementsOf(inner.slice(then + 1)) } });
  };
  const children = childrenOf(node);
  split(children);
  for (const child of children) {
    if (child.type === "elif_clause") split(childrenOf(child));
    else if (child.type === "else_clause") otherwise = toScript(child);
  }
  return { kind: "if", branches, ...(otherwise ? { otherwise } : {}) };
}

const bodyOf = (node: Node): Script => {
  const body = childrenOf(node).find((c) => c.type === "do_group" || c.type === "compound_statement");
  return body ? toScript(body) : { statements: [] };
};

function toFor(node: Node): Statement {
  const children = childrenOf(node);
  const name = children.find((c) => c.type === "variable_name")?.text ?? "";
  const start = children.findIndex((c) => c.type === "in");
  const end = children.findIndex((c) => c.type === "do_group" || c.type === "compound_statement");
  const words = children
    .slice(start + 1, end)
    .filter((c) => c.isNamed)
    .map(toWord);
  return { kind: "for", name, ...(start >= 0 ? { words } : {}), body: bodyOf(node) };
}

function toLoop(node: Node): Statement {
  const children = childrenOf(node);
  const end = children.findIndex((c) => c.type === "do_group");
  return {
    kind: "loop",
    until: children[0]?.type === "until",
    test: { statements: statementsOf(children.slice(1, end)) },
    body: bodyOf(node),
  };
}

function toCase(node: Node): Statement {
  const children = childrenOf(node);
  const subject = children.find((c) => c.isNamed && c.type !== "case_item");
  const arms = children.filter((c) => c.type === "case_item").map(toArm);
  return { kind: "case", subject: subject ? toWord(subject) : literal(""), arms };
}

function toArm(node: Node): CaseArm {
  const children = childrenOf(node);
  const end = children.findIndex((c) => c.type === ")");
  const patterns = children
    .slice(0, end)
    .filter((c) => c.isNamed)
    .map(toWord);
  const falls = children.some((c) => c.type === ";&" || c.type === ";;&");
  return { patterns, body: { statements: statementsOf(children.slice(end + 1)) }, falls };
}

function toFunction(node: Node): Statement {
  const children = childrenOf(node);
  const name = children.find((c) => c.type === "word")?.text ?? "";
  const body = children.findLast((c) => c.isNamed && c.type !== "word" && !c.type.endsWith("_redirect"));
  return { kind: "function", name, body: body ? toStatement(body) : unparsed(node) };
}
