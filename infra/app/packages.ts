/** What the packages that an application asks for mean for its start: missing, not pinned, or not those that the models need. Pure. */
import { normalized, type Requirement, type RequirementSet } from "./requirements";

/** What the unit starts the application with. */
const NEEDED = ["uvicorn", "python-dotenv"] as const;

/** Packages that bring one or both; an extra in brackets is needed for it. */
const BRINGS: Readonly<Record<string, readonly string[]>> = {
  uvicorn: ["uvicorn"],
  "python-dotenv": ["python-dotenv"],
  "uvicorn[standard]": ["uvicorn", "python-dotenv"],
  "fastapi[standard]": ["uvicorn", "python-dotenv"],
  "fastapi[all]": ["uvicorn", "python-dotenv"],
  "fastapi-cli[standard]": ["uvicorn", "python-dotenv"],
  "pydantic-settings": ["python-dotenv"],
};

/**
 * Packages whose dependencies, to the last, are none that these tables look for: neither the two above, nor one of models, nor one of imports.ts (pip
 * install --dry-run --report, newest versions of November 2026; left out are those of which earlier ones brought one).
 */
const BARE =
  "aio-pika aiohttp aiokafka aiomysql aiosqlite apscheduler argon2-cffi asyncpg attrs bcrypt beautifulsoup4 cachetools cattrs click confluent-kafka dacite django-environ dramatiq duckdb email-validator feedparser ftfy hiredis jsonschema kafka-python kombu lxml markdown markupsafe marshmallow minio msgspec nats-py networkx opentelemetry-api opentelemetry-instrumentation-fastapi opentelemetry-sdk passlib peewee phonenumbers pika pillow polars pymongo python-dateutil python-decouple python-json-logger python-slugify pytz rapidfuzz regex rich ruamel-yaml sentry-sdk simplejson tenacity toml tomli tortoise-orm typing-extensions tzdata ujson unidecode".split(
    " ",
  );

/** Packages that certainly bring neither: where only these are named, uvicorn will be missing on the host. */
const BRING_NEITHER = new Set([
  ...BARE,
  ..."a2wsgi aiofiles alembic boto3 catboost cryptography django django-rest-framework djangorestframework fastapi flask flask-cors gunicorn httpx httptools jinja2 joblib lightgbm loguru numba numpy onnxruntime opencv-python-headless orjson pandas prometheus-client psutil psycopg psycopg2-binary pyarrow pydantic pymysql python-multipart pyyaml redis requests scikit-learn scipy sentence-transformers setuptools sqlalchemy starlette structlog tokenizers torch transformers tqdm uvloop werkzeug wheel xgboost".split(
    " ",
  ),
]);

/** @returns which of uvicorn and python-dotenv are certainly, or perhaps, not brought */
export function missingPackages(
  { requirements }: RequirementSet,
  complete: boolean,
): { readonly certain: string[]; readonly perhaps: string[] } {
  const brought = new Set(requirements.flatMap(brings));
  const missing = NEEDED.filter((name) => !brought.has(name));
  const known =
    complete ||
    (hasPlainExtras({ requirements }) &&
      requirements.every(({ name }) => name !== undefined && (BRING_NEITHER.has(name) || name in BRINGS)));
  return known ? { certain: missing, perhaps: [] } : { certain: [], perhaps: missing };
}

function brings(requirement: Requirement): readonly string[] {
  return bringsOf(requirement).flatMap((key) => BRINGS[key] ?? []);
}

/** Extras that bring nothing but what the tables here say, or what they do not name. */
const PLAIN_EXTRAS = new Set(
  "uvicorn[standard] fastapi[standard] fastapi[all] fastapi-cli[standard] starlette[full] litestar[standard] pydantic[email] python-jose[cryptography] passlib[bcrypt] passlib[argon2] psycopg[binary] psycopg[pool] sqlalchemy[asyncio] pyjwt[crypto] httpx[http2] redis[hiredis]".split(
    " ",
  ),
);

/** False where an extra may bring any package, as lightgbm[scikit-learn] and flask[dotenv] do. */
export function hasPlainExtras({ requirements }: Pick<RequirementSet, "requirements">): boolean {
  return requirements.every((one) => bringsOf(one).every((key) => !key.includes("[") || PLAIN_EXTRAS.has(key)));
}

/** A package as a table may name it: alone, and with each of its extras. */
export function bringsOf({ name, extras }: Requirement): readonly string[] {
  return name === undefined ? [] : [name, ...extras.map((extra) => `${name}[${extra}]`)];
}

/** Packages of models that bring others of them. */
export const BRINGS_FOR_MODELS: Readonly<Record<string, readonly string[]>> = {
  catboost: ["numpy", "pandas", "scipy"],
  "imbalanced-learn": ["joblib", "numpy", "scikit-learn", "scipy", "threadpoolctl"],
  joblib: [],
  lightgbm: ["numpy", "scipy"],
  numpy: [],
  onnxruntime: ["numpy"],
  pandas: ["numpy"],
  "scikit-learn": ["joblib", "numpy", "scipy", "threadpoolctl"],
  scipy: ["numpy"],
  skops: ["joblib", "numpy", "scikit-learn", "scipy", "threadpoolctl"],
  xgboost: ["numpy", "scipy"],
};

/** Packages of the web and of databases that bring none that a model needs. */
export const NO_MODELS = new Set([
  ...BARE,
  ..."a2wsgi aiofiles alembic boto3 celery cryptography django djangorestframework fastapi fastapi-cli flask flask-cors gunicorn httptools httpx itsdangerous jinja2 litestar loguru orjson prometheus-client psutil psycopg psycopg2-binary pydantic pydantic-settings pymysql pyjwt python-dotenv python-jose python-multipart pyyaml redis requests setuptools sqlalchemy sqlmodel starlette structlog tqdm typer uvicorn uvloop watchfiles websockets werkzeug wheel".split(
    " ",
  ),
]);

/**
 * Which packages that the models need are certainly, or perhaps, not brought.
 * @param runtime of the models' manifest, name to version
 */
export function missingRuntime(
  { requirements }: RequirementSet,
  complete: boolean,
  runtime: Readonly<Record<string, string>>,
): { readonly certain: string[]; readonly perhaps: string[] } {
  const names = requirements.map(({ name }) => name ?? "");
  const brought = new Set(names.flatMap((name) => [name, ...(complete ? [] : (BRINGS_FOR_MODELS[name] ?? []))]));
  const missing = Object.entries(runtime).flatMap(([name, version]) => (brought.has(normalized(name)) ? [] : [`${name}==${version}`]));
  const known = complete || (hasPlainExtras({ requirements }) && names.every((name) => NO_MODELS.has(name) || name in BRINGS_FOR_MODELS));
  return known ? { certain: missing, perhaps: [] } : { certain: [], perhaps: missing };
}

const EXACT = /^={2,3}(?!.*\*)[^,]+$/;

/** The one version that a specifier asks for, where it is one of numbers. */
export function exactVersion(specifier: string): string | undefined {
  return /^={2,3}([0-9.]+)$/.exec(specifier)?.[1];
}

/** Packages of which any version may come at the next installation. A constraints file pins as well. */
export function unpinned({ requirements, constraints }: RequirementSet): string[] {
  const pinned = new Set(constraints.filter(({ specifier }) => EXACT.test(specifier)).map(({ name }) => name));
  return requirements.filter((one) => !isPinned(one) && !pinned.has(one.name)).map(({ name, url }) => name ?? url ?? "?");
}

function isPinned({ specifier, url, hashed }: Requirement): boolean {
  if (hashed || EXACT.test(specifier)) return true;
  if (url === undefined) return false;
  // A commit or a file with its version in its name does not move.
  return !/^git\+/.test(url) || /@[0-9a-f]{40}(#|$)/.test(url);
}

export interface Conflict {
  readonly place: string;
  readonly name: string;
  readonly found: string;
  readonly wanted: string;
}

/**
 * Versions that contradict those that the models were made with: the gate of a release compares what was installed.
 * @param runtime of the models' manifest, name to version
 */
export function pinConflicts(set: RequirementSet, runtime: Readonly<Record<string, string>>): Conflict[] {
  return Object.entries(runtime).flatMap(([given, wanted]) => {
    const name = normalized(given);
    const lines = [...set.requirements, ...set.constraints].filter((one) => one.name === name && one.specifier !== "");
    const against = lines.filter(({ specifier }) => !admits(specifier, wanted));
    // A line with a marker may be for another Python than the hosts'.
    const [first] = against;
    if (first === undefined || against.every(({ marker }) => marker)) return [];
    return [{ place: first.place, name, found: first.specifier, wanted }];
  });
}

/** False only where a clause certainly excludes the version (PEP 440, releases of numbers). */
export function admits(specifier: string, version: string): boolean {
  return specifier.split(",").every((clause) => {
    const [, operator = "", wanted = ""] = /^(===?|!=|~=|<=?|>=?)(.+)$/.exec(clause) ?? [];
    if (!/^\d+(\.\d+)*(\.\*)?$/.test(wanted) || !/^\d+(\.\d+)*$/.test(version))
      return operator !== "==" || wanted === version || /[*+]|[a-z]/.test(wanted);
    const order = compare(version, wanted.replace(/\.\*$/, ""));
    const prefix = `${version}.`.startsWith(wanted.replace(/\*$/, "").replace(/\.?$/, "."));
    switch (operator) {
      case "==":
        return wanted.endsWith(".*") ? prefix : order === 0;
      case "===":
        return version === wanted;
      case "!=":
        return wanted.endsWith(".*") ? !prefix : order !== 0;
      case "~=":
        return order >= 0 && `${version}.`.startsWith(`${wanted.split(".").slice(0, -1).join(".")}.`);
      case "<":
        return order < 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case ">=":
        return order >= 0;
      default:
        return true;
    }
  });
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split(".").map(Number)) as [number[], number[]];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
