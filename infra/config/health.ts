/** What `health` must fulfil beyond its structure. Pure. */
import { shown } from "../../policies/cli/schema-words";
import type { Context } from "./value-rules";

interface HealthKeys {
  readonly status?: unknown;
  readonly body?: unknown;
  readonly headers?: unknown;
}

const LONGEST_JSON = 4096;
const WITHOUT_BODY = [204, 205, 304];
const CREDENTIAL = /^(authorization|proxy-authorization|cookie|.*(token|secret|password|api-?key).*)$/i;
const OF_THE_CONNECTION = ["connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade"];

/** Problems of the section `health`: a body that cannot come, and headers that cannot be sent. */
export function health({ project, sections }: Pick<Context, "project" | "sections">): string[] {
  const given = (sections.health ?? {}) as HealthKeys;
  const headers = given.headers !== null && typeof given.headers === "object" ? Object.keys(given.headers) : [];
  return [...bodyProblems(project, given), ...headers.flatMap((name) => headerProblems(`${project}:health.headers.${name}`, name))];
}

function bodyProblems(project: string, { status, body }: HealthKeys): string[] {
  const json = typeof body === "object" ? (JSON.stringify(body) ?? "") : "";
  if (json.length > LONGEST_JSON) {
    return [
      `${project}:health.body: found ${json.length} characters of JSON, more than the ${LONGEST_JSON} that a host compares; name the keys that tell a healthy answer from another`,
    ];
  }
  if (typeof body === "string" && brokenJson(body)) {
    return [
      `${project}:health.body: found ${shown(body)}, a text that begins as JSON and is none (cut off, or with a bracket, quote or comma too few or too many), and an answer is compared with it byte for byte; write the keys that a healthy answer has, for example health.body: { status: ok }`,
    ];
  }
  if (WITHOUT_BODY.includes(Number(status)) && body !== "any") {
    return [`${project}:health.body: an answer with status ${String(status)} has no body, so none can be expected; write: body: any`];
  }
  return [];
}

/** An object's or a list's beginning, with the quotes that only JSON has there: the text of a Python dict has others, and is a text like any. */
const JSON_MEANT = /^\s*(\{\s*)?["“”][^"“”]*["“”]\s*:|^\s*\[\s*[{"“”]/;

/** A text that was to be JSON, which no answer of JSON would ever be. */
function brokenJson(body: string): boolean {
  if (!JSON_MEANT.test(body)) return false;
  try {
    JSON.parse(body);
    return false;
  } catch {
    return true; // said by the caller, in words for the reader
  }
}

function headerProblems(key: string, name: string): string[] {
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    return [`${key}: not a name for a header; use letters, digits and hyphens`];
  }
  if (name.toLowerCase() === "host") {
    return [`${key}: the Host header has a key of its own; write it as health.host`];
  }
  if (OF_THE_CONNECTION.includes(name.toLowerCase())) {
    return [`${key}: belongs to the connection, which the hosts make themselves; remove it`];
  }
  if (CREDENTIAL.test(name)) {
    return [
      `${key}: looks like a credential, which the stack's file, the state and the hosts would hold in plain text; remove it, and let the health endpoint answer without one`,
    ];
  }
  return [];
}
