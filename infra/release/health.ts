/** What a healthy service answers: its defaults, the lines by which it reaches a host (templates/steps/health.sh reads them), and its limit. Pure. */
import type { Health, HealthBody, HttpLimits } from "./types";

export const DEFAULT_HEALTH: Health = { path: "/health", status: 200, body: '{"status":"ok"}', headers: {}, startSeconds: 60 };

/** The text of `health.body` that stands for every body. */
const ANY = "any";

export function healthOf(given: Partial<Health>): Health {
  return { ...DEFAULT_HEALTH, ...given };
}

/** `key=value` lines for a step's input; the host keeps them with the release, which a rollback is measured by. */
export function healthLines(given: Partial<Health>): (readonly [key: string, value: string | number])[] {
  const { path, status, body, host, headers, startSeconds } = healthOf(given);
  const sent = [...(host === undefined ? [] : [`Host: ${host}`]), ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return [
    ["healthPath", path],
    ["healthStatus", status],
    ["healthMatch", matchOf(body)],
    ["healthBody", typeof body === "string" ? body : JSON.stringify(body)],
    ...sent.map((header) => ["healthHeader", header] as const),
    ["startSeconds", startSeconds],
  ];
}

function matchOf(body: HealthBody): "text" | "json" | "any" {
  return typeof body !== "string" ? "json" : body === ANY ? "any" : "text";
}

/** The path without its query, as nginx compares it. */
export const pathOnly = (path: string): string => path.split("?", 1)[0] ?? path;

/** The path of a request in a regular expression of nginx; it has no other characters of that kind. */
export const pathPattern = (path: string): string => pathOnly(path).replaceAll(".", "\\.");

/** Seconds for a code step that the release step runs again because its results are gone. */
const CODE_AGAIN = 1500;

/**
 * Seconds that the release step may take: what it does by itself, the starts of candidate, service and, after a failure, of the service before,
 * and as often the wait for the requests that are at work; and an earlier step, should it have to be run again.
 */
export function releaseSeconds({ startSeconds }: Health, { timeoutSeconds }: HttpLimits): number {
  return 600 + CODE_AGAIN + 3 * startSeconds + 4 * timeoutSeconds;
}

/** Seconds for undoing a switch: the start of the service, the wait for a candidate that stands in, and the requests of both. */
export function undoSeconds({ startSeconds }: Health, { timeoutSeconds }: HttpLimits): number {
  return 60 + 2 * startSeconds + 2 * timeoutSeconds;
}
