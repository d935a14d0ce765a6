/** Strict Mustache: no HTML escaping, and whatever Mustache would silently leave out or print wrong is an error. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Mustache from "mustache";

export type TemplateValue = string | number | boolean | readonly object[];
export type TemplateView = Readonly<Record<string, TemplateValue>>;

type Token = [type: string, name: string, start: number, end: number, children?: Token[], ...rest: unknown[]];

const FOLDER = join(__dirname, "..", "..", "templates");

/** A file of templates/ cannot be used as it lies here; `message` says where, why and what to do. */
export class TemplateFileError extends Error {}

/** Text of templates/<name>. @throws Error with the path when it cannot be read, TemplateFileError when it has carriage returns. */
export function readTemplate(name: string): string {
  const text = readFileSync(join(FOLDER, name), "utf8");
  const at = text.indexOf("\r");
  if (at < 0) return text;
  const line = text.slice(0, at).split("\n").length;
  throw new TemplateFileError(
    `templates/${name}, line ${line}: found a carriage return (CRLF line ends); bash, systemd and nginx on the hosts fail on it. ` +
      `Restore it with LF: rm templates/${name} && git checkout -- templates/${name}`,
  );
}

const SOURCED = /^# shellcheck source=templates\/steps\/([a-z0-9-]+)\.sh\n\. .*\n/gm;
const PROGRAM = /^# python source=templates\/steps\/([a-z0-9-]+\.py)\ncp -- .* (".*")\n/gm;

/**
 * Text of templates/steps/<name>.sh with the files that it sources in their place: what is installed on a host stands alone, so that a host
 * which boots half-updated never has one part of it without the other.
 * @param instead names of sourced files, and of those that come in their place.
 */
export function readScript(name: string, instead: Readonly<Record<string, string>> = {}): string {
  return readPart(name).replace(SOURCED, (_lines, part: string) => readScript(instead[part] ?? part, instead).replace(/^#!.*\n/, ""));
}

/** Text of templates/steps/<name>.sh with the Python programs that it copies in their place; what it sources is left to the caller. */
export function readPart(name: string): string {
  return readTemplate(`steps/${name}.sh`).replace(PROGRAM, (_lines, program: string, target: string) =>
    hereDocument(`cat >${target}`, "DDOS_PYTHON", readTemplate(`steps/${program}`)),
  );
}

/** @throws Error when the content has the mark as a line of its own. */
export function hereDocument(command: string, mark: string, content: string): string {
  if (content.split("\n").includes(mark)) throw new Error(`A line «${mark}» ends the text early: ${command}`);
  return `${command} <<'${mark}'\n${content}${content.endsWith("\n") ? "" : "\n"}${mark}\n`;
}

/**
 * Renders `text`. `name` is used in messages only.
 * @throws Error with all problems at once: unknown or unused variables, values that are no text, number, boolean or list of objects,
 * line breaks in values, partials.
 */
export function renderTemplate(name: string, text: string, view: TemplateView): string {
  const problems: string[] = [];
  const used = new Set<string>();
  checkValues(view, "", problems);
  const tokens = parse(name, text);
  checkTokens(tokens, [view], used, problems);
  for (const key of Object.keys(view)) {
    if (!used.has(key)) problems.push(`the variable «${key}» is given but not used`);
  }
  if (problems.length > 0) throw new Error(`Template ${name}: ${[...new Set(problems)].join("; ")}.`);
  return Mustache.render(text, view, {}, { escape: String });
}

function parse(name: string, text: string): Token[] {
  try {
    return Mustache.parse(text) as unknown as Token[];
  } catch (error) {
    throw new Error(`Template ${name}: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

function checkValues(view: Record<string, unknown>, prefix: string, problems: string[]): void {
  for (const [key, value] of Object.entries(view)) {
    const path = prefix + key;
    if (Array.isArray(value)) {
      value.forEach((item: unknown, index) => {
        if (isPlainObject(item)) checkValues(item, `${path}[${index}].`, problems);
        else problems.push(`«${path}[${index}]» must be an object with the section's variables`);
      });
      continue;
    }
    const problem = problemOf(value);
    if (problem !== undefined) problems.push(`«${path}» ${problem}`);
  }
}

/** Values are never part of a message: they may be secret. */
function problemOf(value: unknown): string | undefined {
  if (typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "is not a finite number";
  if (typeof value !== "string")
    return `is ${describe(value)}, not a text, a number, a boolean or a list; outputs have to be resolved first`;
  if (/\[(?:toString|toJSON)\] on an \[Output<T>\]/.test(value)) return "is the text of an unresolved output";
  const control = [...value].some((char) => (char.codePointAt(0) ?? 0) < 32 || char === "\u007f");
  return control ? "has a line break or another control character" : undefined;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function checkTokens(tokens: Token[], scopes: Record<string, unknown>[], used: Set<string>, problems: string[]): void {
  for (const [type, name, , , children] of tokens) {
    if (type === "text" || type === "!" || type === "=") continue;
    if (type === ">") {
      problems.push(`partials («${name}») are not supported`);
      continue;
    }
    const scope = scopes.find((candidate) => Object.hasOwn(candidate, name));
    if (scope === undefined) {
      problems.push(`the variable «${name}» is not known`);
      continue;
    }
    if (scope === scopes[scopes.length - 1]) used.add(name);
    checkUse(type, name, scope[name], problems);
    if (children !== undefined) checkSection(type, scope[name], children, scopes, used, problems);
  }
}

function checkUse(type: string, name: string, value: unknown, problems: string[]): void {
  const section = type === "#" || type === "^";
  if (section && typeof value !== "boolean" && !Array.isArray(value)) problems.push(`the section «${name}» needs a boolean or a list`);
  if (!section && (typeof value === "boolean" || Array.isArray(value)))
    problems.push(`«${name}» is a ${typeof value}, which cannot be printed`);
}

/** A list's section sees its items' variables; with an empty list only the outer ones can be distinguished, so it is not looked into. */
function checkSection(
  type: string,
  value: unknown,
  children: Token[],
  scopes: Record<string, unknown>[],
  used: Set<string>,
  problems: string[],
): void {
  if (type === "#" && Array.isArray(value)) {
    for (const item of value) if (isPlainObject(item)) checkTokens(children, [item, ...scopes], used, problems);
    return;
  }
  checkTokens(children, scopes, used, problems);
}
