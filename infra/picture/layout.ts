/** Places boxes and arrows with ELK. The same picture always gets the same layout. */
import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import type { Box, Picture } from "./model";

/** Width of a character of the labels in pixels; generous, since the reader's font is not known. */
const CHARACTER = 7.6;
export const LINE = 18;
const PADDING = 12;

export interface Placed {
  readonly kind: Box["kind"];
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly label: { readonly text: string; readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly outward: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Containers before what lies in them. */
  readonly boxes: readonly Placed[];
  readonly lines: readonly Line[];
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.edgeLabels.placement": "CENTER",
  "elk.randomSeed": "1",
  "elk.json.edgeCoords": "ROOT",
  "elk.spacing.nodeNode": "22",
  "elk.spacing.edgeNode": "16",
  "elk.layered.spacing.nodeNodeBetweenLayers": "12",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.padding": "[top=8,left=8,bottom=8,right=8]",
};

/** Most scripts of East Asia, and emoji, are twice as wide. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
const columnsOf = (text: string): number => [...text].length + [...text.matchAll(WIDE)].length;
const widthOf = (lines: readonly string[]): number => Math.ceil(Math.max(...lines.map(columnsOf)) * CHARACTER) + 2 * PADDING;

function node(box: Box): ElkNode {
  const [width, height] = [widthOf(box.lines), box.lines.length * LINE + PADDING];
  if (box.children.length === 0) return { id: box.id, width, height };
  const options = {
    "elk.padding": `[top=${String(height)},left=${String(PADDING)},bottom=${String(PADDING)},right=${String(PADDING)}]`,
    "elk.nodeSize.constraints": "MINIMUM_SIZE",
    "elk.nodeSize.minimum": `(${String(width)},${String(height)})`,
  };
  return { id: box.id, layoutOptions: options, children: box.children.map(node) };
}

/**
 * @param more options of ELK over those of a wide page
 * @param even the arrows that are not seen take a column for a label, as the others do: else boxes may stand in the columns of labels, which become as
 * wide as boxes
 */
export async function layOut(picture: Picture, more: Readonly<Record<string, string>> = {}, even = false): Promise<Layout> {
  // Loaded here: it takes a while, and only who draws needs it.
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const edges = picture.arrows.map(({ from, to, label, outward }, index): ElkExtendedEdge => ({
    id: `arrow-${String(index)}`,
    sources: [from],
    targets: [to],
    // What goes inwards decides what stands left.
    layoutOptions: { "elk.layered.priority.direction": outward ? "0" : "10" },
    labels: [{ text: label, width: Math.ceil(columnsOf(label) * CHARACTER) + 8, height: LINE }],
  }));
  const unseen = picture.beside.map(([left, right], index): ElkExtendedEdge => ({
    id: `beside-${String(index)}`,
    sources: [left],
    targets: [right],
    labels: even ? [{ text: "-", width: 1, height: 1 }] : [],
  }));
  const graph: ElkNode = {
    id: "root",
    layoutOptions: { ...OPTIONS, ...more },
    children: picture.boxes.map(node),
    edges: [...edges, ...unseen],
  };
  const placed = await new Elk().layout(graph);
  return {
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    boxes: flatten(placed.children ?? [], picture.boxes, 0, 0),
    lines: (placed.edges ?? []).slice(0, edges.length).map((edge, index) => line(edge, picture.arrows[index]?.outward === true)),
  };
}

function flatten(nodes: readonly ElkNode[], boxes: readonly Box[], left: number, top: number): Placed[] {
  return nodes.flatMap((one, index) => {
    const box = boxes[index];
    if (box === undefined) throw new Error(`ELK placed a box that nobody gave it: ${one.id}`);
    const [x, y] = [left + (one.x ?? 0), top + (one.y ?? 0)];
    const own: Placed = { kind: box.kind, lines: box.lines, x, y, width: one.width ?? 0, height: one.height ?? 0 };
    return [own, ...flatten(one.children ?? [], box.children, x, y)];
  });
}

function line(edge: ElkExtendedEdge, outward: boolean): Line {
  const [section] = edge.sections ?? [];
  const [label] = edge.labels ?? [];
  if (section === undefined || label === undefined) throw new Error(`ELK left an arrow without a way: ${edge.id}`);
  const { text = "", x = 0, y = 0, width = 0, height = 0 } = label;
  return { points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint], label: { text, x, y, width, height }, outward };
}
