/** What a browser finds in one page: broken rules of accessibility, whatever it loads or says, what is cut off or lies upon something else. */
import type { Browser } from "playwright-core";
import { readFileSync } from "node:fs";
import { STRUCTURE, type Structure } from "./structure";

export interface View {
  readonly name: string;
  readonly width: number;
  readonly colorScheme: "light" | "dark";
  /** All details are opened. */
  readonly opened?: true;
}

export const VIEWS = {
  light: { name: "light", width: 1280, colorScheme: "light" },
  dark: { name: "dark", width: 1280, colorScheme: "dark", opened: true },
  phone: { name: "phone", width: 360, colorScheme: "light" },
  phoneDark: { name: "phone, dark", width: 360, colorScheme: "dark" },
} as const satisfies Record<string, View>;

export interface Found {
  /** One sentence a fault; none: it is as it should be. */
  readonly faults: string[];
  readonly structure: Structure;
}

export async function faultsOf(browser: Browser, file: string, view: View, shot: string | undefined): Promise<Found> {
  const { width, colorScheme, opened } = view;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor: width < 500 ? 2 : 1 });
  const faults: string[] = [];
  let structure: Structure;
  page.on("console", (message) => faults.push(`the console says: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`its script failed: ${error.message}`));
  page.on("dialog", (dialog) => void faults.push(`a dialog opened: ${dialog.message()}`));
  page.on("request", (request) => {
    if (request.url() !== `file://${file}`) faults.push(`it loads ${request.url()}`);
  });
  try {
    await page.goto(`file://${file}`);
    structure = await page.evaluate<string[]>(STRUCTURE);
    if (opened === true) await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    faults.push(...(await page.evaluate<string[]>(GEOMETRY)), ...(await page.evaluate<string[]>(FILTERS)));
    // The page's own policy would forbid the script of the check; it is not asked through the page.
    const axe = `${readFileSync(require.resolve("axe-core/axe.min.js"), "utf8")}; axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => "axe: " + id + ": " + nodes.length + " times, first at " + nodes[0].target.join(" ")))`;
    faults.push(...(await page.evaluate<string[]>(axe)));
    if (shot !== undefined) await page.screenshot({ path: shot });
  } finally {
    await page.close();
  }
  return { faults, structure };
}

/** In the page: nothing is wider than the screen, no text of a picture leaves its box, and no label lies upon another or upon a host. */
const GEOMETRY = `(() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push("the page is " + root.scrollWidth + " wide on a screen of " + root.clientWidth);
  const boxOf = (element) => element.getBoundingClientRect();
  const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  for (const svg of document.querySelectorAll("svg.drawing")) {
    if (boxOf(svg).width === 0) continue;
    const rects = [...svg.querySelectorAll("rect.box")];
    const words = [...svg.querySelectorAll("g.words")];
    words.forEach((group, index) => {
      for (const text of group.querySelectorAll("text"))
        if (!within(boxOf(text), boxOf(rects[index]))) faults.push("cut off in the picture: " + text.textContent);
    });
    const labels = [...svg.querySelectorAll("g.label")];
    for (const label of labels) if (!within(boxOf(label.querySelector("text")), boxOf(label.querySelector("rect")))) faults.push("a label is wider than its plate: " + label.textContent);
    const plates = labels.map((label) => boxOf(label.querySelector("rect")));
    const leaves = rects.filter((rect) => /\\b(host|bucket|outside)\\b/.test(rect.getAttribute("class")));
    plates.forEach((plate, index) => {
      if (plates.some((other, at) => at > index && meet(plate, other))) faults.push("two labels lie upon each other: " + labels[index].textContent);
      if (leaves.some((leaf) => meet(plate, boxOf(leaf)))) faults.push("a label lies upon a box: " + labels[index].textContent);
    });
    const first = svg.querySelector("text");
    const size = parseFloat(getComputedStyle(first).fontSize) * (boxOf(svg).width / svg.viewBox.baseVal.width);
    if (size < 9) faults.push("letters of the picture are " + size.toFixed(1) + " px high");
  }
  return faults;
})()`;

/** In the page: a search that finds nothing hides all rows, and one that is empty shows them again. */
const FILTERS = `(() => {
  const faults = [];
  for (const form of document.querySelectorAll("form.filter:not([hidden])")) {
    const field = form.querySelector("input");
    const rows = () => [...form.closest("section").querySelectorAll(field.dataset.filter === "resources" ? "tbody tr" : "li[data-find]")];
    const shown = () => rows().filter((row) => !row.hidden).length;
    const all = shown();
    const search = (text) => { field.value = text; field.dispatchEvent(new Event("input")); return shown(); };
    if (search("no such thing anywhere") !== 0) faults.push(field.id + ": a search for nothing shows something");
    if (search("") !== all) faults.push(field.id + ": an empty search does not show all");
  }
  return faults;
})()`;
