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

interface Kind {
  readonly type: string;
  readonly isNamed: boolean;
}

/** By type id: what is asked of the cursor once. */
const kinds: (Kind | undefined)[] = [];

function kindAt(cursor: TreeCursor): Kind {
  return (kinds[cursor.nodeTypeId] ??= { type: cursor.nodeType, isNamed: cursor.nodeIsNamed });
}

/** Deeper than anybody writes: what is nested further is one node of this type, which no policy takes for understood. */
export const TOO_DEEP = "too_deep";
const MOST_DEEP = 240;
/** More words than that are no set-up: what follows them is cut as well. */
const MOST_NODES = 200_000;

interface Open {
  readonly type: string;
  readonly depth: number;
  readonly children: Node[];
}

/** Without recursion: text may nest without end. `a && b && c` is nested as well, to the left, and is no depth. */
function copy(cursor: TreeCursor, source: Source): Node {
  const root: Node[] = [];
  const open: Open[] = [{ type: "", depth: 0, children: root }];
  let count = 0;
  for (let parent = open.at(-1); parent; parent = open.at(-1)) {
    const { type, isNamed } = kindAt(cursor);
    if (type !== "comment") {
      const { startIndex, endIndex } = cursor;
      const isChain = type === "list" && parent.type === "list" && parent.children.length === 0;
      const depth = isChain ? parent.depth : parent.depth + 1;
      const children: Node[] = [];
      count += 1;
      const isCut = isNamed && (depth > MOST_DEEP || count > MOST_NODES);
      parent.children.push({
        type: isCut ? TOO_DEEP : type,
        isNamed,
        // What the parser made up has no width.
        isMissing: startIndex === endIndex && cursor.nodeIsMissing,
        startIndex,
        endIndex,
        row: rowOf(source, startIndex),
        text: source.text.slice(startIndex, endIndex),
        children,
      });
      if (isCut && count > MOST_NODES) break;
      if (!isCut && cursor.gotoFirstChild()) {
        open.push({ type, depth, children });
        continue;
      }
    }
    while (open.length > 1 && !cursor.gotoNextSibling()) {
      cursor.gotoParent();
      open.pop();
    }
    if (open.length === 1) break;
  }
  return root[0] as Node;
}

/** Nodes come in the order of their beginnings, so the line is counted on. */
function rowOf(source: Source, index: number): number {
  while (source.nextRow > 0 && source.nextRow <= index) {
    source.row += 1;
    source.nextRow = source.text.indexOf("\n", source.nextRow) + 1;
  }
  return source.row;
}
