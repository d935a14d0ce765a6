/** On which addresses an application server's command line makes it listen. */
import { parseOptions } from "../../shell/options";
import { nameOf } from "../../shell/paths";
import { plain } from "../../shell/text";

/** Addresses without port; empty where the line runs no application server, or one whose default is the loopback. */
export function listening(argv: readonly string[], environment: string): string[] {
  if (!argv.some((w) => NAMED.test(plain(w)))) return [];
  const words = argv.map((w) => w.replace(/^["']|["']$/gu, ""));
  const at = words.findIndex((w) => isServer(nameOf(plain(w.replace(/^[-@:+!]+/u, "")))));
  if (at < 0 || at > 1 + leading(words)) return [];
  const name = nameOf(plain((words[at] ?? "").replace(/^[-@:+!]+/u, "")));
  const rest = words.slice(at + 1);
  if (/^python/u.test(name)) return pythonModule(rest, environment);
  return addresses(name, rest, environment);
}

/** Somewhere in a word that may be one. */
const NAMED = /uvicorn|gunicorn|hypercorn|daphne|flask|waitress-serve|fastapi|python/u;
const isServer = (name: string): boolean => /^(uvicorn|gunicorn|hypercorn|daphne|flask|waitress-serve|fastapi|python[\d.]*)$/u.test(name);

/** Words in front that belong to a wrapper in a unit (`/usr/bin/env A=1 uvicorn`). */
const leading = (words: readonly string[]): number => {
  const first = nameOf(plain(words[0] ?? ""));
  return /^(env|exec|nice|authbind|sudo)$/u.test(first) ? words.filter((w) => /^\w+=|^-/u.test(w)).length + 1 : 0;
};

function pythonModule(words: readonly string[], environment: string): string[] {
  const at = words.indexOf("-m");
  const name = words[at + 1] ?? "";
  if (at < 0) return [];
  const rest = words.slice(at + 2);
  if (name === "http.server") return [parseOptions(rest, { values: "bd", long: { bind: "b", directory: "d" } }).value("b") ?? "0.0.0.0"];
  return isServer(name) ? addresses(name, rest, environment) : [];
}

const fromEnvironment = (environment: string, name: string): string | undefined =>
  new RegExp(`(?:^|[\\s"'])${name}=([^\\s"']+)`, "u").exec(environment)?.[1];

function addresses(name: string, words: readonly string[], environment: string): string[] {
  if (words.some((w) => /^(--version|--help)$/u.test(w))) return [];
  const options = parseOptions(words, {
    values: "bkwpcte",
    long: { host: "host", bind: "b", listen: "listen", port: "port", uds: "uds", fd: "fd", workers: "w", "worker-class": "k", config: "c" },
  });
  if (name === "uvicorn" || name === "flask" || name === "fastapi") {
    if (options.has("uds", "fd")) return [];
    const host = options.value("host") ?? fromEnvironment(environment, name === "flask" ? "FLASK_RUN_HOST" : "UVICORN_HOST");
    const runsOpen = name === "fastapi" && options.operands[0] === "run";
    return host === undefined ? (runsOpen ? ["0.0.0.0"] : []) : [host];
  }
  if (name === "daphne") return (options.given.get("b") ?? []).slice();
  if (name === "waitress-serve") return [options.value("host") ?? hostOf(options.value("listen") ?? "0.0.0.0:8080")];
  const extra = fromEnvironment(environment, "GUNICORN_CMD_ARGS") ?? "";
  const more = parseOptions(extra.split(/\s+/u), { values: "b", long: { bind: "b" } }).given.get("b") ?? [];
  return [...(options.given.get("b") ?? []), ...more].map(hostOf);
}

/** The host of `host:port`, of `:port` (all addresses) and of `unix:path`. */
export function hostOf(binding: string): string {
  if (/^(unix|fd):|^\//u.test(binding)) return binding;
  const host = binding.replace(/:[^:\]]*$/u, "");
  return host === "" || /^\d+$/u.test(host) ? "0.0.0.0" : host;
}
