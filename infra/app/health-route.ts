/** The route that an application answers about its health, as far as its text says it. A guess, which the reader confirms. Pure, apart from the tree. */
import { appNames } from "./python-module";
import { textOf, type AppTree } from "./tree";

export interface HealthRoute {
  readonly path: string;
  readonly file: string;
  /** The object that it returns, where that stands there as it is. */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
}

/** Decorators of FastAPI, Starlette's routers and Flask: the object, the path, and what follows. */
const ROUTE = /^[ \t]*@([\w.]+)\.(?:get|route|api_route)\(\s*["'](\/[\w./~-]*)["']/gm;
/** The likeliest first. */
const NAMES = [/\/health$/, /\/healthz$/, /\/health[-_]?check$/, /\/(ready|readyz|live|livez)$/, /\/(ping|status)$/];
const PREFIX = /\b(APIRouter|include_router|Blueprint|register_blueprint|mount)\s*\([^)]*prefix\s*=|\.mount\s*\(/;

export function healthRoute(tree: AppTree): HealthRoute | undefined {
  const files = tree.entries.filter(({ path }) => path.endsWith(".py") && !/(^|\/)(tests?|docs|examples?)\//.test(path));
  const texts = files.map(({ path }) => ({ file: path, text: textOf(tree, path) ?? "" }));
  // A router may be hung below a prefix somewhere else, and then its own path is not the one that is asked.
  const prefixed = texts.some(({ text }) => PREFIX.test(text));
  const found = texts.flatMap(({ file, text }) => routesOf(file, text, prefixed));
  const weight = ({ path, body }: HealthRoute): number => NAMES.findIndex((name) => name.test(path)) * 2 + (body === undefined ? 1 : 0);
  return found.sort((a, b) => weight(a) - weight(b) || a.path.length - b.path.length)[0];
}

function routesOf(file: string, text: string, prefixed: boolean): HealthRoute[] {
  const apps = appNames(text);
  return [...text.matchAll(ROUTE)].flatMap((match) => {
    const [whole, owner = "", path = ""] = match;
    if (!NAMES.some((name) => name.test(path)) || (prefixed && !apps.includes(owner))) return [];
    const body = bodyOf(text.slice(match.index + whole.length));
    return [{ path, file, ...(body === undefined ? {} : { body }) }];
  });
}

/** What of an answer stays the same from one release to the next; undefined where that is nothing, or where it holds more than plain values. */
export function lastingBody(value: object): HealthRoute["body"] {
  const plain = Object.values(value).every((one) => ["string", "number", "boolean"].includes(typeof one));
  const lasting = Object.fromEntries(Object.entries(value).filter(([key]) => !OF_A_RELEASE.test(key)));
  return plain && Object.keys(lasting).length > 0 ? lasting : undefined;
}

/** Values that are others in the next release: a health that compared them would refuse it. */
const OF_A_RELEASE = /version|commit|revision|build|release|time|date/i;

/** What the function below a decorator returns, when it returns one plain object and nothing else. */
function bodyOf(rest: string): HealthRoute["body"] {
  const [head = "", indent = ""] = /^([ \t]*)(?:async[ \t]+)?def\s/m.exec(rest) ?? [];
  const after = rest.slice(rest.indexOf(head));
  // It ends where a line begins no further right than its `def`, or where the next decorator stands.
  const own = after.split(new RegExp(String.raw`\n(?=[ \t]*@|[ \t]{0,${indent.length}}[^\s)\]}])`), 1)[0] ?? "";
  const returned = [...own.matchAll(/\breturn\b\s*([^\n]*)/g)];
  const [only] = returned;
  const written = only?.[1]?.trim() ?? "";
  if (returned.length !== 1 || !/^\{[^{}[\]\\]*\}$/.test(written)) return undefined;
  try {
    const json = written
      .replaceAll("'", '"')
      .replace(/\bTrue\b/g, "true")
      .replace(/\bFalse\b/g, "false")
      .replace(/,\s*\}$/, "}");
    const value = JSON.parse(json) as Record<string, unknown>;
    return lastingBody(value);
  } catch {
    return undefined; // an expression, whose value is known when it runs
  }
}
