/** Whether the application answers at the path of health as it is expected to: certain where all its routes are seen, else a notice. Pure, apart from the tree. */
import { isDeepStrictEqual } from "node:util";
import { healthRoute, type HealthRoute } from "./health-route";
import type { HealthAnswer } from "./syntax";
import type { AppTree } from "./tree";

export interface ExpectedHealth {
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** @param module the module's name, for the message */
export function healthProblems(
  project: string,
  tree: AppTree,
  { path, status, body }: ExpectedHealth,
  { mentioned, routes }: HealthAnswer,
): { readonly problems: string[]; readonly notices: string[] } {
  const wanted = path.split("?", 1)[0] ?? path;
  const other = healthRoute(tree);
  // Somebody who expects an error expects no route either.
  if (status >= 300) return { problems: [], notices: [] };
  if (routes === null) {
    const elsewhere = other === undefined || other.path === wanted ? "" : ` (${other.file} answers ${other.path})`;
    const found = `${project}:health.path: is ${path}, and no text of the application says so${elsewhere}`;
    const notice = `${found}; a release that does not answer there is refused after its trial. ${remedy(project, other, wanted)}`;
    return { problems: [], notices: mentioned ? [] : [notice] };
  }
  const route = routes.find((one) => one.path === wanted);
  if (route === undefined) {
    const own = routes.filter(({ line }) => line > 0).map((one) => one.path);
    const known = own.length === 0 ? "no GET request" : `GET at ${own.slice(0, 5).join(", ")}${own.length > 5 ? " and others" : ""} alone`;
    return {
      problems: [
        `${project}:health.path: is ${path}, and the application answers ${known}, so no release would serve. ${remedy(project, other, wanted)}`,
      ],
      notices: [],
    };
  }
  const answered = route.body;
  if (answered === null || matches(body, answered)) return { problems: [], notices: [] };
  return {
    problems: [
      `${project}:health.body: the application answers ${JSON.stringify(answered)} at ${wanted} (line ${route.line}), and ${text(body)} is expected, so no release would serve. Write ${project}:health.body: '${JSON.stringify(answered)}'`,
    ],
    notices: [],
  };
}

function remedy(project: string, other: HealthRoute | undefined, wanted: string): string {
  const body =
    other?.body === undefined || JSON.stringify(other.body) === '{"status":"ok"}'
      ? ""
      : `, and health.body: '${JSON.stringify(other.body)}'`;
  return other === undefined || other.path === wanted
    ? `Add a route that answers {"status":"ok"}, or name one that there is: ${project}:health.path, and what it answers: health.body`
    : `Write ${project}:health.path: ${other.path}${body}`;
}

const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

/** As a host compares: a text byte for byte, an object by the keys that it has. FastAPI writes JSON without blanks. */
function matches(expected: unknown, answered: unknown): boolean {
  if (typeof expected === "string") return expected === "any" || expected === JSON.stringify(answered);
  return holds(expected, answered);
}

function holds(expected: unknown, answered: unknown): boolean {
  if (expected === null || typeof expected !== "object" || Array.isArray(expected)) return isDeepStrictEqual(expected, answered);
  if (answered === null || typeof answered !== "object") return false;
  return Object.entries(expected).every(([key, value]) => holds(value, (answered as Record<string, unknown>)[key]));
}
