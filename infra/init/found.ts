/** What a look at the application's folder and at the folder of the models says. Nothing is run. */
import { readdirSync } from "fs";
import { join, relative, resolve } from "path";
import { canForward } from "../app/forwards";
import { likeliestHealth } from "../app/health-answer";
import { healthRoute, lastingBody, type HealthRoute } from "../app/health-route";
import { candidates, DEFAULT_MODULE, parseModule } from "../app/module";
import { readPyproject } from "../app/pyproject";
import type { Interface } from "../app/python-module";
import { requiredSettings } from "../app/required-settings";
import { readRequirements } from "../app/requirements";
import { statsAt } from "../app/stats-at";
import { checkSyntax } from "../app/syntax";
import { readTree, type AppTree } from "../app/tree";
import { formatOfName } from "../../models-manifest/formats";

export interface FoundApp {
  /** MODULE:ATTRIBUTE of the likeliest application; undefined where none was seen. */
  readonly module?: string;
  readonly interface: "asgi" | "wsgi";
  readonly health?: HealthRoute;
  /** Whether it reads where the backend is. */
  readonly forwards: boolean;
  readonly requires: readonly string[];
  /** Exact versions of packages that write models. */
  readonly pins: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/** What writes models, as it is called on PyPI. */
const WRITERS = [
  "scikit-learn",
  "xgboost",
  "lightgbm",
  "catboost",
  "torch",
  "tensorflow",
  "keras",
  "statsmodels",
  "joblib",
  "numpy",
  "skops",
];

export function lookAtApp(folder: string): FoundApp {
  const tree = readTree(folder);
  if (tree.problems.length > 0) return { interface: "asgi", forwards: false, requires: [], pins: {}, problems: tree.problems };
  const [best] = candidates(tree);
  const found = best === undefined ? undefined : `${best.module}:${best.app.attribute}`;
  return {
    ...(found === undefined ? {} : { module: found }),
    interface: best?.app.interface ?? "asgi",
    health: healthRoute(tree) ?? (found === undefined ? undefined : seenHealth(tree, found, best?.app.interface)),
    forwards: canForward(tree, []),
    requires: requiredSettings(tree),
    pins: pinsOf(tree),
    problems: [],
  };
}

/** Where no decorator says the whole path, as below prefixes: what Python's syntax trees say of the routes. */
function seenHealth(tree: AppTree, module: string, kind?: Interface): HealthRoute | undefined {
  const parsed = parseModule(module, kind);
  const known = parsed === undefined ? undefined : checkSyntax(tree, { module: parsed, pythons: [], health: USUAL }).health;
  if (known === undefined) return undefined;
  // Of an application without a route of that kind any route says that it lives.
  const route = likeliestHealth(known.seen) ?? known.routes?.find(({ path }) => path === "/");
  if (route === undefined || route.guard !== undefined) return undefined;
  const { path, file, body } = route;
  const json = body !== null && "json" in body && body.unknown === undefined && isObject(body.json) ? lastingBody(body.json) : undefined;
  return { path, file, ...(json === undefined ? {} : { body: json }) };
}

const USUAL = "/health";
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/** The repository's own sample: it reads its settings through a mapping, which a look at the text does not follow. */
export const SAMPLE_APP = { folder: "templates/sample-app", module: DEFAULT_MODULE, requires: ["DATABASE_URL", "SECRET_KEY"] };

function pinsOf(tree: AppTree): Record<string, string> {
  const has = (path: string): boolean => tree.entries.some((entry) => entry.path === path);
  const set = has("requirements.txt")
    ? readRequirements(tree, "requirements.txt")
    : has("pyproject.toml")
      ? readPyproject(tree)
      : undefined;
  const pinned = (set?.requirements ?? []).flatMap(({ name, specifier }) => {
    const version = /^==\s*(\d[\w.+-]*)$/.exec(specifier)?.[1];
    return name !== undefined && version !== undefined && WRITERS.includes(name) ? [[name, version] as const] : [];
  });
  return Object.fromEntries(pinned);
}

/** Files of a folder whose names say a model's format, relative to the project. */
export function modelFiles(root: string, folder: string): string[] {
  const place = resolve(root, folder);
  if (statsAt(place)?.isDirectory() !== true) return [];
  const names = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isFile() && formatOfName(entry.name) !== undefined);
  return names.map(({ name }) => relative(root, join(place, name)).split("\\").join("/")).sort();
}

/** Files of an application's folder that only a model is, also those that git ignores; one level of folders deep. Relative to the folder. */
export function ownModels(folder: string): string[] {
  if (statsAt(folder)?.isDirectory() !== true) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !/^\.|^(node_modules|tests?|venv)$/.test(entry.name),
  );
  return [".", ...folders.map(({ name }) => name)].flatMap((name) =>
    // JSON is a format of models, and of much else.
    modelFiles(folder, name).filter((file) => !file.endsWith(".json")),
  );
}

const ROLES: readonly (readonly [pattern: RegExp, role: string])[] = [
  [/scaler/i, "scaler"],
  [/encoder/i, "label-encoder"],
  [/vectori[sz]er|tokeni[sz]er/i, "preprocessor"],
  [/metric/i, "metrics"],
  [/config|schema|columns|features/i, "metadata"],
];

/** The role that a file's name says, one of each; the largest of the rest is the model, which MODEL_PATH names. */
export function rolesOf(files: readonly { readonly path: string; readonly size: number }[]): Readonly<Record<string, string>> {
  const named = files.map((file) => ({ ...file, role: ROLES.find(([pattern]) => pattern.test(file.path.split("/").at(-1) ?? ""))?.[1] }));
  const rest = named.filter(({ role }) => role === undefined).sort((a, b) => b.size - a.size);
  const model = rest[0] ?? [...named].sort((a, b) => b.size - a.size)[0];
  return Object.fromEntries(named.map(({ path, role }) => [path, path === model?.path ? "model" : (role ?? "other")]));
}
