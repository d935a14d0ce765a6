/** find (with -exec and -delete) and xargs: commands over many files. */
import type { Call, Invoke } from "../call";
import { readAll, write } from "../channels";
import type { Status } from "../state";
import { absolute, remove } from "../tree";
import { parseOptions } from "../options";
import { contentOf } from "../redirects";
import { DEEP, DIRS, FILES, plain, STAR, QUESTION } from "../text";
import { select, resolveLinks } from "../files";
import type { Entry } from "../files";
import { globMatches, isPattern, isWithin, nameOf, parentOf } from "../paths";

interface Query {
  readonly roots: readonly string[];
  readonly name?: string;
  /** Names that are left out (`! -name x`). */
  readonly spared: readonly string[];
  readonly kind?: "file" | "dir";
  /** The roots themselves are left out (`-mindepth 1`). */
  readonly onlyBelow: boolean;
  /** A test we do not decide on (`-newer`, `-perm`, `-user`): the action may reach a file or not. */
  readonly vague: boolean;
  readonly actions: readonly (readonly string[])[];
  readonly deletes: boolean;
}

const VALUED = new Set([
  "-newer",
  "-perm",
  "-user",
  "-group",
  "-mtime",
  "-mmin",
  "-size",
  "-ctime",
  "-maxdepth",
  "-mindepth",
  "-path",
  "-wholename",
  "-iname",
  "-regex",
  "-name",
  "-type",
  "-atime",
  "-printf",
  "-uid",
  "-gid",
  "-links",
]);

export function find(call: Call, invoke: Invoke): Status {
  const query = parse(call.args);
  const kept = query.roots.flatMap((root) => sparedBy(query, call, root));
  for (const target of query.roots.flatMap((root) => targets(call, root, query))) {
    for (const action of query.actions) {
      const argv = action.some((a) => a.includes("{}")) ? action.map((a) => a.replaceAll("{}", () => target)) : [...action];
      invoke(argv, call.state, call.scope);
    }
    if (query.deletes) remove(call.state, call.scope.context, target);
    if (query.actions.length === 0 && !query.deletes) write(call.state, call.scope, 1, `${target}\n`);
  }
  for (const [path, entries] of kept) call.state.files.entries.set(path, entries);
  return "likely";
}

/** What the actions cannot have reached, because its name is left out and no folder above it is acted upon as a whole. */
function sparedBy(query: Query, call: Call, root: string): (readonly [string, readonly Entry[]])[] {
  if (query.spared.length === 0) return [];
  const { files } = call.state;
  const folder = resolveLinks(files, absolute(root, call.state));
  const whole = query.kind !== "file" && query.actions.some((action) => action.some((a) => /^(-\w*[rR]|--recursive)/u.test(a)));
  if (whole && !query.onlyBelow) return [];
  return [...files.entries].filter(([path]) => {
    if (path === folder || !isWithin(path, folder) || (whole && parentOf(path) !== folder)) return false;
    return query.spared.some((glob) => globMatches(glob, nameOf(path)));
  });
}

function parse(args: readonly string[]): Query {
  const start = args.findIndex((a) => /^[-(!]/u.test(a) && !/^-[HLPDO]/u.test(a));
  const roots = (start < 0 ? args : args.slice(0, start)).filter((a) => !a.startsWith("-"));
  const actions: string[][] = [];
  const spared: string[] = [];
  let name: string | undefined;
  let kind: "file" | "dir" | undefined;
  let [vague, not, deletes, onlyBelow] = [false, false, false, false];
  for (let i = start < 0 ? args.length : start; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    const value = plain(args[i + 1] ?? "");
    if (/^-(exec|execdir|ok|okdir)$/u.test(arg)) {
      const end = args.findIndex((a, at) => at > i && (a === ";" || a === "+"));
      actions.push(args.slice(i + 1, end < 0 ? undefined : end));
      i = end < 0 ? args.length : end;
    } else if (arg === "-name" || arg === "-iname") {
      if (not) spared.push(value);
      else name = value;
    } else if (arg === "-type") kind = (value === "d") !== not ? "dir" : (value === "f") !== not ? "file" : undefined;
    else if (arg === "-delete") deletes = true;
    else if (arg === "-mindepth") onlyBelow = Number(value) > 0;
    else if (/^-(o|or|prune)$/u.test(arg) || /^-(newer|perm|user|group|mtime|mmin|size|path|regex|wholename|empty)$/u.test(arg))
      vague = true;
    not = arg === "!" || arg === "-not";
    if (VALUED.has(arg)) i += 1;
  }
  return {
    roots: roots.length ? roots : ["."],
    ...(name === undefined ? {} : { name }),
    ...(kind ? { kind } : {}),
    spared,
    onlyBelow,
    vague,
    actions,
    deletes,
  };
}

/** The paths, as patterns, that the actions are run for. */
function targets(call: Call, root: string, query: Query): string[] {
  const folder = absolute(root, call.state);
  if (query.kind === "dir")
    return query.name === undefined
      ? [...(query.onlyBelow ? [] : [folder]), `${folder}/${DEEP}${DIRS}`]
      : [`${folder}/${DEEP}${globbed(query.name)}${DIRS}`];
  const only = query.kind === "file" ? FILES : "";
  if (query.name !== undefined) return [`${folder}/${DEEP}${globbed(query.name)}${only}`];
  const files = [`${folder}/${DEEP}.py${only}`, `${folder}/${DEEP}${only}`].filter(
    (t) => !query.spared.includes("*.py") || !t.includes(".py"),
  );
  const concrete = select(call.state.files, `${resolveLinks(call.state.files, folder)}/${DEEP}`).certain.filter((key) => {
    if (isPattern(key) || query.spared.some((glob) => globMatches(glob, nameOf(key)))) return false;
    return call.state.files.entries.get(key)?.some((e) => e.kind === "file" || (e.kind === "any" && query.kind !== "file")) ?? false;
  });
  return query.kind === "file"
    ? [...files, ...concrete]
    : [...(query.onlyBelow ? [] : [folder]), ...files, `${folder}/${DEEP}${DIRS}`, ...concrete];
}

const globbed = (name: string): string => name.replaceAll("*", STAR).replaceAll("?", QUESTION);

export function xargs(call: Call, invoke: Invoke): Status {
  const options = parseOptions(call.args, {
    values: "IndPLsaEe",
    long: { "max-args": "n", replace: "I", delimiter: "d", "max-procs": "P", "arg-file": "a" },
    stops: true,
  });
  const file = options.value("a");
  const text = file === undefined ? readAll(call.scope.channels) : contentOf(file, call.state);
  const items = text.split(/[\s\0]+/u).filter((item) => item !== "");
  const argv = options.operands.length ? [...options.operands] : ["echo"];
  const marker = options.value("I") ?? (options.has("i") ? "{}" : undefined);
  if (marker !== undefined) {
    for (const item of items)
      invoke(
        argv.map((a) => a.replaceAll(marker, () => item)),
        call.state,
        call.scope,
      );
    return "likely";
  }
  if (items.length === 0) return "likely";
  // `-n 1` or one long line comes to the same: every item is an operand.
  return invoke([...argv, ...items], call.state, call.scope);
}
