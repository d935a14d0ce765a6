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

interface Source {
  readonly text: string;
  /** The line that was reached, and where the next one begins (0: nowhere). */
  row: number;
  nextRow: number;
}

/** Comments are left out. */
export function plainTree(tree: Tree, source: string): Node {
  const cursor = tree.walk();
  const root = copy(cursor, { text: source, row: 0, nextRow: source.indexOf("\n") + 1 });
  cursor.delete();
  return root;
}

/** By type id, asked once: whether nodes of the type have a name in the grammar. */
const named: (boolean | undefined)[] = [];

function copy(cursor: TreeCursor, source: Source): Node {
  const { nodeType: type, nodeTypeId, startIndex, endIndex } = cursor;
  const isNamed = (named[nodeTypeId] ??= cursor.nodeIsNamed);
  // What the parser made up has no width.
  const isMissing = startIndex === endIndex && cursor.nodeIsMissing;
  const row = rowOf(source, startIndex);
  const children: Node[] = [];
  if (cursor.gotoFirstChild()) {
    do {
      if (cursor.nodeType !== "comment") children.push(copy(cursor, source));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type,
    isNamed,
    isMissing,
    startIndex,
    endIndex,
    row,
    text: source.text.slice(startIndex, endIndex),
    children,
  };
}

/** Nodes come in the order of their beginnings, so the line is counted on. */
function rowOf(source: Source, index: number): number {
  while (source.nextRow > 0 && source.nextRow <= index) {
    source.row += 1;
    source.nextRow = source.text.indexOf("\n", source.nextRow) + 1;
  }
  return source.row;
}
