/** `[ ... ]` and `[[ ... ]]`. */
import type { Node } from "./nodes";
import type { TestExpression, Word } from "./syntax";

type ToWord = (node: Node) => Word;

const namedOf = (node: Node): Node[] => node.children.filter((c) => c.isNamed);

export function toTest(node: Node, toWord: ToWord): TestExpression {
  const inner = namedOf(node);
  return inner.length === 1 && inner[0] ? expression(inner[0], toWord) : { kind: "opaque" };
}

function expression(node: Node, toWord: ToWord): TestExpression {
  const all = node.children;
  if (node.type === "parenthesized_expression") return toTest(node, toWord);
  if (node.type === "unary_expression") {
    const [operator, operand] = all;
    if (!operator || !operand) return { kind: "opaque" };
    if (operator.type === "!") return { kind: "not", body: expression(operand, toWord) };
    return { kind: "unary", operator: operator.text, operand: toWord(operand) };
  }
  if (node.type === "binary_expression") {
    const [left, operator, right] = all;
    if (!left || !operator || !right) return { kind: "opaque" };
    const text = operator.text;
    if (text === "&&" || text === "-a")
      return { kind: "both", operator: "&&", left: expression(left, toWord), right: expression(right, toWord) };
    if (text === "||" || text === "-o")
      return { kind: "both", operator: "||", left: expression(left, toWord), right: expression(right, toWord) };
    return { kind: "binary", operator: text, left: toWord(left), right: toWord(right) };
  }
  return { kind: "word", word: toWord(node) };
}
