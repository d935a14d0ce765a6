/** Commands whose output matters to what follows: echo, printf, cat, stat, id, dirname and the like. */
import { withoutTrailing } from "../../core/text";
import { ansi } from "../convert-words";
import type { Call, Effect } from "../call";
import { readAll, write } from "../channels";
import { resolveLinks } from "../files";
import { isExact } from "../mode";
import { nameOf, normalise, parentOf } from "../paths";
import { prove } from "../proven";
import { contentOf } from "../redirects";
import { isSecretPath } from "../subjects";
import { absolute } from "../tree";
import { digestLabel, foreign, hole, holdsSecret, holesOf, isKnown, markSecret, plain, SECRET_MARK, unknownOf } from "../text";
import { parseOptions } from "../options";
import { runUnmodelled } from "../unmodelled";

const say = (call: Call, text: string): "likely" => {
  write(call.state, call.scope, 1, text);
  return "likely";
};

export const echo: Effect = (call) => {
  const args = [...call.args];
  let newline = "\n";
  let escapes = false;
  while (/^-[neE]+$/u.test(args[0] ?? "")) {
    const letters = args.shift() ?? "";
    if (letters.includes("n")) newline = "";
    if (letters.includes("e")) escapes = true;
  }
  const text = args.join(" ");
  write(call.state, call.scope, 1, (escapes ? ansi(text) : text) + newline);
  return "ok";
};

export const printf: Effect = (call) => {
  const args = [...call.args];
  if (args[0] === "-v") {
    const [, name = ""] = args.splice(0, 2);
    call.state.variables.set(name, { values: [formatted(args)] });
    return "ok";
  }
  if (args[0] === "--") args.shift();
  write(call.state, call.scope, 1, formatted(args));
  return "ok";
};

function formatted(args: readonly string[]): string {
  const format = ansi(args[0] ?? "");
  const rest = args.slice(1);
  const slots = [...format.matchAll(SLOTS)].filter(([, kind]) => kind !== undefined).length;
  const rounds = slots === 0 ? 1 : Math.max(Math.ceil(rest.length / slots), 1);
  let text = "";
  for (let i = 0; i < rounds; i += 1)
    text += format.replace(SLOTS, (_, kind?: string) => (kind === undefined ? "%" : slotted(kind, rest.shift() ?? "")));
  return text;
}

const SLOTS = /%%|%[-+ #0-9.*]*(?:\([^)]*\))?([a-zA-Z])/gu;
const BASES: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

/** A width fills up with blanks, which nobody asks for; what is cut, counted or rounded is not known. */
function slotted(kind: string, given: string): string {
  if (/[sdiuq]/u.test(kind)) return given;
  if (kind === "b") return ansi(given);
  const base = BASES[kind];
  if (base !== undefined && /^[1-9]\d{0,9}$/u.test(given)) return Number(given).toString(base);
  return hole(holdsSecret(given) ? "secret" : "value", `printf ${kind}`);
}

export const cat: Effect = (call) => {
  const files = call.args.filter((a) => !/^-./u.test(a));
  const texts =
    files.length === 0
      ? [readAll(call.scope.channels)]
      : files.map((f) => (f === "-" || f === "/dev/stdin" ? readAll(call.scope.channels) : readFile(f, call)));
  return say(call, texts.join(""));
};

function readFile(file: string, call: Call): string {
  // The environment of any process: that of the service holds what stands in .env.
  if (/^\/proc\/.+\/environ$/u.test(file)) return hole("secret", file);
  const text = contentOf(file, call.state);
  const entries = call.state.files.entries.get(resolveLinks(call.state.files, absolute(file, call.state)));
  return (entries?.some((e) => e.secret) ?? isSecretPath(file)) ? markSecret(text === "" ? hole("secret", file) : text) : text;
}

export const base64: Effect = (call) => {
  const decode = call.args.some((a) => /^(-d|-D|--decode|-di|-id)$/u.test(a));
  const file = call.args.find((a) => !a.startsWith("-"));
  const text = file === undefined ? readAll(call.scope.channels) : contentOf(file, call.state);
  if (!isKnown(text)) return say(call, unknownOf(`base64 ${holesOf(text)[0]?.label ?? ""}`, [text]));
  const bytes = plain(text).replace(/\s+/gu, "");
  const result = decode ? foreign(Buffer.from(bytes, "base64").toString("utf8")) : `${Buffer.from(plain(text)).toString("base64")}\n`;
  return say(call, text.includes(SECRET_MARK) ? markSecret(result) : result);
};

export const dirname: Effect = (call) => say(call, `${parentOf(normalise(call.args.at(-1) ?? "", call.state.cwd))}\n`);
export const basename: Effect = (call) => {
  const operands = call.args.filter((a) => !a.startsWith("-"));
  const name = nameOf(withoutTrailing(operands[0] ?? "", "/"));
  const suffix = operands[1] ?? "";
  return say(call, `${suffix !== "" && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
};
export const readlink: Effect = (call) => {
  const operand = call.args.filter((a) => !a.startsWith("-")).at(-1) ?? "";
  const path = absolute(operand, call.state);
  const canonical = call.name === "realpath" || call.args.some((a) => /^-[fem]/u.test(a));
  const entries = call.state.files.entries.get(resolveLinks(call.state.files, path, true));
  if (canonical) return say(call, `${resolveLinks(call.state.files, path)}\n`);
  const targets = [...new Set(entries?.map((e) => e.target))];
  return say(call, `${targets.length === 1 && targets[0] !== undefined ? targets[0] : hole("value", `readlink ${operand}`)}\n`);
};
export const pwd: Effect = (call) => say(call, `${call.state.cwd}\n`);
export const whoami: Effect = (call) => say(call, `${call.state.user}\n`);
export const id: Effect = (call) => {
  const letters = call.args.filter((a) => /^-/u.test(a)).join("");
  const operand = call.args.find((a) => !a.startsWith("-"));
  const user = operand ?? call.state.user;
  if (letters.includes("n")) say(call, `${user}\n`);
  else if (letters.includes("u")) say(call, `${user === "root" ? "0" : hole("value", `uid ${user}`)}\n`);
  else say(call, `${hole("value", `id ${user}`)}\n`);
  return operand === undefined || operand === "root" ? "likely" : "open";
};

/** `stat -c %a`: the mode, owner or group where one is certain. */
export const stat: Effect = (call) => {
  const at = call.args.findIndex((a) => a === "-c" || a === "--format" || a === "--printf");
  const format =
    at >= 0
      ? (call.args[at + 1] ?? "")
      : (call.args.find((a) => /^--(format|printf)=/u.test(a))?.replace(/^[^=]*=/u, "") ??
        call.args.find((a) => /^-c./u.test(a))?.slice(2));
  const file = call.args.at(-1) ?? "";
  const entries = call.state.files.entries.get(resolveLinks(call.state.files, absolute(file, call.state)));
  const entry = entries?.length === 1 ? entries[0] : undefined;
  const unknown = (what: string): string => hole("value", `stat ${what} ${file}`);
  const text = (format ?? "%n").replace(/%0?([aUGnF])/gu, (_, letter: string) => {
    if (letter === "n") return file;
    if (!entry || entry.kind === "absent") return unknown(letter);
    if (letter === "a") return isExact(entry.mode) ? entry.mode.set.toString(8) : unknown("mode");
    if (letter === "U") return entry.owner ?? unknown("owner");
    return letter === "G" ? (entry.group ?? unknown("group")) : unknown(letter);
  });
  say(call, /%[^aUGnF]/u.test(text) ? `${unknown("format")}\n` : `${text}\n`);
  return entries?.every((e) => e.kind === "absent") ? "failed" : entry ? "likely" : "open";
};

/** `head` and `tail` by lines are exact on known text; anything else keeps only what kind of text it was. */
export const head: Effect = (call) => {
  const options = parseOptions(
    call.args.map((a) => a.replace(/^-(\d+)$/u, "-n$1")),
    { values: "nc", long: { lines: "n", bytes: "c" } },
  );
  const files = options.operands;
  const text = files.length === 0 ? readAll(call.scope.channels) : files.map((f) => readFile(f, call)).join("");
  const count = options.value("n") ?? "10";
  if (!isKnown(text) || text.includes(SECRET_MARK) || options.has("c", "f", "F") || !/^\d+$/u.test(count))
    return say(call, `${opaque(call, text)}\n`);
  const lines = text.replace(/\n$/u, "").split("\n");
  const kept = call.name === "tail" ? lines.slice(Math.max(lines.length - Number(count), 0)) : lines.slice(0, Number(count));
  return say(call, text === "" ? "" : `${kept.join("\n")}\n`);
};

/** What a filter makes of a text: unknown, but as secret or as foreign as the text was. */
export function opaque(call: Call, text: string): string {
  const kinds = holesOf(text).map((h) => h.kind);
  const kind = text.includes(SECRET_MARK) || kinds.includes("secret") ? "secret" : kinds.includes("fetched") ? "fetched" : "value";
  return hole(kind, digestLabel(call.name, ...call.args, text));
}

/** `sha256sum -c` with a known sum makes a fetched file as good as one that was shown; otherwise it prints sums. */
export const sha256sum: Effect = (call) => {
  const options = parseOptions(call.args, { values: call.name === "shasum" ? "a" : "", long: { algorithm: "a" } });
  if (!options.has("c", "check")) return say(call, sumsOf(call, options.operands));
  const [list] = options.operands;
  const text = list === undefined || list === "-" ? readAll(call.scope.channels) : contentOf(list, call.state);
  for (const [, path = ""] of plain(text).matchAll(/^[0-9a-f]{40,128} [ *](.+)$/gmu)) {
    pin(path.trim(), call);
  }
  return "likely";
};

/** `SUM  FILE`, a line for each. A sum tells nothing of what it was made of. */
function sumsOf(call: Call, files: readonly string[]): string {
  const { context } = call.scope;
  const named = files.length > 0 ? files : ["-"];
  return named
    .map((file) => {
      const text = file === "-" ? readAll(call.scope.channels) : contentOf(file, call.state);
      const sum = hole("value", digestLabel(call.name, file, text));
      if (file !== "-") context.sums.set(sum, resolveLinks(call.state.files, absolute(file, call.state)));
      return `${sum}  ${file}\n`;
    })
    .join("");
}

function pin(path: string, call: Call): void {
  prove([resolveLinks(call.state.files, absolute(path, call.state))], call.state);
}

/** `gpg --verify SIGNATURE [FILE]`, gpgv, minisign -Vm, cosign verify-blob, openssl dgst -verify: they fail where the file is another one. */
export const verify: Effect = (call) => {
  const { args, name } = call;
  const { operands } = parseOptions(args, { values: name === "minisign" ? "mPpx" : "", long: VERIFY_VALUES });
  const last = args.at(-1) ?? "";
  const minisign = args.findIndex((arg) => /^-V?m$/u.test(arg));
  if (name === "gpg" || name === "gpg2" ? args.includes("--verify") : name === "gpgv") {
    const named = operands.filter((one) => one !== "-");
    pin(named.length > 1 ? last : last.replace(/\.(asc|sig|gpg)$/u, ""), call);
  } else if (name === "minisign" && args.some((arg) => /^-V/u.test(arg))) pin(args[minisign + 1] ?? "", call);
  else if ((name === "cosign" && args[0] === "verify-blob") || (name === "openssl" && args[0] === "dgst" && args.includes("-verify")))
    pin(last, call);
  return runUnmodelled(name, call);
};

const VERIFY_VALUES = { keyring: "k", homedir: "h", "trust-model": "t", "status-fd": "s" };
