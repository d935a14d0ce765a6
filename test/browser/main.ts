/** `npm run test:browser`: the report in a real browser, light and dark, on a wide screen and on a phone, and on paper. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { command, EXIT, start, type ExitCode, type Given, type Io } from "../../policies/cli";
import { faultsOf, VIEWS, type View } from "./check";
import type { PageName } from "./pages";

const OPTIONS = {
  shots: { kind: "text", value: "DIR", help: "keep the reports there, a screenshot of each view (PNG) and each page on paper (PDF)" },
} as const;

/** Every view of this project's own report; of the others the one that is hardest on them. */
const ASKED: readonly (readonly [PageName, readonly View[]])[] = [
  ["dev", [VIEWS.light, VIEWS.dark, VIEWS.phone, VIEWS.phoneDark]],
  ["odd", [VIEWS.dark, VIEWS.phone]],
  ["large", [VIEWS.light]],
  ["empty", [VIEWS.phone]],
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export const testBrowserCommand = command({
  name: "test:browser",
  summary:
    "Opens reports in headless Chromium: accessibility (axe), nothing loaded, nothing cut off or on top of something else, on screen and on paper.",
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

async function testBrowser({ shots }: Given<typeof OPTIONS>["options"], io: Io): Promise<ExitCode> {
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
    return await views(browser, files, shots === undefined ? undefined : folder, io);
  } finally {
    await browser.close();
    if (shots === undefined) rmSync(folder, { recursive: true });
  }
}

async function views(browser: Browser, files: Readonly<Record<PageName, string>>, folder: string | undefined, io: Io): Promise<ExitCode> {
  let [passed, failed] = [0, 0];
  const tell = (what: string, faults: readonly string[]): void => {
    if (faults.length === 0) passed += 1;
    else failed += 1;
    io.out([`${faults.length === 0 ? "ok    " : "FAILED"} ${what}`, ...faults.map((fault) => `         ${fault}`)].join("\n"));
  };
  for (const [page, asked] of ASKED)
    for (const view of asked) {
      io.progress.say(`${page}, ${view.name}`);
      const shot = folder === undefined ? undefined : join(folder, `${page}-${view.name.replace(", ", "-")}.png`);
      tell(`${page}, ${view.name}`, await faultsOf(browser, files[page], view, shot));
    }
  tell(
    "dev, on paper",
    await onPaper(browser, files.dev, join(folder ?? tmpdir(), `dev-${String(process.pid)}.pdf`), folder !== undefined),
  );
  io.progress.end();
  io.out(`${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 ? EXIT.ok : EXIT.wrong;
}

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
