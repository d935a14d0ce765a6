/** `npm run test:browser`: the report in a real browser, light and dark, on a wide screen and on a phone, and on paper. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { command, EXIT, start, type ExitCode, type Given, type Io } from "../../policies/cli";
import { faultsOf, VIEWS, type View } from "./check";
import { differences, keep, looked, type Structure } from "./structure";
import type { PageName } from "./pages";

const OPTIONS = {
  keep: { kind: "flag", help: "keep the places of the parts of each view as those that were looked at (test/browser/looked-at.json)" },
  shots: { kind: "text", value: "DIR", help: "keep the reports there, a screenshot of each view (PNG) and each page on paper (PDF)" },
} as const;

/** Every view of this project's own report; of the others the one that is hardest on them. */
const ASKED: readonly (readonly [PageName, readonly View[]])[] = [
  ["dev", [VIEWS.light, VIEWS.dark, VIEWS.phone, VIEWS.phoneDark]],
  ["full", [VIEWS.light, VIEWS.phoneDark]],
  ["fleet", [VIEWS.light, VIEWS.phoneDark]],
  ["fleets", [VIEWS.light, VIEWS.dark, VIEWS.phone]],
  ["service", [VIEWS.light, VIEWS.phone]],
  ["site", [VIEWS.light, VIEWS.phone]],
  ["database", [VIEWS.light, VIEWS.phoneDark]],
  ["odd", [VIEWS.dark, VIEWS.phone]],
  ["large", [VIEWS.light]],
  ["empty", [VIEWS.phone]],
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export const testBrowserCommand = command({
  name: "test:browser",
  summary:
    "Opens reports in headless Chromium: accessibility (axe), nothing loaded, nothing cut off or on top of something else, its parts where they were when somebody looked, keyboard, on screen and on paper.",
  options: OPTIONS,
  examples: ["", "--shots /tmp/shots"],
  notes: ["Where no Chromium is installed everything is skipped, and it says so (Debian: apt-get install chromium)."],
  exitCodes: { 0: "every view is as it should be, or there is no browser", 1: "a view is not" },
  run: ({ options }, io) => testBrowser(options, io),
});

/** The path of an installed browser. */
function installed(): string | undefined {
  return NAMES.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined);
}

async function testBrowser({ shots, keep: keeps }: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
  const name = installed();
  if (name === undefined) {
    io.out(`skipped: none of ${NAMES.join(", ")} is installed (Debian: apt-get install chromium)\n0 passed, 0 failed`);
    return EXIT.ok;
  }
  const folder = shots === undefined ? mkdtempSync(join(tmpdir(), "report-")) : resolve(io.from, shots);
  mkdirSync(folder, { recursive: true });
  io.progress.say("writing the reports");
  const { writePages } = await import("./pages");
  const files = await writePages(folder);
  const { chromium } = await import("playwright-core");
  const executable = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
  // As root there is no sandbox of its own; it opens nothing but what was written above.
  const browser = await chromium.launch({ executablePath: executable, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    return await views(browser, files, { folder: shots === undefined ? undefined : folder, keeps }, io);
  } finally {
    await browser.close();
    if (shots === undefined) rmSync(folder, { recursive: true });
  }
}

interface How {
  readonly folder: string | undefined;
  readonly keeps: boolean;
}

async function views(browser: Browser, files: Readonly<Record<PageName, string>>, { folder, keeps }: How, io: Io): Promise<ExitCode> {
  let [passed, failed] = [0, 0];
  const then = looked();
  const now: Record<string, Structure> = {};
  const tell = (what: string, faults: readonly string[]): void => {
    if (faults.length === 0) passed += 1;
    else failed += 1;
    io.out([`${faults.length === 0 ? "ok    " : "FAILED"} ${what}`, ...faults.map((fault) => `         ${fault}`)].join("\n"));
  };
  for (const [page, asked] of ASKED)
    for (const view of asked) {
      io.progress.say(`${page}, ${view.name}`);
      const shot = folder === undefined ? undefined : join(folder, `${page}-${view.name.replace(", ", "-")}.png`);
      const name = `${page}, ${view.name}`;
      const { faults, structure } = await faultsOf(browser, files[page], view, shot);
      now[name] = structure;
      tell(name, keeps ? faults : [...faults, ...differences(name, structure, then[name])]);
    }
  if (keeps) keep(now);
  for (const page of ["dev", "full"] as const) tell(`${page}, by keyboard alone`, await byKeyboard(browser, files[page]));
  tell(
    "dev, on paper",
    await onPaper(browser, files.dev, join(folder ?? tmpdir(), `dev-${String(process.pid)}.pdf`), folder !== undefined),
  );
  io.progress.end();
  io.out(`${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 ? EXIT.ok : EXIT.wrong;
}

/** Everything that can be used is reached by Tab in the order of the page, shows that it is, and details open by Enter. */
async function byKeyboard(browser: Browser, file: string): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    await page.goto(`file://${file}`);
    const wanted = await page.evaluate<number>(`[...document.querySelectorAll("a[href], summary, input, [tabindex='0']")].filter((one) => one.checkVisibility()).length`); // prettier-ignore
    const faults: string[] = [];
    let reached = 0;
    let lastTop = -Infinity;
    for (let step = 0; step < wanted; step += 1) {
      await page.keyboard.press("Tab");
      const { name, ring, top } = await page.evaluate<{ name: string; ring: boolean; top: number }>(FOCUS);
      if (name === "body") break;
      reached += 1;
      if (!ring) faults.push(`it does not show that it is in focus: ${name}`);
      if (top < lastTop - 400) faults.push(`Tab jumps back to ${name}`);
      lastTop = top;
    }
    if (reached < wanted) faults.push(`Tab reaches ${String(reached)} of ${String(wanted)} things`);
    await page.focus("summary");
    await page.keyboard.press("Enter");
    if (!(await page.evaluate<boolean>("document.querySelector('details').open"))) faults.push("Enter does not open the first details");
    return faults;
  } finally {
    await page.close();
  }
}

const FOCUS = `(() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const name = one.tagName.toLowerCase() + " " + (one.textContent || "").trim().slice(0, 40);
  return { name: one === document.body ? "body" : name, ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, top: one.getBoundingClientRect().top + scrollY };
})()`;

/** Resources lie in closed details, which paper cannot open. */
async function onPaper(browser: Browser, file: string, pdf: string, keep: boolean): Promise<string[]> {
  const page = await browser.newPage({ colorScheme: "dark" });
  try {
    await page.goto(`file://${file}`);
    await page.pdf({ path: pdf, format: "A4" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const hidden = await page.evaluate<number>("[...document.querySelectorAll('#resources tbody tr')].filter((row) => row.getBoundingClientRect().height === 0).length"); // prettier-ignore
    const dark = await page.evaluate<string>("getComputedStyle(document.body).color");
    return [
      ...(statSync(pdf).size < 20_000 ? ["the PDF is nearly empty"] : []),
      ...(hidden > 0 ? [`${String(hidden)} resources are not on the paper`] : []),
      ...(dark === "rgb(27, 36, 48)" ? [] : [`a dark screen prints letters in ${dark}`]),
    ];
  } finally {
    await page.close();
    if (!keep) rmSync(pdf, { force: true });
  }
}

if (require.main === module) start(testBrowserCommand);
