/** A list of packages that has to hold everything: what is installed by hashes, or without an index, brings nothing that the list does not name. Pure. */
import type { Finding } from "./findings";
import { normalized, type RequirementSet } from "./requirements";

/** What every release of the last years asks for on every Python that a host may have (Requires-Dist of its wheels). */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  anyio: ["idna"],
  django: ["asgiref", "sqlparse"],
  fastapi: ["pydantic", "starlette", "typing-extensions"],
  flask: ["click", "itsdangerous", "jinja2", "werkzeug"],
  httpcore: ["certifi", "h11"],
  httpx: ["anyio", "certifi", "httpcore", "idna"],
  jinja2: ["markupsafe"],
  pandas: ["numpy", "python-dateutil"],
  pydantic: ["typing-extensions"],
  "python-dateutil": ["six"],
  requests: ["certifi", "charset-normalizer", "idna", "urllib3"],
  "scikit-learn": ["joblib", "numpy", "scipy", "threadpoolctl"],
  scipy: ["numpy"],
  starlette: ["anyio"],
  uvicorn: ["click", "h11"],
};

/**
 * @param file which is the list
 * @param elsewhere whether packages may come from a place that is not seen here, such as a wheelhouse
 */
export function wholeList(file: string, set: RequirementSet, elsewhere: boolean): Finding[] {
  const { requirements, options } = set;
  const has = (name: string): boolean => options.some(({ option }) => option === name);
  const offline = has("--no-index") && !elsewhere;
  const strict = has("--require-hashes");
  const hashed = requirements.some((one) => one.hashed);
  if (!offline && !hashed && !strict) return [];
  // A file that is found in the tree needs no line of its own where nothing is asked for by hash.
  const found = hashed || strict ? [] : set.files.flatMap((path) => wheelName(path) ?? []);
  const names = new Set([...requirements.map(({ name = "" }) => name), ...found]);
  const lacking = [...names].flatMap((name) => (NEEDS[name] ?? []).flatMap((needed) => (names.has(needed) ? [] : [{ name, needed }])));
  const missing = [...new Set(lacking.map(({ needed }) => needed))];
  if (missing.length === 0) return [];
  const why = `${missing.join(", ")} (${[...new Set(lacking.map(({ name }) => name))].join(", ")} ${lacking.length === 1 ? "asks" : "ask"} for ${missing.length === 1 ? "it" : "them"})`;
  if (!hashed && !strict) {
    return [
      {
        certain: true,
        text: `${file}: has --no-index, with which nothing is installed but wheels of the application's folder, and there is none of ${why}; add the wheels (pip download -r ${file} -d wheels), or remove --no-index`,
      },
    ];
  }
  const instead = `write the whole list with hashes (uv pip compile --generate-hashes, or pip-compile --generate-hashes)`;
  return [
    strict
      ? {
          certain: true,
          text: `${file}: has --require-hashes, with which nothing is installed that has no hash there, and it lacks ${why}; ${instead}`,
        }
      : {
          certain: false,
          text: `${file}: has hashes, and lacks ${why}: uv installs these without a hash, and pip, which installs where there is no uv, would install nothing; ${instead}`,
        },
  ];
}

function wheelName(path: string): string | undefined {
  const name = /(?:^|\/)([A-Za-z0-9][\w.]*)-[^/]+\.whl$/.exec(path)?.[1];
  return name === undefined ? undefined : normalized(name);
}
