/** The picture as SVG: it takes its colours from drawing.css, and is read out by its title and description. Pure. */
import { LINE, type Layout, type Line, type Placed } from "../picture/layout";
import { description, type Picture } from "../picture/model";
import { html, type Html } from "./html";

/** Tenths of a pixel are enough. */
const n = (value: number): number => Math.round(value * 10) / 10;

export interface Drawn {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly picture: Picture;
  readonly layout: Layout;
  /** What is wider than this is not made smaller. */
  readonly widest: number;
  /** What a file of its own needs and a page has: styles, and paper behind the picture. */
  readonly own?: Html;
}

export function drawing({ id, title, picture, layout, widest, own }: Drawn): Html {
  const [width, height] = [n(layout.width), n(layout.height)];
  return html`<svg
    class="drawing${layout.width > widest ? " large" : ""}"
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-labelledby="${id}-title ${id}-desc"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description(picture)}</desc>
    ${own}
    <defs>
      <marker id="${id}-in" class="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
        <path d="M0 0.5 8 4 0 7.5z" />
      </marker>
      <marker id="${id}-out" class="head out" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
        <path d="M0 0.5 8 4 0 7.5z" />
      </marker>
    </defs>
    ${layout.boxes.map(box)}${layout.lines.map((line) => way(id, line))}${layout.boxes.map(words)}${layout.lines.map(label)}
  </svg>`;
}

function box({ kind, x, y, width, height }: Placed): Html {
  return html`<rect
    class="box ${kind}"
    x="${n(x)}"
    y="${n(y)}"
    width="${n(width)}"
    height="${n(height)}"
    rx="${kind === "outside" ? 14 : 7}"
  /> `;
}

/** Above the ways, with a rim in the colour of their box: where a way passes behind a word, the word can be read. */
function words({ kind, lines, x, y }: Placed): Html {
  const texts = lines.map(
    (text, index) => html`<text class="${index === 0 ? "name" : "more"}" x="${n(x + 12)}" y="${n(y + 18 + index * LINE)}">${text}</text>`,
  );
  return html`<g class="words ${kind}">${texts}</g> `;
}

function way(id: string, { points, outward }: Line): Html {
  const path = rounded(points);
  return html`<path class="way${outward ? " out" : ""}" d="${path}" marker-end="url(#${id}-${outward ? "out" : "in"})" /> `;
}

/** Bends as quarter circles, as far as the parts between them are long enough. */
function rounded(points: Line["points"]): string {
  return points
    .map(({ x, y }, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${String(n(x))} ${String(n(y))}`;
      if (after === undefined) return `L${String(n(x))} ${String(n(y))}`;
      const start = toward({ x, y }, before);
      const end = toward({ x, y }, after);
      return `L${String(n(start.x))} ${String(n(start.y))}Q${String(n(x))} ${String(n(y))} ${String(n(end.x))} ${String(n(end.y))}`;
    })
    .join("");
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function toward(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(7, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/** Above all else: no way crosses it. */
function label({ label: { text, x, y, width, height }, outward }: Line): Html {
  return html`<g class="label${outward ? " out" : ""}"
    ><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="4" /><text
      text-anchor="middle"
      x="${n(x + width / 2)}"
      y="${n(y + 13)}"
      >${text}</text
    ></g
  > `;
}
