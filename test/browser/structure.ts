/**
 * What a view looked like when somebody looked at it, kept as places of its parts and compared with each run. Places and not pixels: another font, another
 * version of Chromium or another sentence moves pixels everywhere, and then nobody looks any more; what breaks a page (a column that is gone, a part that
 * is hidden, a table beside its section, another order) moves these.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(__dirname, "looked-at.json");

export type Structure = readonly string[];
export type Structures = Readonly<Record<string, Structure>>;

export const looked = (): Structures => (existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Structures) : {});
export const keep = (all: Structures): void => writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);

/** In the page: each part that is seen, from top to bottom, with its left and right edge in twentieths of the screen; how many alike stand in a row. */
export const STRUCTURE = `(() => {
  const width = document.documentElement.clientWidth;
  const at = (x) => Math.round((x / width) * 20);
  const parts = [...document.querySelectorAll("header, h1, .tile, nav, main > .note, section, h2, h3, .canvas, .keys, .legend, table, thead, form, .policies, .group, footer")];
  const seen = parts.filter((part) => part.getBoundingClientRect().height > 0);
  const name = (part) => part.tagName.toLowerCase() + (part.id ? "#" + part.id : part.classList[0] ? "." + part.classList[0] : "");
  const lines = seen.map((part) => { const { left, right } = part.getBoundingClientRect(); return name(part) + " " + at(left) + "-" + at(right); });
  return lines.filter((line, index) => line !== lines[index - 1]).map((line) => {
    const count = lines.filter((other) => other === line).length;
    return /^(h3|details|div|li|table|thead)/.test(line) ? line : count > 1 ? line + " x" + count : line;
  }).filter((line, index, all) => all.indexOf(line) === index || !/ x/.test(line));
})()`;

/** One sentence a difference. */
export function differences(name: string, now: Structure, then: Structure | undefined): string[] {
  if (then === undefined) return [`no places are kept of ${name}: look at it (--shots), then run with --keep`];
  const lost = then.filter((line) => !now.includes(line)).map((line) => `it had, when it was looked at: ${line}`);
  const fresh = now.filter((line) => !then.includes(line)).map((line) => `it has now: ${line}`);
  const order = lost.length + fresh.length === 0 && now.join() !== then.join() ? ["its parts stand in another order"] : [];
  const all = [...lost, ...fresh, ...order];
  return all.length === 0 ? [] : [...all, "if that is as it should be: look at it (--shots), then run with --keep"];
}
