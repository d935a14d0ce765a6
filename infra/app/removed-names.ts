/** Names that well-known packages no longer have: an application that imports one is installed and ends at its start. Pure. */
import { byCertainty, type Findings } from "./findings";
import { admits, exactVersion } from "./packages";
import type { RequirementSet } from "./requirements";
import type { Imported } from "./syntax";

interface Removed {
  readonly package: string;
  /** The first version without it, and the last that has it (from the packages' own release notes). */
  readonly since: string;
  readonly last: string;
  readonly instead: string;
}

/** What NumPy 2.0 renamed, by its migration guide. */
const NUMPY_2: Readonly<Record<string, string>> = {
  float_: "numpy.float64",
  complex_: "numpy.complex128",
  string_: "numpy.bytes_",
  unicode_: "numpy.str_",
  Inf: "numpy.inf",
  NaN: "numpy.nan",
  infty: "numpy.inf",
  product: "numpy.prod",
};

const REMOVED: Readonly<Record<string, Removed>> = {
  "pydantic.BaseSettings": {
    package: "pydantic",
    since: "2.0",
    last: "1.10",
    instead: "write from pydantic_settings import BaseSettings, and add pydantic-settings",
  },
  "flask.Markup": { package: "flask", since: "3.0", last: "2.3", instead: "write from markupsafe import Markup" },
  "flask.escape": { package: "flask", since: "3.0", last: "2.3", instead: "write from markupsafe import escape" },
  "jinja2.Markup": { package: "jinja2", since: "3.1", last: "3.0", instead: "write from markupsafe import Markup" },
  "jinja2.escape": { package: "jinja2", since: "3.1", last: "3.0", instead: "write from markupsafe import escape" },
  "werkzeug.urls.url_quote": { package: "werkzeug", since: "3.0", last: "2.3", instead: "write from urllib.parse import quote" },
  "werkzeug.urls.url_encode": { package: "werkzeug", since: "3.0", last: "2.3", instead: "write from urllib.parse import urlencode" },
  "sklearn.externals.joblib": { package: "scikit-learn", since: "0.23", last: "0.22", instead: "write import joblib" },
  "werkzeug.urls.url_parse": { package: "werkzeug", since: "3.0", last: "2.3", instead: "write from urllib.parse import urlsplit" },
  "flask.json.JSONEncoder": { package: "flask", since: "2.3", last: "2.2", instead: "write a flask.json.provider.DefaultJSONProvider" },
  "flask.Flask.before_first_request": {
    package: "flask",
    since: "2.3",
    last: "2.2",
    instead: "call the function where the application is made",
  },
  ...Object.fromEntries(
    ["float", "int", "bool", "object", "complex", "str"].map((name) => [
      `numpy.${name}`,
      { package: "numpy", since: "1.24", last: "1.23", instead: `write ${name}` },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(NUMPY_2).map(([name, now]) => [
      `numpy.${name}`,
      { package: "numpy", since: "2.0", last: "1.26", instead: `write ${now}` },
    ]),
  ),
  ...Object.fromEntries(
    ["on_event", "add_event_handler", "route", "websocket_route", "exception_handler", "middleware"].map((name) => [
      `starlette.applications.Starlette.${name}`,
      {
        package: "starlette",
        since: "1.0",
        last: "0.52",
        instead: `give Starlette(...) ${name.includes("event") ? "a lifespan" : "lists of routes, middleware and exception_handlers"}`,
      },
    ]),
  ),
  ...Object.fromEntries(
    ["on_startup", "on_shutdown"].map((name) => [
      `starlette.applications.Starlette(${name})`,
      { package: "starlette", since: "1.0", last: "0.52", instead: "write a lifespan" },
    ]),
  ),
  "PIL.Image.ANTIALIAS": { package: "pillow", since: "10.0", last: "9.5", instead: "write Image.LANCZOS" },
};

/** Certain where the version that will come is written down and too new; where it is not, the newest may come. */
export function removedNames(set: RequirementSet, imported: readonly Imported[], used: readonly Imported[] = []): Findings {
  const all = [...imported.map((one) => ({ ...one, does: "imports" })), ...used.map((one) => ({ ...one, does: "uses" }))];
  const found = all.flatMap(({ path, line, name, does }) => {
    const gone = REMOVED[name];
    if (gone === undefined) return [];
    const lines = [...set.requirements, ...set.constraints].filter((one) => one.name === gone.package && one.specifier !== "");
    const [exact] = lines.flatMap(({ specifier, marker }) => (marker ? [] : (exactVersion(specifier) ?? [])));
    if (exact === undefined ? lines.some(({ specifier }) => admits(specifier, gone.last)) : !admits(`>=${gone.since}`, exact)) return [];
    const said = `${path}, line ${line}: ${does} ${name}, which ${gone.package} no longer has since ${gone.since}`;
    const then =
      exact === undefined
        ? `and the newest version may be installed; ${gone.instead}, or write ${gone.package}<${gone.since}`
        : `and ${exact} is asked for, so the service could not start; ${gone.instead}`;
    return [{ certain: exact !== undefined, text: `${said}, ${then}` }];
  });
  return byCertainty(found);
}
