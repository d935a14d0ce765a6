/** Whether the application answers at the path of health as it is expected to: certain where all its routes are seen, else a notice. Pure, apart from the tree. */
import { answeredText, bodyKey, isSameJson, matches } from "./health-body";
import { healthRoute } from "./health-route";
import type { HealthAnswer, Route, RouteBody } from "./syntax";
import type { AppTree } from "./tree";

/** What is expected where nothing is configured. */
const USUAL = '{"status":"ok"}';

export interface ExpectedHealth {
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Which of the routes that are seen is asked for health, or may have been meant. */
export function healthProblems(
  project: string,
  tree: AppTree,
  { path, status, body, headers = {} }: ExpectedHealth,
  { mentioned, routes, seen }: HealthAnswer,
): { readonly problems: string[]; readonly notices: string[] } {
  const wanted = path.split("?", 1)[0] ?? path;
  // Somebody who expects an error expects no route either.
  if (status >= 300) return { problems: [], notices: [] };
  const route = (routes ?? seen).find((one) => one.path === wanted);
  const key = `${project}:health.path: is ${path}`;
  if (route === undefined && routes !== null) {
    const own = routes.filter(({ line }) => line > 0);
    const named = own.slice(0, 5).map(shownRoute).join(", ");
    const known = own.length === 0 ? "no GET request" : `GET at ${named}${own.length > 5 ? " and others" : ""} alone`;
    return {
      problems: [`${key}, and the application answers ${known}, so no release would serve. ${remedy(project, tree, wanted, own)}`],
      notices: [],
    };
  }
  if (route === undefined) {
    const found = elsewhere(tree, wanted, seen, mentioned);
    if (found === undefined) return { problems: [], notices: [] };
    const notice = `${key}, ${found}; a release that does not answer there is refused after its trial. ${remedy(project, tree, wanted, seen)}`;
    return { problems: [], notices: [notice] };
  }
  const alone = routes !== null && routes.filter((one) => one.path === wanted).length === 1;
  // Headers may be what it asks for.
  if (route.guard && Object.keys(headers).length === 0) return credentials(key, route.guard, alone);
  if (route.status !== undefined && route.status !== status) return otherStatus(project, wanted, route, status, alone);
  const answered = route.body;
  if (answered === null || matches(body, answered)) return { problems: [], notices: [] };
  const expected = `${text(body)} is expected${isSameJson(body, answered) ? ", byte for byte" : ""}`;
  const said = `${project}:health.body: the application answers ${answeredText(answered)} at ${wanted} (${route.file}, line ${route.line}), and ${expected}, so no release would serve`;
  const instead = `Write ${project}:${bodyKey(answered)}`;
  // Where not all of the application is seen, something else may answer before, or change the answer.
  return !alone
    ? { problems: [], notices: [`${said}, unless another part of the application answers or changes that. ${instead}`] }
    : { problems: [`${said}. ${instead}`], notices: [] };
}

function otherStatus(project: string, wanted: string, { file, line, status = 200 }: Route, expected: number, certain: boolean) {
  const said = `${project}:health.status: the application answers ${status} at ${wanted} (${file}, line ${line}), and ${expected} is expected`;
  const instead =
    status < 300
      ? `Write ${project}:health.status: ${status}${status === 204 ? ", and health.body: any (204 has none)" : ""}`
      : `Answer ${expected} there`;
  return certain
    ? { problems: [`${said}, so no release would serve. ${instead}`], notices: [] }
    : { problems: [], notices: [`${said}, unless another part of the application answers. ${instead}`] };
}

function credentials(key: string, { scheme, path, line }: NonNullable<Route["guard"]>, certain: boolean) {
  const said = `${key}, and ${path}, line ${line}, asks for credentials there (${scheme}), which the request for health does not bring`;
  const instead = "Leave the route without that, or give what it asks for (health.headers; it stands in plain text)";
  return certain
    ? { problems: [`${said}, so no release would serve. ${instead}`], notices: [] }
    : { problems: [], notices: [`${said}; a release that refuses it is refused after its trial. ${instead}`] };
}

const shownRoute = ({ path, file, line, open }: Route): string => `${open === true ? "…" : ""}${path} (${file}, line ${line})`;

/** What is known of another place; undefined where nothing says that there is none at the wanted one. */
function elsewhere(tree: AppTree, wanted: string, seen: readonly Route[], mentioned: boolean): string | undefined {
  const below = seen.find(({ path }) => path.endsWith(wanted));
  if (below?.open === true)
    return `and ${below.file}, line ${below.line}, answers ${below.path} below a prefix that is only known when the application runs`;
  if (below !== undefined) return `and what is seen answers ${shownRoute(below)}`;
  if (mentioned) return undefined;
  const other = healthRoute(tree);
  return `and no text of the application says so${other === undefined || other.path === wanted ? "" : ` (${other.file} answers ${other.path})`}`;
}

/** Names that routes of health have, the likeliest first. */
const NAMES = [
  /\/health\/?$/,
  /\/healthz\/?$/,
  /\/health[-_]?check\/?$/,
  /\/(ready|readyz|live|livez|heartbeat)\/?$/,
  /\/(ping|status)\/?$/,
];

/** The route that is probably one of health, by its name; one that asks for no credentials before others. */
export function likeliestHealth(routes: readonly Route[]): Route | undefined {
  const likeliest = (some: readonly Route[]): Route | undefined =>
    NAMES.map((name) => some.find(({ path, open }) => open !== true && name.test(path))).find((one) => one !== undefined);
  return likeliest(routes.filter(({ guard }) => guard === undefined)) ?? likeliest(routes);
}

function remedy(project: string, tree: AppTree, wanted: string, seen: readonly Route[]): string {
  const near = likeliestHealth(seen);
  const below = seen.find(({ path, open }) => path.endsWith(wanted) && open === true);
  if (near === undefined && below !== undefined) return `Write ${project}:health.path with that prefix, unless it is empty`;
  const written = near === undefined ? healthRoute(tree) : undefined;
  const other = near === undefined && written !== undefined ? { path: written.path, body: jsonBody(written.body) } : near;
  const body = other?.body === null || other?.body === undefined || matches(USUAL, other.body) ? "" : `, and ${bodyKey(other.body)}`;
  return other === undefined || other.path === wanted
    ? `Add a route that answers {"status":"ok"}, or name one that there is: ${project}:health.path, and what it answers: health.body`
    : `Write ${project}:health.path: ${other.path}${body}`;
}

const jsonBody = (body: unknown): RouteBody | null => (body === undefined ? null : { json: body });

const text = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));
