/** A command that writes generated pages of the documentation, or checks that they are up to date. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { command } from "./command";
import { EXIT } from "./exit";
import type { ExitCode } from "./exit";
import type { Io } from "./io";

export interface Page {
  readonly file: string;
  /** What the page is made of, for the messages. */
  readonly source: string;
  readonly text: () => string;
}

/** @param name of the command */
export function pageCommand(name: string, pages: readonly Page[]) {
  const list = pages.map(({ file, source }) => `${relative(process.cwd(), file)} from ${source}`).join(", ");
  return command({
    name,
    summary: `Writes ${list}.`,
    options: { check: { kind: "flag", help: "write nothing; say whether the pages are up to date" } },
    examples: ["", "--check"],
    exitCodes: { 1: "with --check: a page is out of date" },
    run: ({ options }, io) => {
      const codes = pages.map((page) => (options.check ? checkPage(name, page, io) : writePage(page, io)));
      return codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
    },
  });
}

const upToDate = ({ file }: Page, text: string): boolean => existsSync(file) && readFileSync(file, "utf8") === text;

function checkPage(name: string, page: Page, io: Io): ExitCode {
  const shown = relative(process.cwd(), page.file);
  if (upToDate(page, page.text())) {
    io.out(`${shown} is up to date`);
    return EXIT.ok;
  }
  io.err(`${shown} is not what ${page.source} says; run: npm run ${name}`);
  return EXIT.wrong;
}

function writePage(page: Page, io: Io): ExitCode {
  const shown = relative(process.cwd(), page.file);
  const text = page.text();
  const same = upToDate(page, text);
  if (!same) writeFileSync(page.file, text);
  io.out(same ? `${shown} is up to date` : `${shown} written`);
  return EXIT.ok;
}
