/** A layout as one SVG file that follows the reader's colour scheme and reads itself out. Pure. */
import type { Arrow, Picture } from "./model";
import { LINE, type Layout, type Line, type Placed } from "./layout";

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .name { font-weight: 600; }
  .note, .label { fill: #57606a; }
  rect { fill: #ffffff; stroke: #8c959f; rx: 6px; }
  .vpc rect { fill: #f6f8fa; }
  .public rect { fill: #ddf4ff; stroke: #0969da; }
  .private rect { fill: #dafbe1; stroke: #1a7f37; }
  .host rect, .bucket rect { fill: #ffffff; stroke: #57606a; }
  .outside rect { fill: none; stroke-dasharray: 4 3; }
  .plate { fill: #ffffff; stroke: none; }
  path { fill: none; stroke: #1f2328; stroke-width: 1.4; }
  .outward path { stroke-dasharray: 5 4; stroke: #57606a; }
  .page { fill: #ffffff; stroke: none; }
  marker path { fill: #1f2328; stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note, .label { fill: #9da7b3; }
    rect, .host rect, .bucket rect { fill: #0d1117; stroke: #8b949e; }
    .vpc rect { fill: #161b22; }
    .public rect { fill: #0c2d6b; stroke: #58a6ff; }
    .private rect { fill: #033a16; stroke: #3fb950; }
    .host rect { fill: #0d1117; stroke: #8b949e; }
    .outside rect { fill: none; }
    .plate, .page { fill: #0d1117; stroke: none; }
    path { stroke: #e6edf3; }
    .outward path { stroke: #9da7b3; }
    marker path { fill: #e6edf3; stroke: none; }
  }
`;

const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
/** Tenths of a pixel are enough, and survive another version of the arithmetic. */
const n = (value: number): string => String(Math.round(value * 10) / 10);

export function svg(title: string, picture: Picture, layout: Layout): string {
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" width="${n(width)}" height="${n(height)}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="desc">${escape(description(picture))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    `<rect class="page" width="${n(width)}" height="${n(height)}"/>`,
    ...layout.boxes.map(box),
    ...layout.lines.map(arrow),
    "</svg>",
    "",
  ].join("\n");
}

function box({ kind, lines, x, y, width, height }: Placed): string {
  const texts = lines.map(
    (text, index) =>
      `<text class="${index === 0 ? "name" : "note"}" x="${n(x + 12)}" y="${n(y + 18 + index * LINE)}">${escape(text)}</text>`,
  );
  return `<g class="${kind}"><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"/>${texts.join("")}</g>`;
}

function arrow({ points, label, outward }: Line): string {
  const way = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${n(x)} ${n(y)}`).join("");
  const plate = `<rect class="plate" x="${n(label.x)}" y="${n(label.y)}" width="${n(label.width)}" height="${n(label.height)}"/>`;
  const text = `<text class="label" text-anchor="middle" x="${n(label.x + label.width / 2)}" y="${n(label.y + 13)}">${escape(label.text)}</text>`;
  return `<g${outward ? ' class="outward"' : ""}><path d="${way}" marker-end="url(#head)"/>${plate}${text}</g>`;
}

/** The same in sentences, for who does not see it. */
export function description({ boxes, arrows }: Picture): string {
  const flat = boxes.flatMap(function all(one): (typeof boxes)[number][] {
    return [one, ...one.children.flatMap(all)];
  });
  const names = new Map(flat.map(({ id, lines }) => [id, lines[0] ?? id]));
  const hosts = flat.filter(({ kind }) => kind === "host").map(({ lines }) => `${lines[0] ?? ""}: ${lines.slice(1).join("; ")}.`);
  const sentence = ({ from, to, label, outward }: Arrow): string =>
    `${names.get(from) ?? from} ${outward ? "goes out to" : "reaches"} ${names.get(to) ?? to}: ${label}.`;
  return [...hosts, ...arrows.map(sentence), "Nothing else is let in from outside."].join(" ");
}
