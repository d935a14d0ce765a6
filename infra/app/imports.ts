/**
 * What an application imports at its start and no package of it brings: it would be installed, and end in its trial. Only packages that are well known are
 * looked for, because the name of an import says little about the one to install. Pure.
 */
import { BRINGS_FOR_MODELS, bringsOf, hasPlainExtras, NO_MODELS } from "./packages";
import { normalized, type RequirementSet } from "./requirements";
import type { Imported, SyntaxReport } from "./syntax";

const FULL_FASTAPI = ["fastapi[standard]", "fastapi[all]"];
const numerical = (name: string): string[] => [
  name,
  ...Object.keys(BRINGS_FOR_MODELS).filter((one) => BRINGS_FOR_MODELS[one]?.includes(name)),
];

/** What is imported, to the packages that bring it, the one to ask for first. */
const BROUGHT_BY: Readonly<Record<string, readonly string[]>> = {
  PIL: ["pillow", "catboost"],
  aiofiles: ["aiofiles"],
  aiohttp: ["aiohttp"],
  asyncpg: ["asyncpg"],
  boto3: ["boto3"],
  celery: ["celery"],
  cv2: ["opencv-python-headless", "opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"],
  "fastapi.File": ["python-multipart", ...FULL_FASTAPI],
  "fastapi.Form": ["python-multipart", ...FULL_FASTAPI],
  "fastapi.UploadFile": ["python-multipart", ...FULL_FASTAPI],
  "fastapi.templating": ["jinja2", ...FULL_FASTAPI],
  httpx: ["httpx", ...FULL_FASTAPI, "starlette[full]", "litestar"],
  jinja2: ["jinja2", "flask", "flask-cors", "quart", "torch", "litestar[standard]", "starlette[full]", ...FULL_FASTAPI],
  joblib: numerical("joblib"),
  jose: ["python-jose"],
  jwt: ["pyjwt", "redis"],
  lightgbm: ["lightgbm"],
  loguru: ["loguru"],
  numpy: numerical("numpy"),
  onnxruntime: ["onnxruntime", "onnxruntime-gpu"],
  orjson: ["orjson", "fastapi[all]"],
  pandas: numerical("pandas"),
  passlib: ["passlib"],
  prometheus_client: ["prometheus-client", "prometheus-fastapi-instrumentator", "starlette-exporter"],
  psycopg: ["psycopg"],
  psycopg2: ["psycopg2-binary", "psycopg2"],
  "pydantic.EmailStr": ["email-validator", "pydantic[email]", ...FULL_FASTAPI],
  pydantic_settings: ["pydantic-settings", "fastapi[all]"],
  pymongo: ["pymongo", "motor", "beanie"],
  redis: ["redis", "celery[redis]"],
  requests: ["requests", "skops"],
  scipy: numerical("scipy"),
  sklearn: numerical("scikit-learn"),
  sqlalchemy: ["sqlalchemy", "alembic", "sqlmodel", "flask-sqlalchemy"],
  sqlmodel: ["sqlmodel"],
  "starlette.middleware.sessions": ["itsdangerous", "flask", "quart", "starlette[full]", "fastapi[all]"],
  "starlette.templating": ["jinja2", "starlette[full]", ...FULL_FASTAPI],
  structlog: ["structlog"],
  tensorflow: ["tensorflow", "tensorflow-cpu"],
  torch: ["torch"],
  transformers: ["transformers", "sentence-transformers"],
  xgboost: ["xgboost", "xgboost-cpu"],
  yaml: ["pyyaml", "skops", "uvicorn[standard]", "litestar", "fastapi-cli", "starlette[full]", ...FULL_FASTAPI],
};

/** Whether the name is that of a well-known package: a file of the same name may be anything. */
export function isWellKnown(name: string): boolean {
  return Object.keys(BROUGHT_BY).includes(name);
}

export interface Undeclared {
  /** Certain where every package that comes is known. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/** @param file that names the packages */
export function undeclared(
  file: string,
  set: RequirementSet,
  complete: boolean,
  imported: readonly Imported[],
  websocket: SyntaxReport["websocket"] = null,
): Undeclared {
  const brought = new Set(set.requirements.flatMap(bringsOf));
  const names = set.requirements.map(({ name }) => name ?? "");
  const known = complete || (hasPlainExtras(set) && names.every((name) => NO_MODELS.has(name) || name in BRINGS_FOR_MODELS));
  const found = imported.flatMap(({ path, line, name }) => {
    const ways = BROUGHT_BY[name];
    if (ways === undefined || ways.some((way) => brought.has(way))) return [];
    return [{ wanted: ways[0] ?? name, place: `${path}, line ${line}: imports ${name}` }];
  });
  // One line for one package, however often it is imported.
  const first = found.filter(({ wanted }, index) => found.findIndex((one) => one.wanted === wanted) === index);
  const lines = first.map(({ wanted, place }) => {
    const needs = normalized(place.split(" ").at(-1) ?? "") === wanted ? "" : ` (package ${wanted})`;
    return known
      ? `${place}${needs}, and ${file} brings no such package, so the service could not start; add ${wanted} to it`
      : `${place}${needs}, and ${file} does not name it; add ${wanted} to it, unless another package brings it`;
  });
  if (websocket !== null && !WEBSOCKETS.some((one) => brought.has(one))) {
    const place = `${websocket.path}, line ${websocket.line}: answers a WebSocket, and ${file}`;
    const why = "uvicorn refuses every WebSocket without one of websockets and wsproto";
    const certain = known && websocket.certain;
    const line = certain
      ? `${place} brings neither websockets nor wsproto, without which uvicorn refuses every WebSocket; write uvicorn[standard] in place of uvicorn, or add websockets`
      : `${place} names neither uvicorn[standard] nor websockets nor wsproto, and ${why}; add websockets, unless another package brings it or nothing asks for it`;
    if (known && !certain) return { problems: lines, notices: [line] };
    lines.push(line);
  }
  return known ? { problems: lines, notices: [] } : { problems: [], notices: lines };
}

const WEBSOCKETS = ["websockets", "wsproto", "uvicorn[standard]", "sanic", "fastapi-cli", ...FULL_FASTAPI];
