/** chmod, chown, chgrp and setfacl. */
import type { Effect } from "../call";
import type { Call } from "../call";
import type { Entry } from "../files";
import { resolveLinks } from "../files";
import { ANY_MODE, changeMode, isExact, joinedMode } from "../mode";
import { parseOptions } from "../options";
import { absolute, change } from "../tree";
import type { Change } from "../tree";
import { unclear } from "../report";
import { isKnown, plain } from "../text";

/** A first operand such as `-w` or `-rwx` is a mode, not an option. */
const MODE_LIKE = /^-(?:[rwxXst]+|[0-7]+)(?:[-+=,][ugoarwxXst=+,-]*)?$/u;

export const chmod: Effect = (call) => {
  const mode = call.args.find((a) => MODE_LIKE.test(a));
  const options = parseOptions(
    call.args.filter((a) => a !== mode),
    { long: { reference: "reference" } },
  );
  const reference = options.value("reference");
  const operands = mode === undefined ? options.operands : [mode, ...options.operands];
  const [text, ...paths] = reference === undefined ? operands : ["", ...operands];
  const how: Change =
    reference === undefined
      ? (e) => withMode(e, text ?? "", call)
      : (e) => (e.kind === "link" ? e : { ...e, mode: referenceOf(reference, call).mode });
  return applyAll(call, paths, options.has("R", "recursive"), how);
};

export function withMode(entry: Entry, text: string, call: Call): Entry {
  if (entry.kind === "link") return entry;
  const kind = entry.kind === "dir" ? "dir" : entry.kind === "any" ? "any" : "file";
  const mode = isKnown(text) ? changeMode(plain(text), entry.mode, kind, call.state.umask) : undefined;
  return mode ? { ...entry, mode, ...(isExact(mode) ? { doubt: undefined } : {}) } : { ...entry, mode: ANY_MODE };
}

/** What the file of `--reference` has in each of its states. */
function referenceOf(path: string, { state }: Call): Pick<Entry, "mode" | "owner" | "group"> {
  const entries = (state.files.entries.get(resolveLinks(state.files, absolute(path, state))) ?? []).filter(({ kind }) => kind !== "absent");
  const common = (names: readonly (string | undefined)[]): string | undefined => (new Set(names).size === 1 ? names[0] : undefined);
  return {
    mode: joinedMode(entries.map(({ mode }) => mode)) ?? ANY_MODE,
    owner: common(entries.map(({ owner }) => owner)),
    group: common(entries.map(({ group }) => group)),
  };
}

export const chown: Effect = (call) => {
  const options = parseOptions(call.args, { long: { reference: "reference", from: "from" } });
  const reference = options.value("reference");
  const [first, ...rest] = options.operands;
  const paths = reference === undefined ? rest : options.operands;
  const how: Change = (e) => {
    if (reference === undefined) return withOwner(e, first ?? "");
    const { owner, group } = referenceOf(reference, call);
    return { ...e, owner, group };
  };
  return applyAll(call, paths, options.has("R", "recursive"), how, options.has("h", "no-dereference"));
};

/** `user`, `user:group`, `user:` (login group), `:group`; a dot is the old separator. */
export function withOwner(entry: Entry, text: string): Entry {
  const match = /^([^:.]*)(?:([:.])(.*))?$/su.exec(plain(text));
  const [, user = "", separator = "", group = ""] = match ?? [];
  const login = userName(user);
  const given = group !== "" ? userName(group) : separator !== "" && user !== "" ? login : undefined;
  return { ...entry, ...(user === "" ? {} : { owner: login }), ...(given === undefined ? {} : { group: given }) };
}

export const userName = (text: string): string => (text === "0" ? "root" : text);

export const chgrp: Effect = (call) => {
  const options = parseOptions(call.args, { long: { reference: "reference" } });
  const reference = options.value("reference");
  const [group, ...rest] = options.operands;
  const how: Change =
    reference === undefined
      ? (e) => ({ ...e, group: userName(plain(group ?? "")) })
      : (e) => ({ ...e, group: referenceOf(reference, call).group });
  return applyAll(call, reference === undefined ? rest : options.operands, options.has("R", "recursive"), how);
};

/** A grant to anybody else shows as group or other bits. Only what adds rights is modelled; a list in a file may give any. */
export const setfacl: Effect = (call) => {
  const long = { modify: "m", remove: "x", set: "m", "modify-file": "M", "set-file": "M", restore: "restore" };
  const options = parseOptions(call.args, { values: "mxMX", long });
  const grants = (options.given.get("m") ?? []).flatMap((list) => list.split(","));
  const bits = grants.reduce((sum, grant) => sum | aclBits(grant), 0);
  if (options.has("restore"))
    unclear(call.state, call.scope, "`setfacl --restore`, which gives the modes and rights of a list to its files");
  if (options.has("M") || grants.some((grant) => !isKnown(grant)))
    return applyAll(call, options.operands, options.has("R", "recursive"), (e) => ({ ...e, mode: ANY_MODE }));
  return applyAll(call, options.operands, options.has("R", "recursive"), (e) => ({
    ...e,
    mode: { set: e.mode.set | bits, may: e.mode.may | bits },
  }));
};

function aclBits(grant: string): number {
  const match = /^(?:d(?:efault)?:)?(u|user|g|group|o|other|m|mask):([^:]*)(?::([rwxX-]*))?$/u.exec(
    grant.replace(/^(o|other):([rwx-]+)$/u, "$1::$2"),
  );
  if (!match) return 0;
  const [, who = "", name = "", rights = ""] = match;
  const value = (rights.includes("r") ? 4 : 0) | (rights.includes("w") ? 2 : 0) | (rights.includes("x") ? 1 : 0);
  if (who.startsWith("o")) return value;
  return who.startsWith("u") && name === "" ? value << 6 : value << 3;
}

function applyAll(call: Call, paths: readonly string[], recursive: boolean, how: Change, keepLink = false): "likely" {
  for (const path of paths) change(call.state, call.scope.context, absolute(path, call.state), { recursive, keepLink }, how);
  return "likely";
}
