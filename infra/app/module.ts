/** app.module: what it may look like, and whether the application has it. Pure, apart from reading the tree. */
import { findApps, mayBind, requiredParameters, type FoundApp, type Interface } from "./python-module";
import { leftOutModule, leftOutWords } from "./left-out-files";
import { textOf, type AppTree } from "./tree";

/** `app.module` where it is not given. */
export const DEFAULT_MODULE = "ml_gateway.app:app";

/** `pkg.main:app`, `pkg.main:server.app`, or `pkg.main:create_app()` for a function that makes the application. */
export interface AppModule {
  readonly module: string;
  readonly attribute: string;
  readonly factory: boolean;
  readonly interface: Interface;
}

const FORM = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\(\))?$/;

/** @returns undefined when it has another form */
export function parseModule(text: string, kind: Interface = "asgi"): AppModule | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  return { module: match[1] ?? "", attribute: match[2] ?? "", factory: match[3] !== undefined, interface: kind };
}

/** What was probably meant by something of another form, such as a path or a name without an attribute. */
export function suggestModule(text: string): string {
  const [path = "", attribute = ""] = text.trim().split(":", 2);
  const module = path
    .replace(/^\.?\/+/, "")
    .replace(/\.py$/, "")
    .replace(/\/__init__$/, "")
    .replace(/[\\/]+/g, ".")
    .replace(/-/g, "_");
  const suggested = `${module.replace(/^src\./, "")}:${attribute.replace(/[^\w.()]/g, "") || "app"}`;
  return parseModule(suggested) === undefined ? DEFAULT_MODULE : suggested;
}

/** What to do about something of another form: names that Python cannot import have to be changed where they are, too. */
export function moduleAdvice(text: string): string {
  const parts = (text.split(":", 1)[0] ?? "").trim().split(/[./\\]+/);
  const foreign = parts.find((part) => /[^\0-\x7F]/.test(part));
  if (foreign !== undefined) return `rename ${foreign} in letters of ASCII (a to z, digits, underscores), and write it so here`;
  const hyphened = parts.filter((part) => /^[A-Za-z_]\w*(-\w+)+$/.test(part));
  const renamed = hyphened.map((part) => `${part} to ${part.replace(/-/g, "_")}`).join(" and ");
  const guessed = text.includes(":") ? "" : " (app being the name of the application in it)";
  return `${hyphened.length === 0 ? "" : `Python imports no name with a hyphen: rename ${renamed}, and `}write ${suggestModule(text)}${guessed}`;
}

/** Paths of the file that a module may be, in the order in which Python finds it. */
function filesOf(module: string): string[] {
  const path = module.replace(/\./g, "/");
  return ["", "src/"].flatMap((folder) => [`${folder}${path}/__init__.py`, `${folder}${path}.py`]);
}

/** @returns problems, each with its key */
export function checkModule(tree: AppTree, project: string, wanted: AppModule): string[] {
  const key = `${project}:app.module`;
  const written = `${wanted.module}:${wanted.attribute}${wanted.factory ? "()" : ""}`;
  const file = filesOf(wanted.module).find((path) => tree.entries.some((entry) => entry.path === path));
  if (file === undefined) {
    const here = leftOutModule(tree, wanted.module);
    if (here !== undefined) return [`${key}: "${written}" names ${here}, which ${leftOutWords(tree, here)}`];
    return [
      `${key}: "${written}" names ${filesOf(wanted.module)[1]}, which the application does not have (neither at its top nor below src/); ${advice(tree, project)}`,
    ];
  }
  const source = textOf(tree, file) ?? "";
  const [name = ""] = wanted.attribute.split(".");
  // What no Python can read is said as that.
  if (/[\0\uFFFD]/.test(source)) return [];
  if (!mayBind(source, name)) {
    return [`${key}: "${written}" names ${name}, and ${file} has no such name; ${advice(tree, project, file)}`];
  }
  const required = wanted.factory ? requiredParameters(source, wanted.attribute) : [];
  if (required.length > 0) {
    return [
      `${key}: ${wanted.attribute} of ${file} has to be given ${required.join(" and ")}, and uvicorn calls it without anything; give ${required.length === 1 ? "it a default" : "them defaults"}, or write a function that needs nothing`,
    ];
  }
  const found = findApps(source).filter(({ attribute }) => attribute.replace("()", "") === wanted.attribute);
  return found.slice(0, 1).flatMap((app) => checkKind(project, file, wanted, app));
}

function checkKind(project: string, file: string, wanted: AppModule, { attribute, made, interface: kind }: FoundApp): string[] {
  // The other way round, a function without its parentheses, is something that uvicorn finds out.
  if (wanted.factory && !attribute.endsWith("()")) {
    return [
      `${project}:app.module: "${wanted.attribute}()" is no function of ${file}, but the application itself; write ${project}:app.module: ${wanted.module}:${attribute}`,
    ];
  }
  if (kind === wanted.interface) return [];
  return kind === "wsgi"
    ? [
        `${project}:app.interface: ${file} makes the application with ${made}, which is WSGI and no ASGI; write ${project}:app.interface: wsgi`,
      ]
    : [`${project}:app.interface: found "wsgi", and ${file} makes the application with ${made}, which is ASGI; remove the key`];
}

/** The applications that a scan of the folder finds, the likeliest first. */
export function candidates(tree: AppTree): { readonly file: string; readonly module: string; readonly app: FoundApp }[] {
  const files = tree.entries.filter(
    ({ path, size }) => path.endsWith(".py") && size < 1024 * 1024 && !/(^|\/)(tests?|docs|examples?)\//.test(path),
  );
  const found = files.flatMap(({ path }) => findApps(textOf(tree, path) ?? "").map((app) => ({ file: path, module: moduleOf(path), app })));
  const weight = ({ file, app }: { file: string; app: FoundApp }): number =>
    file.split("/").length * 4 + (app.attribute === "app" ? 0 : 1) + (app.attribute.endsWith("()") ? 2 : 0);
  return found.filter(({ module }) => parseModule(`${module}:app`) !== undefined).sort((a, b) => weight(a) - weight(b));
}

function moduleOf(path: string): string {
  return path
    .replace(/^src\//, "")
    .replace(/\.py$/, "")
    .replace(/\/__init__$/, "")
    .replace(/\//g, ".");
}

function advice(tree: AppTree, project: string, file?: string): string {
  const all = candidates(tree);
  const [best] = [...all.filter((one) => one.file === file), ...all];
  const foreign = best === undefined ? ownServer(tree, file) : undefined;
  if (foreign !== undefined) return foreign;
  if (best === undefined) {
    const python = tree.entries
      .filter(({ path }) => path.endsWith(".py"))
      .slice(0, 5)
      .map(({ path }) => path);
    return `no application was found in it (${python.length === 0 ? "it has no Python file" : `it has ${python.join(", ")}`}); write MODULE:ATTRIBUTE of the FastAPI or Starlette object`;
  }
  const kind = best.app.interface === "wsgi" ? ` and ${project}:app.interface: wsgi` : "";
  return `found ${best.app.made} in ${best.file}: write ${project}:app.module: ${best.module}:${best.app.attribute}${kind}`;
}

/** Frameworks that bring a server of their own. */
const OWN_SERVERS: Readonly<Record<string, string>> = {
  streamlit: "Streamlit",
  gradio: "Gradio",
  chainlit: "Chainlit",
  nicegui: "NiceGUI",
  panel: "Panel",
  bentoml: "BentoML",
  ray: "Ray",
  tornado: "Tornado",
  aiohttp: "aiohttp",
  dash: "Dash",
};

/** What is there in place of an application. @param first the file that is looked at before others */
function ownServer(tree: AppTree, first?: string): string | undefined {
  const files = tree.entries.filter(({ path, size }) => path.endsWith(".py") && size < 1024 * 1024).map(({ path }) => path);
  for (const path of first === undefined ? files : [first, ...files]) {
    const name = /^(?:import|from)[ \t]+(\w+)/gm;
    const found = [...(textOf(tree, path) ?? "").matchAll(name)].map(([, one = ""]) => OWN_SERVERS[one]).find((one) => one !== undefined);
    if (found !== undefined) {
      if (found === "Dash")
        return `no application was found in it, but Dash in ${path}; write server = app.server there, name that, and set app.interface: wsgi`;
      const instead =
        found === "Gradio"
          ? 'write app = gr.mount_gradio_app(FastAPI(), the page, path="/") without launch(), and name that'
          : "write the application with FastAPI, Starlette or another framework that makes ASGI or WSGI applications, and name that";
      return `no application was found in it, but ${found} in ${path}, which brings a server of its own and makes none that uvicorn can serve; ${instead}`;
    }
  }
  return undefined;
}
