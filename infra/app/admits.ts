/** Whether the requests that ask for health are let in: an application may answer certain hosts alone, or HTTPS alone. Pure. */
import type { Admits } from "./syntax";

export interface Asked {
  /** Of `health.host`; the hosts are asked by their address where there is none. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

const ADDRESS = "127.0.0.1";

/** @returns one sentence each, with the key in front */
export function admitProblems(project: string, { hosts, redirects }: Admits, { host, headers = {} }: Asked): string[] {
  const name = (host ?? ADDRESS).replace(/:\d+$/, "").toLowerCase();
  const refused = hosts.filter(({ hosts: names }) => !names.some((pattern) => isAdmitted(pattern.toLowerCase(), name)));
  const secure = Object.keys(headers).some((header) => header.toLowerCase() === "x-forwarded-proto");
  return [
    ...refused.slice(0, 1).map(({ path, line, hosts: names }) => {
      const first = names.find((one) => one !== "");
      const instead =
        first === undefined
          ? `Name a host there, and the same one in ${project}:health.host`
          : `Write ${project}:health.host: ${first.replace(/^\*?\./, "www.")}, or add ${name} there`;
      const found = first === undefined ? "no host at all" : `requests for ${names.slice(0, 5).join(", ")} alone`;
      return `${project}:health.host: ${host === undefined ? "is not set, so health is asked for as 127.0.0.1" : `is ${host}`}, and ${path}, line ${line}, lets in ${found} (allowed hosts), so no release would serve. ${instead}`;
    }),
    ...(redirects === null || secure
      ? []
      : [
          `${project}:health.headers: ${redirects.path}, line ${redirects.line}, sends plain HTTP to HTTPS, and on the hosts nginx and the checks of health ask by HTTP, so no release would serve. Remove HTTPSRedirectMiddleware: the gateway's nginx sends clients to HTTPS where there is a domain; or write ${project}:health.headers: { X-Forwarded-Proto: https }`,
        ]),
  ];
}

/** `*`, a name, or a domain with what is below it, as Starlette (`*.`) and Django (`.`) write it. */
function isAdmitted(pattern: string, name: string): boolean {
  if (pattern === "*" || pattern === name) return true;
  return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : pattern.startsWith(".") && `.${name}`.endsWith(pattern);
}
