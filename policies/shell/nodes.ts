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
  const root = copy(cursor, { text: source, row: 0, nextRow: source.indexOf("\n") + 1 }, kindAt(cursor));
  cursor.delete();
  return root;
}

interface Kind {
  readonly type: string;
  readonly isNamed: boolean;
}

/** By type id: what is asked of the cursor once. */
const kinds: (Kind | undefined)[] = [];

function kindAt(cursor: TreeCursor): Kind {
  return (kinds[cursor.nodeTypeId] ??= { type: cursor.nodeType, isNamed: cursor.nodeIsNamed });
}

function copy(cursor: TreeCursor, source: Source, kind: Kind): Node {
  const { startIndex, endIndex } = cursor;
  // What the parser made up has no width.
  const isMissing = startIndex === endIndex && cursor.nodeIsMissing;
  const row = rowOf(source, startIndex);
  const children: Node[] = [];
  if (cursor.gotoFirstChild()) {
    do {
      const inner = kindAt(cursor);
      if (inner.type !== "comment") children.push(copy(cursor, source, inner));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type: kind.type,
    isNamed: kind.isNamed,
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
