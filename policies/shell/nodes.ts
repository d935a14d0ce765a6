/** The parser's tree as plain objects: every look at one of its own nodes is a call into wasm. */
import type { Tree, TreeCursor } from "web-tree-sitter";

export interface Node {
  readonly type: string;
  readonly isNamed: boolean;
  readonly isMissing: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  /** Line, from 0. */
  readonly row: number;
  readonly text: string;
  readonly children: readonly Node[];
}

/** Comments are left out. */
export function plainTree(tree: Tree, source: string): Node {
  const cursor = tree.walk();
  const starts = lineStarts(source);
  const root = copy(cursor, source, starts);
  cursor.delete();
  return root;
}

/** By type id, asked once: whether nodes of the type have a name in the grammar. */
const named: (boolean | undefined)[] = [];

function copy(cursor: TreeCursor, source: string, starts: readonly number[]): Node {
  const { nodeType: type, nodeTypeId, startIndex, endIndex } = cursor;
  const isNamed = (named[nodeTypeId] ??= cursor.nodeIsNamed);
  // What the parser made up has no width.
  const isMissing = startIndex === endIndex && cursor.nodeIsMissing;
  const children: Node[] = [];
  if (cursor.gotoFirstChild()) {
    do {
      if (cursor.nodeType !== "comment") children.push(copy(cursor, source, starts));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type,
    isNamed,
    isMissing,
    startIndex,
    endIndex,
    row: rowOf(startIndex, starts),
    text: source.slice(startIndex, endIndex),
    children,
  };
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function rowOf(index: number, starts: readonly number[]): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
