/** What is wrong with the rows of a checks file, one sentence each: the row, what was found, what to write instead. Pure. */
import { nearest } from "../policies/cli/nearest";

interface Limits {
  readonly rows: number;
  readonly depth: number;
}

type Group = Readonly<Record<string, unknown>>;
type Say = (place: string, what: string) => void;

const isGroup = (value: unknown): value is Group => value !== null && typeof value === "object" && !Array.isArray(value);

/** A found value for a message; never the whole of a large one. */
const shown = (value: unknown): string => {
  const text =
    value === Infinity || value === -Infinity ? "NaN, Infinity or a number too large for one" : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};

/** `row 3 is`, `rows 1, 4 and 2 more are`. */
export function listed(numbers: readonly number[]): string {
  const first = numbers.slice(0, 10).join(", ");
  const rest = numbers.length > 10 ? ` and ${numbers.length - 10} more` : "";
  return numbers.length === 1 ? `row ${first} is` : `rows ${first}${rest} are`;
}

/** Of the whole file, parsed. */
export function rowProblems(value: unknown, limits: Limits): string[] {
  const problems: string[] = [];
  const say: Say = (place, what) => void problems.push(place === "" ? what : `${place}: ${what}`);
  if (!isGroup(value)) return ['holds no group of keys. Write {"rows": [...]}, each row with request and expect.'];
  knownKeys("", value, ["$schema", "tolerance", "rows"], say);
  tolerance("tolerance", value["tolerance"], say);
  const { rows } = value;
  if (!Array.isArray(rows) || rows.length === 0) {
    say("rows", `found ${shown(rows)}; write a list of rows, each with request and expect.`);
  } else if (rows.length > limits.rows) {
    say(
      "rows",
      `found ${rows.length}; at most ${limits.rows} are asked, because each release and each verification asks them all. Keep those that tell most.`,
    );
  } else {
    rows.forEach((row: unknown, index) => checkRow(`row ${index + 1}`, row, limits, say));
  }
  return problems;
}

function knownKeys(place: string, group: Group, known: readonly string[], say: Say): void {
  for (const key of Object.keys(group).filter((name) => !known.includes(name))) {
    const close = nearest(key, known);
    say(
      place,
      `${shown(key)} is not a known key; ${close === undefined ? `remove it (there are ${known.join(", ")})` : `did you mean ${close}?`}`,
    );
  }
}

function checkRow(place: string, row: unknown, limits: Limits, say: Say): void {
  if (!isGroup(row)) return say(place, `found ${shown(row)}; write a group with request and expect.`);
  knownKeys(place, row, ["name", "request", "expect"], say);
  const { name, request, expect } = row;
  if (name !== undefined && !(typeof name === "string" && /^[^\p{Cc}]{1,100}$/u.test(name))) {
    say(`${place}, name`, `found ${shown(name)}; write a text of one line and at most 100 characters.`);
  }
  if (isGroup(request)) checkRequest(`${place}, request`, request, limits, say);
  else
    say(
      `${place}, request`,
      `found ${shown(request)}; write a group with method and path, such as {"method": "POST", "path": "/predict", "json": {}}.`,
    );
  if (expect === undefined) return;
  if (isGroup(expect)) checkExpect(`${place}, expect`, expect, limits, say);
  else say(`${place}, expect`, `found ${shown(expect)}; write a group with status and json.`);
}

const METHODS = ["GET", "POST", "PUT"];

function checkRequest(place: string, request: Group, limits: Limits, say: Say): void {
  knownKeys(place, request, ["method", "path", "headers", "json"], say);
  const { method, path, headers, json } = request;
  if (!METHODS.includes(method as string)) say(`${place}.method`, `found ${shown(method)}; write one of ${METHODS.join(", ")}.`);
  if (!(typeof path === "string" && /^\/(?!\/)[!-~]{0,2047}$/.test(path) && !path.includes("#"))) {
    say(
      `${place}.path`,
      `found ${shown(path)}; write a path that begins with one slash, such as /predict, in ASCII and without spaces (%20).`,
    );
  }
  if (headers !== undefined) checkHeaders(`${place}.headers`, headers, say);
  if (json === undefined) return;
  if (method === "GET") say(`${place}.json`, "a GET has no body. Write the values into the path's query, or use POST.");
  checkJson(`${place}.json`, json, limits.depth, say);
}

/** These are the connection's own, or the body's. */
const OURS = ["connection", "content-length", "transfer-encoding", "upgrade", "expect"];
const SECRET = /authori[sz]ation|cookie|token|secret|password|api-?key/i;

function checkHeaders(place: string, headers: unknown, say: Say): void {
  if (!isGroup(headers) || Object.keys(headers).length > 20)
    return say(place, `found ${shown(headers)}; write a group of at most 20 names and texts.`);
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) say(place, `${shown(name)} is no name of a header.`);
    else if (OURS.includes(name.toLowerCase())) say(place, `${name} belongs to the connection, which is not part of a check. Remove it.`);
    else if (!(typeof value === "string" && /^[\x20-\x7e]{0,1000}$/.test(value)))
      say(`${place}.${name}`, "write a text of one line in ASCII, of at most 1000 characters.");
    else if (SECRET.test(name) && value.replace(/^\w+ /, "").replace(/\$\{[A-Za-z_]\w*\}/g, "") !== "")
      say(
        `${place}.${name}`,
        "looks like a credential, which git would keep in plain text. Write ${NAME} for a setting of secretEnv, such as Bearer ${API_KEY}.",
      );
  }
}

function checkExpect(place: string, expect: Group, limits: Limits, say: Say): void {
  knownKeys(place, expect, ["status", "json", "tolerance"], say);
  const { status } = expect;
  if (status !== undefined && !(Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599)) {
    say(`${place}.status`, `found ${shown(status)}; write the status as a number from 200 to 599.`);
  }
  tolerance(`${place}.tolerance`, expect["tolerance"], say);
  if (expect["json"] !== undefined) checkJson(`${place}.json`, expect["json"], limits.depth, say);
}

function tolerance(place: string, value: unknown, say: Say): void {
  if (value === undefined) return;
  if (!isGroup(value)) return say(place, `found ${shown(value)}; write {"abs": 0.001} or {"rel": 0.01} or both.`);
  knownKeys(place, value, ["abs", "rel"], say);
  for (const key of ["abs", "rel"]) {
    const given = value[key];
    if (given !== undefined && !(typeof given === "number" && Number.isFinite(given) && given >= 0)) {
      say(`${place}.${key}`, `found ${shown(given)}; write a number, 0 or larger.`);
    }
  }
}

/** Numbers that JSON has not, and groups in groups without an end. The first of each is enough to know. */
function checkJson(place: string, value: unknown, depth: number, say: Say): void {
  if (typeof value === "number" && !Number.isFinite(value))
    return say(
      place,
      `found ${shown(value)}; JSON has finite numbers only. Leave the key out, or write null where the service answers null.`,
    );
  if (value === null || typeof value !== "object") return;
  if (depth === 0)
    return say(place.length > 100 ? `${place.slice(0, 100)}...` : place, "is nested too deeply. Compare less of the answer.");
  const list = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) checkJson(list ? `${place}[${key}]` : `${place}.${key}`, inner, depth - 1, say);
}
