/** The package index of one's own: what of it is refused, and the address as installers take it. */
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../../policies/cli/schema-words";
import type { PackageIndex } from "./types";
import { isRefused, type Context } from "./value-rules";

export interface IndexKeys {
  readonly index?: string;
  readonly indexUser?: string;
  readonly indexPassword?: string;
}

/** @returns undefined where packages come from PyPI or a wheelhouse */
export function packageIndex({ index, indexUser, indexPassword }: IndexKeys): PackageIndex | undefined {
  if (index === undefined) return undefined;
  if (indexUser === undefined || indexPassword === undefined) return { url: index };
  const [user, password] = [indexUser, indexPassword].map(encodeURIComponent);
  return { url: index, withLogin: pulumi.secret(index.replace("://", `://${user}:${password}@`)) };
}

/** One problem for each mistake; a value that may hold a password is not repeated. */
export function packageIndexes(context: Context): string[] {
  const { project, sections } = context;
  const python = (sections.python ?? {}) as { index?: unknown; indexUser?: unknown; indexPassword?: unknown; wheelhouse?: unknown };
  const egress = (sections.network as { egress?: unknown } | undefined)?.egress;
  const given = typeof python.index === "string";
  const key = `${project}:python.index`;
  const problems = typeof python.index === "string" ? addressProblem(python.index).map((problem) => `${key}: ${problem}`) : [];
  if (problems.length === 0 && given && python.wheelhouse !== undefined) {
    problems.push(`${key}: python.wheelhouse is given too, and packages come from there alone; remove one of the two`);
  } else if (problems.length === 0 && given && egress === "none") {
    problems.push(
      `${key}: network.egress is none, so the backend cannot reach an index; remove it, and put wheels into S3 (python.wheelhouse)`,
    );
  }
  return [...problems, ...loginProblems(context, python)];
}

function addressProblem(text: string): string[] {
  const write = "write https://HOST/PATH, for example https://packages.example.com/simple";
  // Before anything else: no other message may show it.
  if (/^\s*[\w+.-]*:?\/*[^/?#]*@/.test(text)) {
    return [
      "holds a user or a password, which would stand in the stack's file and in previews; write https://HOST/PATH, give the user as python.indexUser " +
        "and set the password with pulumi config set --secret --path python.indexPassword; then treat the old value as known to others",
    ];
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:") return [`found ${shown(text)}, where packages would come unprotected; ${write}`];
  if (url?.protocol !== "https:" || /\s/.test(text)) return [`found ${shown(text)}, which is no https:// address; ${write}`];
  if (url.search !== "" || url.hash !== "") {
    return ["has something behind ? or #, which no index takes and which may be a token; write the address without it"];
  }
  if (url.port !== "") return [`found port ${url.port}, and the hosts reach 443 alone; ${write}`];
  return [];
}

/** User and password belong together, and to an index. */
function loginProblems(context: Context, { index, indexUser, indexPassword }: Record<string, unknown>): string[] {
  const { project } = context;
  const missing = (name: string): boolean => !isRefused(context, `python.${name}`);
  if (index === undefined) {
    return [...(indexUser === undefined ? [] : ["indexUser"]), ...(indexPassword === undefined ? [] : ["indexPassword"])].flatMap((name) =>
      missing("index") ? [`${project}:python.${name}: belongs to an index, and none is given; set python.index, or remove it`] : [],
    );
  }
  if (indexUser !== undefined && indexPassword === undefined && missing("indexPassword")) {
    return [
      `${project}:python.indexPassword: missing, and python.indexUser is given. Set it: pulumi config set --secret --path '${project}:python.indexPassword'`,
    ];
  }
  return indexUser === undefined && indexPassword !== undefined && missing("indexUser")
    ? [
        `${project}:python.indexUser: missing, and python.indexPassword is given; write the user, for example __token__ where a token is all there is`,
      ]
    : [];
}
