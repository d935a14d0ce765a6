/** What the settings of the .env files must fulfil. Pure; each rule returns its problems. */
import { findFormats } from "../../policies/rules/secrets/detect";
import { isSecretName } from "../../policies/rules/secrets/names";
import { ENVIRONMENTS, isSecretKey, secretGroupOf } from "./environments";
import { serverNotice, serverProblem } from "./server-settings";
import type { Context } from "./value-rules";
import { isGroup, keyOf } from "./values";

interface Setting {
  readonly section: string;
  readonly name: string;
  readonly value: unknown;
}

/** What every shell, systemd and Python take; lower case as well (http_proxy). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** MAX_ARG_STRLEN of Linux is 128 KiB, with the name, "=" and a NUL. */
const LONGEST = 128 * 1024 - 256;
const MANAGED = ["UPSTREAM_URL", "MODEL_PATH", "DDOS_RELEASE"];
/** They stand in the unit, where a text would be another line. */
const NUMBERS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"];
/** Of every process before its .env is read, which changes nothing that is there. */
const OF_THE_PROCESS = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "INVOCATION_ID", "JOURNAL_STREAM"];
/** Keys that find or sort something and open nothing. */
const PUBLIC_KEY =
  /(^|_)(PUBLIC|CACHE|SORT|PRIMARY|PARTITION|FOREIGN|HOST|OBJECT|INDEX|ROUTING|GROUP|KMS|SHARD|DEDUP|IDEMPOTENCY|BUCKET|S3|FEATURE|MAX|MIN)_KEYS?$/;

export function environment({ project, sections }: Context): string[] {
  const { plain, secret } = settingsOf(sections);
  const read = readByApp(sections);
  const problems = [...plain, ...secret].flatMap((setting) => nameProblem(setting, read) ?? valueProblem(setting) ?? []);
  const leaks = plain
    .filter(({ name, value }) => promisesSecret(name) || holdsPassword(value) || formatOf(value) !== undefined)
    .map((setting) => leak(project, setting));
  const twice = plain
    .filter(({ section, name }) => secret.some((entry) => entry.section === secretGroupOf(section) && entry.name === name))
    .map(({ section, name }) => `${section}.${name}: also given in ${project}:${secretGroupOf(section)}; keep one of the two`);
  const all = [...problems, ...leaks, ...twice].map((problem) => `${project}:${problem}`);
  // The first says enough of a key.
  return all.filter((problem, index) => all.findIndex((other) => keyOf(other) === keyOf(problem)) === index);
}

/** Settings that are accepted and change nothing. */
export function environmentNotices({ project, sections }: Pick<Context, "project" | "sections">): string[] {
  const { plain, secret } = settingsOf(sections);
  // Nothing reads those of a gateway without an application, which is said as a whole.
  const proxy = (sections.gateway as { mode?: unknown } | undefined)?.mode === "proxy";
  const read = [...plain, ...secret].filter(({ section }) => !(proxy && section.startsWith("gateway.")));
  return read.flatMap(({ section, name, value }) => {
    const notice = serverNotice(section, name, readByApp(sections)) ?? (isOwnHost(value) ? OWN_HOST : undefined);
    return notice === undefined ? [] : [`${project}:${section}.${name}: ${notice}`];
  });
}

const OWN_HOST =
  "leads to the host itself, where nothing but the application and nginx listens; name the address of the service (backend.egress lets the backend reach it)";

/** A database's or a cache's address as on a developer's machine. An address of http may be the application itself. */
function isOwnHost(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^(?!https?:)[a-z][\w+.-]*:\/\/(?:[^\s/@]*@)?(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(?=[:/?]|$)/i.test(value)
  );
}

function readByApp(sections: Context["sections"]): string[] {
  const { requires } = (sections.app ?? {}) as { requires?: unknown };
  return Array.isArray(requires) ? requires.map(String) : [];
}

/** Settings that the application is said to need. */
export function requirements({ project, sections }: Context): string[] {
  const { requires } = (sections.app ?? {}) as { requires?: unknown };
  const { plain, secret } = settingsOf(sections);
  const given = [...plain, ...secret].filter(({ section }) => !section.startsWith("gateway.")).map(({ name }) => name);
  const missing = Array.isArray(requires)
    ? requires.filter((name): name is string => typeof name === "string" && NAME.test(name) && !given.includes(name))
    : [];
  return missing.map(
    (name) =>
      `${project}:secretEnv.${name}: missing, and app.requires says that the application needs it. Set it: pulumi config set --secret --path '${project}:secretEnv.${name}'`,
  );
}

function settingsOf(sections: Context["sections"]): { plain: Setting[]; secret: Setting[] } {
  const settings = (secret: boolean): Setting[] =>
    ENVIRONMENTS.filter(([section, key = ""]) => isSecretKey(section, key) === secret).flatMap((group) => {
      const [section, key] = group;
      const whole: unknown = sections[section];
      const found = key === undefined ? whole : isGroup(whole) ? whole[key] : undefined;
      return isGroup(found) ? Object.entries(found).map(([name, value]) => ({ section: group.join("."), name, value })) : [];
    });
  return { plain: settings(false), secret: settings(true) };
}

/** @param read names that app.requires says the application reads */
function nameProblem({ section, name }: Setting, read: readonly string[]): string | undefined {
  if (MANAGED.includes(name)) return `${section}.${name}: is set by the program; remove it`;
  if (OF_THE_PROCESS.includes(name))
    return `${section}.${name}: is set by systemd, which comes before .env, so the application would not see this value; remove it, or let the application read another name`;
  if (/^LD_[A-Z_]+$/.test(name))
    return `${section}.${name}: is for the loader of programs, which has run before .env is read; remove it, and load the library in the application`;
  const served = serverProblem(section, name, read);
  if (served !== undefined) return `${section}.${name}: ${served}`;
  if (NAME.test(name)) return undefined;
  const meant = name
    .trim()
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^(?=\d)/, "_");
  return `${section}.${name}: is not a name for an environment variable; write letters, digits and underscores, not beginning with a digit, for example ${meant === "" ? "NAME" : meant}`;
}

function valueProblem({ section, name, value }: Setting): string | undefined {
  if (typeof value !== "string") return undefined;
  if (NUMBERS.includes(name) && !/^[1-9]\d{0,2}$/.test(value))
    return `${section}.${name}: is no number that libraries read; write a whole number from 1 to 999, for example ${name}: '1'`;
  if (value.includes("\0"))
    return `${section}.${name}: holds a NUL byte, which no environment variable can; write it encoded, for example as base64`;
  if (/\p{Cs}/u.test(value))
    return `${section}.${name}: holds half of a character (a surrogate without its other half), which would not arrive as it is; write the whole character`;
  const bytes = Buffer.byteLength(value);
  if (bytes > LONGEST)
    return `${section}.${name}: has ${bytes} bytes, and Linux starts no program with a variable of more than ${LONGEST}; put it into a file of the application, and its path here`;
  return value.includes("\r")
    ? `${section}.${name}: holds a carriage return (a line end of Windows), which would not arrive as it is; write the value with plain line ends`
    : undefined;
}

/** Wider than the policy pack's rule: whatever may be a secret can stand among the secrets. */
function promisesSecret(name: string): boolean {
  const upper = name.toUpperCase();
  return isSecretName(name) || /(^|_)(DATABASE_URL|DSN)$/.test(upper) || (/(^|_)KEYS?$/.test(upper) && !PUBLIC_KEY.test(upper));
}

/** `https://user:password@host`. */
function holdsPassword(value: unknown): boolean {
  return typeof value === "string" && /[a-z]:\/\/[^\s/@:]{0,500}:[^\s/@]{1,500}@/i.test(value);
}

/** Such as "a GitHub token", whatever the name says. */
function formatOf(value: unknown): string | undefined {
  return typeof value === "string" ? findFormats(value)[0] : undefined;
}

function leak(project: string, { section, name, value }: Setting): string {
  const why = promisesSecret(name) ? "looks like a secret" : `holds ${formatOf(value) ?? "a password"}`;
  return `${section}.${name}: ${why}, and ${section} is stored in plain text; move it: pulumi config set --secret --path '${project}:${secretGroupOf(section)}.${name}'`;
}
