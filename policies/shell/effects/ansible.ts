/** `ansible localhost -m file -a "path=... mode=..."`: one task without a playbook. What it does to the host itself is done as a shell would. */
import type { Effect } from "../call";
import { runShellText } from "../interpreters";
import { parseOptions } from "../options";
import { plain, quote } from "../text";
import { runUnmodelled } from "../unmodelled";

const LONG = {
  inventory: "i",
  "inventory-file": "i",
  connection: "c",
  "module-name": "m",
  args: "a",
  user: "u",
  "extra-vars": "e",
  forks: "f",
  limit: "l",
  timeout: "T",
  tree: "t",
  "become-user": "become-user",
  "become-method": "become-method",
};

export const ansible: Effect = (call) => {
  const { state, scope } = call;
  const options = parseOptions(call.args, { values: "icmauefltTMP", long: LONG });
  const module = plain(options.value("m") ?? "command").replace(/^ansible\.(builtin|legacy)\./u, "");
  const isHere = plain(options.value("c") ?? "") === "local" || /^(localhost|127\.0\.0\.1)$/u.test(plain(options.operands[0] ?? ""));
  const text = isHere ? taskOf(module, options.value("a") ?? "") : undefined;
  if (text === undefined) return runUnmodelled("ansible", call);
  const before = state.user;
  if (options.has("b", "become")) state.user = plain(options.value("become-user") ?? "root");
  const status = runShellText(text, state, scope);
  state.user = before;
  return status;
};

/** Undefined for a module that is not known. */
function taskOf(module: string, given: string): string | undefined {
  if (/^(command|shell|raw)$/u.test(module)) return given;
  return module === "file" ? fileTask(settingsOf(given)) : undefined;
}

/** `key=value key="a value"`. */
const settingsOf = (given: string): ReadonlyMap<string, string> =>
  new Map(
    [...given.matchAll(/(\w+)=(?:"([^"]*)"|'([^']*)'|(\S+))/gu)].map(([, key = "", a, b, c]): [string, string] => [key, a ?? b ?? c ?? ""]),
  );

const KNOWN = /^(path|dest|name|mode|owner|group|state|recurse|force)$/u;

function fileTask(settings: ReadonlyMap<string, string>): string | undefined {
  const path = settings.get("path") ?? settings.get("dest") ?? settings.get("name");
  const state = settings.get("state") ?? "file";
  if (path === undefined || ![...settings.keys()].every((key) => KNOWN.test(key))) return undefined;
  const made = { file: "", directory: "mkdir -p", touch: "touch", absent: "rm -rf" }[state];
  if (made === undefined) return undefined;
  const all = /^(yes|true|1)$/iu.test(settings.get("recurse") ?? "") ? "-R " : "";
  const [mode, owner, group] = ["mode", "owner", "group"].map((key) => settings.get(key));
  const own = owner === undefined && group === undefined ? undefined : `${owner ?? ""}${group === undefined ? "" : `:${group}`}`;
  return [
    made === "" ? "" : `${made} ${quote(path)}`,
    own === undefined ? "" : `chown ${all}${quote(own)} ${quote(path)}`,
    mode === undefined ? "" : `chmod ${all}${quote(mode)} ${quote(path)}`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}
