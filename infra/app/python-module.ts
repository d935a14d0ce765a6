/**
 * What can be told of a Python module without running it: whether a name is bound in it, and which applications it holds. Pure. Nothing is
 * refused on a guess: where a name may come about at run time, it counts as there.
 */

export type Interface = "asgi" | "wsgi";

export interface FoundApp {
  /** Such as `app`, or `create_app()` for a function that makes one. */
  readonly attribute: string;
  readonly interface: Interface;
  /** The class or function that makes it, such as FastAPI. */
  readonly made: string;
}

const ASGI = [
  "FastAPI",
  "Starlette",
  "Quart",
  "Litestar",
  "Sanic",
  "FastHTML",
  "AsyncApp",
  "FlaskApp",
  "http_app",
  "streamable_http_app",
  "get_asgi_application",
  "WsgiToAsgi",
  "WSGIMiddleware",
  "ASGIApp",
];
const WSGI = ["Flask", "APIFlask", "Bottle", "default_app", "get_wsgi_application", "make_wsgi_app", "WSGIApp"];
/** Of modules whose names alone say too little. */
const DOTTED: readonly (readonly [maker: RegExp, kind: Interface, made: string])[] = [
  [/\bfalcon\.asgi\.App\s*\(/, "asgi", "falcon.asgi.App"],
  [/\bfalcon\.(App|API)\s*\(/, "wsgi", "falcon.App"],
  [/\bblacksheep(\.server)?\.Application\s*\(/, "asgi", "blacksheep.Application"],
  [/\bdash\.server\(/, "wsgi", "Dash"],
];
/** Classes that are known by the module that they are imported from alone. */
const IMPORTED: readonly (readonly [made: string, module: string])[] = [
  ["App", String.raw`falcon(?:\.asgi)?`],
  ["Application", String.raw`blacksheep(?:\.server)?`],
];
const MAKER = new RegExp(String.raw`(?:\b\w+\.)*\b(${[...ASGI, ...WSGI].join("|")})\s*\(`);

/** The text without comments and without what stands in quotes, line by line as before. */
export function withoutStrings(source: string): string {
  const strings =
    /[rRbBuUfF]{0,2}("""|''')[\s\S]*?(?:\1|$)|[rRbBuUfF]{0,2}"(?:[^"\\\n]|\\.)*"?|[rRbBuUfF]{0,2}'(?:[^'\\\n]|\\.)*'?|#[^\n]*/g;
  return source.replace(strings, (found) => (found.startsWith("#") ? "" : `""${"\n".repeat(found.split("\n").length - 1)}`));
}

interface Block {
  /** First line of a function or class, or undefined for what stands at the module's level. */
  readonly head?: string;
  readonly lines: string[];
}

/** The module's own level, and each function and class of it. Bodies of if, try and with belong to the module's level. */
function blocks(code: string): Block[] {
  const found: Block[] = [{ lines: [] }];
  let indent: number | undefined;
  for (const line of code.split("\n")) {
    const depth = /^\s*/.exec(line)?.[0].length ?? 0;
    if (line.trim() !== "" && indent !== undefined && depth <= indent && !/^[)\]}]/.test(line.trim())) indent = undefined;
    if (indent === undefined && /^\s*(async\s+def|def|class)\s+\w+/.test(line)) {
      indent = depth;
      found.push({ head: line, lines: [] });
    } else if (indent === undefined) found[0]?.lines.push(line);
    else found.at(-1)?.lines.push(line);
  }
  return found;
}

/** False only when the module certainly has no such name. */
export function mayBind(source: string, name: string): boolean {
  const code = withoutStrings(source);
  if (/\bimport\s*\*|(?<!(?<!builtins__|builtins)\.)\b(globals|setattr|exec|vars|locals)\s*\(|__getattr__|__dict__/.test(code)) return true;
  if (new RegExp(String.raw`\bglobal\b[^\n]*\b${name}\b`).test(code)) return true;
  const [own, ...others] = blocks(code);
  const word = new RegExp(String.raw`(?<![\w.])${name}\b`);
  // Decorators use a name; they make none.
  const lines = (own?.lines ?? []).filter((line) => !/^\s*@/.test(line));
  return (
    lines.some((line) => word.test(line)) || others.some(({ head }) => new RegExp(String.raw`\b(?:def|class)\s+${name}\b`).test(head ?? ""))
  );
}

/** Parameters of a function that have to be given; empty where that cannot be told. */
export function requiredParameters(source: string, name: string): string[] {
  const head = new RegExp(String.raw`\bdef\s+${name}\s*\(([^()]*)\)`).exec(withoutStrings(source))?.[1] ?? "";
  const given = head.split(",").map((parameter) => parameter.trim());
  return given
    .filter((parameter) => /^\w/.test(parameter) && !parameter.includes("="))
    .map((parameter) => /^\w+/.exec(parameter)?.[0] ?? "");
}

/** The applications of a module, and the functions that make one. */
export function findApps(source: string): FoundApp[] {
  const [own, ...others] = blocks(named(withoutStrings(source)));
  const assigned = (own?.lines ?? []).flatMap((line) => {
    const match = /^\s*(\w+)\s*(?::[^=]+)?=\s*(.*)$/.exec(line);
    return made(match?.[2]).map((maker) => ({ attribute: match?.[1] ?? "", ...maker }));
  });
  const functions = others.flatMap(({ head, lines }) => {
    const name = /^def\s+(\w+)\s*\(\s*(?:\)|[^)]*=)/.exec(head ?? "")?.[1];
    const makers = name === undefined ? [] : lines.flatMap((line) => made(line));
    return makers.slice(0, 1).map((maker) => ({ attribute: `${name}()`, ...maker }));
  });
  return [...assigned, ...functions];
}

/** `App` alone says nothing: with the module that it is imported from. What Dash makes is asked of its object. */
function named(code: string): string {
  const dash = /\bDash\s*\(/.test(code) ? code.replace(/(=[ \t]*)\w+\.server[ \t]*$/gm, "$1dash.server()") : code;
  return IMPORTED.reduce((text, [name, module]) => {
    const from = new RegExp(String.raw`^[ \t]*from\s+(${module})\s+import\s+\(?\s*(?:\w+\s*,\s*)*${name}\s*(?:[,)]|$)`, "m").exec(
      text,
    )?.[1];
    return from === undefined ? text : text.replace(new RegExp(String.raw`(?<![\w.])${name}(?=\s*\()`, "g"), `${from}.${name}`);
  }, dash);
}

/** Every name that an application has in a module, also inside of the function that makes it. */
export function appNames(source: string): string[] {
  const assigned = [...named(withoutStrings(source)).matchAll(/^\s*(\w+)\s*(?::[^=\n]+)?=\s*(.*)$/gm)];
  return assigned.flatMap(([, name = "", value]) => (made(value).length > 0 ? [name] : []));
}

function made(text: string | undefined): { interface: Interface; made: string }[] {
  const dotted = DOTTED.find(([pattern]) => text !== undefined && pattern.test(text));
  if (dotted !== undefined) return [{ interface: dotted[1], made: dotted[2] }];
  const maker = text === undefined ? undefined : MAKER.exec(text)?.[1];
  return maker === undefined ? [] : [{ interface: WSGI.includes(maker) ? "wsgi" : "asgi", made: maker }];
}
