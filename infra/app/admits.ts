/** Whether the requests that ask for health are let in: an application may answer certain hosts alone, or HTTPS alone. Pure. */
import type { Admits } from "./syntax";

export interface Asked {
  /** Of `health.host`; the hosts are asked by their address where there is none. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

const ADDRESS = "127.0.0.1";

/** One sentence each, with the key in front. What stands in a branch, or in an application that may be another one, is a notice. */
export function admitFindings(
  project: string,
  { hosts, redirects, refusal }: Admits,
  { host, headers = {} }: Asked,
): { readonly problems: string[]; readonly notices: string[] } {
  const name = (host ?? ADDRESS).replace(/:\d+$/, "").toLowerCase();
  const refused = hosts.filter(({ hosts: names }) => !names.some((pattern) => isAdmitted(pattern.toLowerCase(), name)));
  const [first] = [...refused.filter(({ certain }) => certain), ...refused];
  const sent = Object.keys(headers).map((header) => header.toLowerCase());
  const found = [
    ...(first === undefined
      ? []
      : [{ certain: first.certain && !sent.includes("x-forwarded-host"), text: ofHosts(project, host, name, first) }]),
    ...(redirects === null || sent.includes("x-forwarded-proto")
      ? []
      : [{ certain: redirects.certain, text: ofRedirect(project, redirects) }]),
  ];
  const text = (certain: boolean): string[] =>
    found.filter((one) => one.certain === certain).map((one) => one.text(certain ? NONE : PERHAPS));
  // It may depend on a setting, so it is no more than a notice.
  const own = refusal === null || sent.length > 0 ? [] : [ofRefusal(project, refusal)];
  return { problems: text(true), notices: [...text(false), ...own] };
}

function ofRefusal(project: string, { path, line }: NonNullable<Admits["refusal"]>): string {
  return `${project}:health.headers: ${path}, line ${line}, refuses requests without credentials (middleware) whatever their path, and health is asked for without any, so no release would serve where that line runs. Let the path of health through there, or give what it asks for (${project}:health.headers; it stands in plain text)`;
}

const NONE = "so no release would serve";
const PERHAPS = "so no release would serve where that line runs";

function ofHosts(project: string, host: string | undefined, name: string, { path, line, hosts: names }: Admits["hosts"][number]) {
  const first = names.find((one) => one !== "");
  const instead =
    first === undefined
      ? `Name a host there, and the same one in ${project}:health.host`
      : `Write ${project}:health.host: ${first.replace(/^\*?\./, "www.")}, or add ${name} there`;
  const found = first === undefined ? "no host at all" : `requests for ${names.slice(0, 5).join(", ")} alone`;
  const asked = host === undefined ? "is not set, so health is asked for as 127.0.0.1" : `is ${host}`;
  return (then: string): string =>
    `${project}:health.host: ${asked}, and ${path}, line ${line}, lets in ${found} (allowed hosts), ${then}. ${instead}`;
}

const ofRedirect =
  (project: string, { path, line }: NonNullable<Admits["redirects"]>) =>
  (then: string): string =>
    `${project}:health.headers: ${path}, line ${line}, sends plain HTTP to HTTPS, and on the hosts nginx and the checks of health ask by HTTP, ${then}. Remove HTTPSRedirectMiddleware: the gateway's nginx sends clients to HTTPS where there is a domain; or write ${project}:health.headers: { X-Forwarded-Proto: https }`;

/** `*`, a name, or a domain with what is below it, as Starlette (`*.`) and Django (`.`) write it. */
function isAdmitted(pattern: string, name: string): boolean {
  if (pattern === "*" || pattern === name) return true;
  return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : pattern.startsWith(".") && `.${name}`.endsWith(pattern);
}
