/** The pages of the repository, as its readers see them: text, headings with their anchors, links, fences. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "../..");
const TOP = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"];

/** Every Markdown page that people read, relative to the root. */
export function pages(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : below(path);
      return entry.name.endsWith(".md") ? [path] : [];
    });
  return [...TOP, ...below("docs"), ...below("examples"), ...below("policies")];
}

export const textOf = (page: string): string => readFileSync(join(ROOT, page), "utf8");

export interface Fence {
  readonly page: string;
  /** Line of its first backticks, from 1. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language. */
  readonly words: readonly string[];
  readonly text: string;
}

/** Fences may be indented, as in a list. */
export function fencesOf(page: string): Fence[] {
  const found: Fence[] = [];
  const lines = textOf(page).split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent, info] = /^( *)```(.*)$/.exec(lines[at] ?? "") ?? [];
    if (indent === undefined || info === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    if (end === -1) throw new Error(`${page}:${String(at + 1)}: a fence without an end`);
    const [language = "", ...words] = info.trim().split(/\s+/);
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    found.push({ page, line: at + 1, language, words, text: text.join("\n") });
    at = end;
  }
  return found;
}

/** The page without its fences and code spans, line by line as it was. */
export function prose(page: string): string {
  return textOf(page)
    .replace(/^( *)```[^]*?^\1```$/gm, (fence) => fence.replace(/[^\n]/g, ""))
    .replace(/`[^`\n]*`/g, (code) => "x".repeat(code.length));
}

/** Anchors as GitHub makes them of headings: lower case, no punctuation, a hyphen for each space; a repeated one gets a number. */
export function anchors(page: string): Set<string> {
  const seen = new Map<string, number>();
  const all = new Set<string>();
  const text = textOf(page).replace(/^( *)```[^]*?^\1```$/gm, "");
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.*)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/ /g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    all.add(count === 0 ? slug : `${slug}-${String(count)}`);
  }
  return all;
}
