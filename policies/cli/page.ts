/** A command that writes generated pages of the documentation, or checks that they are up to date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { command } from "./command";
import { EXIT } from "./exit";

export interface Page {
  readonly file: string;
  /** What the page is made of, for the messages. */
  readonly source: string;
  readonly text: () => string | Promise<string>;
}

/** @param summary what it writes, where a list of the pages is too long for a sentence */
export function pageCommand(name: string, pages: readonly Page[], summary?: string) {
  const shown = ({ file }: Page): string => relative(process.cwd(), file);
  return command({
    name,
    summary: summary ?? `Writes ${pages.map((page) => `${shown(page)} from ${page.source}`).join(", ")}.`,
    options: { check: { kind: "flag", help: "write nothing; say whether everything is up to date" } },
    examples: ["", "--check"],
    exitCodes: { 1: "with --check: a page is out of date" },
    run: async ({ options }, io) => {
      const old: Page[] = [];
      for (const page of pages) {
        io.progress.say(shown(page));
        const text = await page.text();
        const current = existsSync(page.file) && readFileSync(page.file, "utf8") === text;
        if (!current) old.push(page);
        io.progress.hide();
        if (current) io.out(`${shown(page)} is up to date`);
        else if (options.check) io.err(`${shown(page)} is not what ${page.source} says; run: npm run ${name}`);
        else {
          mkdirSync(dirname(page.file), { recursive: true });
          writeFileSync(page.file, text);
          io.out(`${shown(page)} written`);
        }
      }
      io.progress.end();
      return options.check && old.length > 0 ? EXIT.wrong : EXIT.ok;
    },
  });
}
