/** `[ ... ]` and `[[ ... ]]`. */
import type { Node } from "./nodes";
import { toWord } from "./convert-words";
import type { TestExpression } from "./syntax";

const namedOf = (node: Node): Node[] => node.children.filter((c) => c.isNamed);

export function toTest(node: Node): TestExpression {
  const inner = namedOf(node);
  return inner.length === 1 && inner[0] ? expression(inner[0]) : { kind: "opaque" };
}

function expression(node: Node): TestExpression {
  const all = node.children;
  if (node.type === "parenthesized_expression") return toTest(node);
  if (node.type === "unary_expression") {
    const [operator, operand] = all;
    if (!operator || !operand) return { kind: "opaque" };
    if (operator.type === "!") return { kind: "not", body: expression(operand) };
    return { kind: "unary", operator: operator.text, operand: toWord(operand) };
  }
  if (node.type === "binary_expression") {
    const [left, operator, right] = all;
    if (!left || !operator || !right) return { kind: "opaque" };
    const text = operator.text;
    if (text === "&&" || text === "-a") return { kind: "both", operator: "&&", left: expression(left), right: expression(right) };
    if (text === "||" || text === "-o") return { kind: "both", operator: "||", left: expression(left), right: expression(right) };
    return { kind: "binary", operator: text, left: toWord(left), right: toWord(right) };
  }
  return { kind: "word", word: toWord(node) };
}
