/** Where a program registers its resources. */
import type { Graph, SourcePosition } from "./types";

/** As the engine writes it into a state: `project:///folder/file.ts#line,column`. `undefined`: another form, which names no file of the program. */
export function parsePosition(text: unknown): SourcePosition | undefined {
  if (typeof text !== "string") return undefined;
  const [, path = "", line = "", column] = /^project:\/\/\/([^#]+)#(\d+)(?:,(\d+))?$/.exec(text) ?? [];
  const file = decoded(path);
  if (file === undefined || file === "" || file.split("/").includes("..") || Number(line) < 1) return undefined;
  return { file, line: Number(line), ...(column === undefined || Number(column) < 1 ? {} : { column: Number(column) }) };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // no URI: the form is not the engine's
  }
}

/** What a package registers inside itself is said of the program's line that uses the package: the one of the nearest parent. */
export function sourceOf(graph: Graph, urn: string): { readonly source?: SourcePosition } {
  let resource = graph.byUrn.get(urn);
  for (let depth = 0; resource !== undefined && depth < MOST_PARENTS; depth += 1) {
    const { sourcePosition, parent } = resource;
    if (sourcePosition !== undefined && !/(^|\/)node_modules\//.test(sourcePosition.file)) return { source: sourcePosition };
    resource = parent === undefined ? undefined : graph.byUrn.get(parent);
  }
  return {};
}

/** Components stand in components; a graph may hold circles. */
const MOST_PARENTS = 50;

/** `infra/stack.ts:36:18`. */
export function showPosition({ file, line, column }: SourcePosition): string {
  return `${file}:${String(line)}${column === undefined ? "" : `:${String(column)}`}`;
}
