/** Names that well-known packages no longer have: an application that imports one is installed and ends at its start. Pure. */
import { admits } from "./packages";
import type { RequirementSet } from "./requirements";
import type { Imported } from "./syntax";

interface Removed {
  readonly package: string;
  /** The first version without it, and the last that has it (from the packages' own release notes). */
  readonly since: string;
  readonly last: string;
  readonly instead: string;
}

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
};

/** Certain where the version that will come is written down and too new; where it is not, the newest may come. */
export function removedNames(set: RequirementSet, imported: readonly Imported[]): { problems: string[]; notices: string[] } {
  const found = imported.flatMap(({ path, line, name }) => {
    const gone = REMOVED[name];
    if (gone === undefined) return [];
    const lines = [...set.requirements, ...set.constraints].filter((one) => one.name === gone.package && one.specifier !== "");
    const [exact] = lines.flatMap(({ specifier, marker }) => (marker ? [] : (/^={2,3}([0-9.]+)$/.exec(specifier)?.[1] ?? [])));
    if (exact === undefined ? lines.some(({ specifier }) => admits(specifier, gone.last)) : !admits(`>=${gone.since}`, exact)) return [];
    const said = `${path}, line ${line}: imports ${name}, which ${gone.package} no longer has since ${gone.since}`;
    return [{ certain: exact !== undefined, said, gone, exact }];
  });
  return {
    problems: found
      .filter(({ certain }) => certain)
      .map(({ said, gone, exact }) => `${said}, and ${exact} is asked for, so the service could not start; ${gone.instead}`),
    notices: found
      .filter(({ certain }) => !certain)
      .map(({ said, gone }) => `${said}, and the newest version may be installed; ${gone.instead}, or write ${gone.package}<${gone.since}`),
  };
}
