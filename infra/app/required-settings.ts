/** Settings without which an application ends at once: those that it reads with no way out. Pure, apart from the tree. */
import { isSecretName } from "../../policies/rules/secrets/names";
import type { NeededSetting } from "./syntax";
import { textOf, type AppTree } from "./tree";

/** `os.environ["NAME"]` raises where NAME is missing; `.get` and `getenv` do not. An assignment or a `del` reads nothing. */
const READ = /\benviron\[\s*["']([A-Za-z_]\w*)["']\s*\](?!\s*=[^=])/g;
/** What the hosts set themselves, and what every process has. */
const GIVEN = ["UPSTREAM_URL", "MODEL_PATH", "PATH", "HOME", "USER", "LANG", "PWD", "TMPDIR"];

export function requiredSettings(tree: AppTree): string[] {
  const files = tree.entries.filter(({ path }) => path.endsWith(".py") && !/(^|\/)(tests?|docs|examples?)\//.test(path));
  const names = files.flatMap(({ path }) => [...(textOf(tree, path) ?? "").matchAll(READ)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => !GIVEN.includes(name)).sort();
}

/** What systemd and the unit give to every service. */
const OF_EVERY_SERVICE =
  "PATH HOME USER LOGNAME SHELL LANG PWD DDOS_RELEASE INVOCATION_ID JOURNAL_STREAM PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS OPENBLAS_NUM_THREADS MALLOC_ARENA_MAX".split(
    " ",
  );

/** A host on which the application runs, and the names of its settings. */
export interface HostSettings {
  readonly host: "gateway" | "backend";
  readonly names: readonly string[];
  /** Whether there may be others, which cannot be seen here. */
  readonly more: boolean;
}

/** @param said names that are asked for in another message */
export function missingSettings(
  project: string,
  needed: readonly NeededSetting[],
  hosts: readonly HostSettings[],
  said: readonly string[],
): { readonly problems: string[]; readonly notices: string[] } {
  const first = needed.filter(
    ({ name }, index) => !said.includes(name) && needed.findIndex((one) => one.name === name && one.certain) <= index,
  );
  const unique = first.filter(({ name }, index) => first.findIndex((one) => one.name === name) === index);
  const lacking = hosts.flatMap((host) => unique.filter(({ name }) => !has(host, name)).map((setting) => ({ host, setting })));
  const certain = ({ host, setting }: (typeof lacking)[number]): boolean => setting.certain && !host.more;
  return {
    problems: lacking.filter(certain).map(({ host, setting }) => problemOf(project, host.host, setting)),
    notices: lacking.filter((one) => !certain(one)).map(({ host, setting }) => noticeOf(project, host.host, setting)),
  };
}

/** In any case, since settings classes fold it. */
function has({ names }: HostSettings, name: string): boolean {
  return [...names, ...OF_EVERY_SERVICE].some((one) => one.toUpperCase() === name.toUpperCase());
}

/** What the program sets on one host alone, which nobody can add on the other. */
const OF_ONE_HOST: Readonly<Record<string, string>> = {
  UPSTREAM_URL: "is set on the gateway alone, and the application runs on the backend, too",
  MODEL_PATH: "is set on the backend alone, and only where there are models",
};

/** Settings of packages that can have one kind of value only: the service may write nowhere else (numba makes the folder itself). */
const VALUES: Readonly<Record<string, string>> = { NUMBA_CACHE_DIR: "/home/ddos/data/numba" };

function keyOf(project: string, host: HostSettings["host"], name: string): { key: string; set: string } {
  const group = `${host === "gateway" ? "gateway." : ""}${isSecretName(name) ? "secretEnv" : "env"}`;
  const key = `${project}:${group}.${name}`;
  const value = VALUES[name] ?? "VALUE";
  return { key, set: isSecretName(name) ? `pulumi config set --secret --path '${key}'` : `pulumi config set --path '${key}' ${value}` };
}

function problemOf(project: string, host: HostSettings["host"], { name, path, line }: NeededSetting): string {
  const { key, set } = keyOf(project, host, name);
  const only = OF_ONE_HOST[name];
  if (only !== undefined) {
    return `${project}:app: ${path}, line ${line}, needs ${name} when it is imported, which ${only}, so the service could not start on the ${host}; write os.environ.get("${name}")`;
  }
  return `${key}: missing, and ${path}, line ${line}, needs it when it is imported, so the service could not start on the ${host}. Set it: ${set}${isSecretName(name) || name in VALUES ? "" : " (a secret in secretEnv)"}`;
}

function noticeOf(project: string, host: HostSettings["host"], { name, path, line }: NeededSetting): string {
  const { key, set } = keyOf(project, host, name);
  return `${key}: is not set, and ${path}, line ${line}, reads it without another way; set it, unless that never runs on the ${host}: ${OF_ONE_HOST[name] === undefined ? set : `${name} ${OF_ONE_HOST[name]}`}`;
}
