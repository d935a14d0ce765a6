/** Programs that print text of the files and the input that they are given, and where that goes. */
import { isSecretName } from "../core/secret-name";
import type { Call } from "./call";
import { openForWriting, readAll, write, writeContent } from "./channels";
import { decipheredInPlace } from "./effects/deciphered";
import { resolveLinks } from "./files";
import { isGuarded } from "./guarded";
import { resolved } from "./sed-script";
import { SCRIPTED } from "./programs";
import { contentOf } from "./redirects";
import { cannotTell } from "./report";
import type { Status } from "./state";
import { absolute } from "./tree";
import { digestLabel, holdsFetched, hole, isSecretText, isWholeSecret, plain, show } from "./text";

export function readable(arg: string, call: Call): string {
  const name = arg.replace(/^(-\w|--[\w-]+=|@)(?=[/.~])/u, "");
  return name === "" || name.startsWith("-") || /[\s{}$^|\\]/u.test(plain(name)) ? "" : contentOf(name, call.state);
}

/** `grep PATTERN FILE`, `diff A B`, `awk PROGRAM FILE`, `gzip -c FILE`: text of the files and of the input. */
export function printFiles(call: Call): Status {
  const { name, args, state, scope } = call;
  // `tr` has sets of characters for operands, and reads its input alone.
  const operands = name === "tr" ? [] : args.filter((a) => !a.startsWith("-"));
  const given = args.some((a) => /^(-[ef]|--(regexp|file|expression)\b)/u.test(a));
  const files = (SCRIPTED.has(name) && !given ? operands.slice(1) : operands).map((arg) => readable(arg, call));
  const quiet =
    args.some((a) => /^(-[abd-km-pr-zA-Z]*[qcl][a-zA-Z]*|--quiet|--silent|--brief|--count|--files-with.*)$/u.test(a)) &&
    /grep|^(diff|rg|ag|comm)$/u.test(name);
  if (quiet) {
    write(state, scope, 1, `${hole("value", digestLabel(name, ...args))}\n`);
    return "open";
  }
  const script = LANGUAGE.test(name) ? scriptOf(call) : "";
  runsCommands(script, call);
  const environment = READS_ENVIRONMENT[name]?.test(plain(args.join(" "))) === true ? environmentOf(call) : "";
  const takesInput = operands.length <= (SCRIPTED.has(name) && !given ? 1 : 0) || args.includes("-");
  const input = takesInput ? readAll(scope.channels) : "";
  const text = [...files, input].join("");
  const sums = takesInput && files.length === 0 ? sumsIn(call, input) : undefined;
  if (sums !== undefined) {
    write(state, scope, 1, sums);
    return "likely";
  }
  const words = ECHOES.test(name) ? args.join("\n") : "";
  const secret =
    (isSecretText(environment) ||
      isSecretText(words) ||
      isSecretText(input) ||
      files.some((file) => isWholeSecret(file) || (isSecretText(file) && !picksHarmless(call))) ||
      decrypts(call)) &&
    !keepsNames(call) &&
    !encrypts(call);
  const kind = secret ? "secret" : holdsFetched(text) ? "fetched" : "value";
  const said = call.scope.channels.get(1)?.kind === "file" ? textsOf(name, script) : "";
  const printed =
    secret && isInPlace(name, args) ? decipheredInPlace(name, ...args) : `${hole(kind, digestLabel(name, ...args, text))}\n${said}`;
  editsInPlace(call, operands);
  if (!writesResult(call, operands, printed, secret)) write(state, scope, 1, printed);
  writesFiles(script, call, printed);
  return /^(e|f|z)?grep$|^(diff|cmp|rg|ag)$/u.test(name) ? "open" : "likely";
}

/** `sha256sum FILE | cut -d' ' -f1`, `| awk '{ print $1 }'`: the sums alone. */
function sumsIn({ name, args, scope: { context } }: Call, input: string): string | undefined {
  if (context.sums.size === 0 || input === "") return undefined;
  const line = args.map(plain).join(" ");
  const takesFirst =
    name === "cut"
      ? /^(-d ? |--delimiter= )(-f ?1|--fields=1)$|^(-f ?1) -d ? ?$/u.test(line)
      : /awk$/u.test(name) && /^\{ ?print \$1;? ?\}$/u.test(line);
  const sums = input
    .trimEnd()
    .split("\n")
    .map((one) => one.split(" ", 1)[0] ?? "");
  return takesFirst && sums.every((sum) => context.sums.has(sum)) ? `${sums.join("\n")}\n` : undefined;
}

/** They print their words. */
const ECHOES = /^(yes|expr)$/u;

/** Options of these programs that name the file which takes what they print. */
const RESULT: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    ["sort", "age", "rage", "xmllint", "iconv", "zstd", "lz4", "base32", "pr"].map((name) => [name, /^(-o|--output)$/u]),
  ),
  // Letters stand together: `gpg -do FILE`.
  gpg: /^(-\w*o|--output)$/u,
  gpg2: /^(-\w*o|--output)$/u,
  openssl: /^-out$/u,
  sops: /^--output$/u,
};
/** Their last operand is what they write. */
const WRITES_LAST = /^(uniq|sponge|xxd|ar|uuencode)$/u;
/** They put a file beside each that they are given, with its mode and owner. */
const BESIDE: Readonly<Record<string, string>> = { gzip: ".gz", pigz: ".gz", bzip2: ".bz2", xz: ".xz", lzma: ".lzma", zstd: ".zst" };

/** The file that takes what the program prints, where its words name one. */
function resultOf({ name, args }: Call, operands: readonly string[]): string | undefined {
  if (/^c?split$/u.test(name)) return operands.length > 1 ? `${operands.at(-1) ?? "x"}aa` : "xaa";
  if (WRITES_LAST.test(name)) return operands.length > 1 || name === "sponge" ? operands.at(-1) : undefined;
  const option = RESULT[name];
  if (option === undefined) return undefined;
  if (isInPlace(name, args)) return operands.at(-1);
  const at = args.findIndex((a) => option.test(a));
  return at >= 0 ? args[at + 1] : args.map((a) => /^(?:--output=|-o(?=[/.~]))(.+)$/u.exec(a)?.[1]).find((a) => a !== undefined);
}

/** `sops -d -i FILE`: the file itself takes the result. */
const isInPlace = (name: string, args: readonly string[]): boolean =>
  name === "sops" && args.some((a) => /^(-[a-z]*i|--in-place$)/u.test(a));

/** What is printed goes to a file instead. */
function writesResult(call: Call, operands: readonly string[], printed: string, secret: boolean): boolean {
  const { name, args, state, scope } = call;
  const named = resultOf(call, operands);
  if (named !== undefined && !/^(-|\/dev\/(stdout|stderr|null))$/u.test(named)) {
    writeContent(state, scope.context, openForWriting(state, scope.context, absolute(named, state), false), printed, false);
    return true;
  }
  const suffix = BESIDE[name];
  if (suffix === undefined || operands.length === 0 || args.some((a) => /^-\w*[cdtl]|^--(stdout|to-stdout|decompress|test|list)/u.test(a)))
    return false;
  if (secret)
    for (const one of operands) {
      const real = resolveLinks(state.files, absolute(one, state));
      const entries = state.files.entries.get(real);
      if (entries)
        state.files.entries.set(
          `${real}${suffix}`,
          entries.map((e) => ({ ...e, content: printed })),
        );
    }
  return true;
}

/** What only somebody with a key can read is no secret: `gpg -e`, `age -r`, `openssl enc`. A password beside it is another policy's. */
function encrypts({ name, args }: Call): boolean {
  const line = plain(args.join(" "));
  if (/^gpg2?$/u.test(name))
    return /(^| )(-[abdf-zA-Z0-9_]*[ec]\w*|--encrypt|--symmetric)( |$)/u.test(line) && !/(^| )(-d|--decrypt)( |$)/u.test(line);
  if (name === "age" || name === "rage")
    return !/(^| )(-d|--decrypt)( |$)/u.test(line) && /(^| )(-\w*[rRpe]|--(recipient\S*|passphrase|encrypt))/u.test(line);
  if (name === "sops") return /(^| )(-e|--encrypt|encrypt)( |$)/u.test(line);
  return (
    name === "openssl" &&
    (CIPHER.test(line) || (/^(enc|cms|smime|pkeyutl)\b/u.test(line) && /-(encrypt|aes\S*|chacha20)\b/u.test(line))) &&
    !/ -(d|decrypt|a -d)\b/u.test(line)
  );
}

/** `openssl aes-256-cbc ...` is `openssl enc -aes-256-cbc ...`. */
const CIPHER = /^(aes|aria|camellia|chacha20|des3?|sm4|bf|cast5?|rc[245])\b/u;

/** What somebody has encrypted was to be kept: `sops -d`, `age -d`, `gpg --decrypt`, `openssl enc -d`. */
function decrypts({ name, args }: Call): boolean {
  const line = plain(args.join(" "));
  if (name === "sops") return /(^| )(-d|--decrypt|decrypt)( |$)/u.test(line);
  if (/^r?age$/u.test(name)) return /(^| )(-d|--decrypt)( |$)/u.test(line);
  if (/^gpg2?$/u.test(name)) return /(^| )(-[a-z]*d|--decrypt)/u.test(line);
  return name === "openssl" && (CIPHER.test(line) || /^(enc|cms|smime|pkeyutl|rsautl)\b/u.test(line)) && / -(d|decrypt)( |$)/u.test(line);
}

/** Programs in these languages that print what they find in their environment. */
const READS_ENVIRONMENT: Readonly<Record<string, RegExp>> = {
  envsubst: /(?:)/u,
  ...Object.fromEntries(["awk", "gawk", "mawk", "nawk"].map((name) => [name, /\bENVIRON\b/u])),
  ...Object.fromEntries(["jq", "yq"].map((name) => [name, /\$ENV\b|\benv\b|strenv/u])),
};

/** `cut -d= -f1`, `awk -F= '{ print $1 }'`: the names of settings, and none of their values. */
function keepsNames({ name, args }: Call): boolean {
  const line = plain(args.join(" "));
  if (name === "cut") return /(^| )(-d ?=|--delimiter[= ]=)( |$)/u.test(line) && /(^| )(-f ?1|--fields[= ]1)( |$)/u.test(line);
  return /awk$/u.test(name) && /(^| )-F ?=( |$)/u.test(line) && /(^| )\s*(\/[^/{}]*\/\s*)?\{\s*print\s+\$1\s*(;\s*)?\}\s*( |$)/u.test(line);
}

/** `sed -n 's/^mode=//p' FILE`, `grep -E '^(mode|health[A-Z]+)=' FILE`: lines of keys with harmless names, and none other. */
function picksHarmless({ name, args }: Call): boolean {
  const text = plain(args.join("\n"));
  const isOther = name.endsWith("grep") ? args.some((a) => /^(-[a-uw-zA-Z]*v\w*|--invert-match)$/u.test(a)) : /!|[/}]\s*d\b/u.test(text);
  const keys = [...text.matchAll(/\^\(?(?=\w)([\w.|[\]+*-]+)\)?(=?)|\$1 ?== ?"([\w.-]+)"/gu)].flatMap(([, names = "", sign, compared]) =>
    compared === undefined
      ? names.split("|").map((one) => ({ one, isWhole: sign === "=" || one.length > 4 }))
      : { one: compared, isWhole: true },
  );
  return !isOther && keys.length > 0 && keys.every(({ one, isWhole }) => isWhole && !isSecretName(one));
}

/** The values that a program of its own is given. */
export const environmentOf = ({ state }: Call): string =>
  [...state.variables]
    .filter(([variable]) => state.exported.has(variable) || state.options.allexport === true)
    .flatMap(([, { values }]) => values)
    .join("\n");

/** Lines that a program in awk puts into a file beside those that it takes over: `print "location / { ... }"`. */
const textsOf = (name: string, script: string): string =>
  name.endsWith("awk")
    ? [...script.matchAll(/\bprintf?\s{0,9}\(?\s{0,9}"((?:\\.|[^"\\])*)"/gu)].map(([, text = ""]) => `${resolved(text)}\n`).join("")
    : "";

/** `awk -i inplace PROGRAM FILE`: what becomes of the file is not followed. */
function editsInPlace(call: Call, operands: readonly string[]): void {
  const { name, args, state, scope } = call;
  if (!name.endsWith("awk") || !/(^| )(-i ?|--include[= ])inplace( |$)/u.test(plain(args.join(" ")))) return;
  const path = operands.map((one) => resolveLinks(state.files, absolute(one, state))).find((one) => isGuarded(one, scope.context.home));
  if (path !== undefined) cannotTell(scope, `«${name}», which writes ${show(path)} anew`);
}

/** Their programs can run commands and write files. */
const LANGUAGE = /(awk|sed)$/u;

/** The program, with what stands in files of it: `awk -f FILE`. */
function scriptOf({ args, state }: Call): string {
  const files = args.flatMap((arg, at) =>
    /^(-f|--file)$/u.test(arg) ? [args[at + 1] ?? ""] : (/^(?:-f|--file=)(.+)$/u.exec(arg)?.[1] ?? []),
  );
  return plain([...args, ...files.map((file) => contentOf(file, state))].join("\n"));
}

/** `awk '{ print > "FILE" }'`, `sed -n 'w FILE'`: the text goes there, by whatever name; a name that the program makes up is not known. */
function writesFiles(script: string, { name, state, scope }: Call, text: string): void {
  const targets = name.endsWith("awk")
    ? [...script.matchAll(/\bprintf?\b[^>\n;}]{0,500}>>?[ \t]{0,20}([^\s;}]{1,300})/gu)].map(([, to = ""]) => to)
    : [...script.matchAll(/(?:^|[;{}/\d$!gp])[ \t]{0,20}w[ \t]{1,20}(\/[^\s;}]{1,300})/gmu)].map(([, to = ""]) => `"${to}"`);
  for (const target of targets) {
    const path = /^"([^"]+)"$/u.exec(target)?.[1];
    if (path !== undefined && /^\/dev\/(stdout|stderr|null)$/u.test(path)) continue;
    if (path === undefined) cannotTell(scope, `a program in ${name} that writes ${show(target)}, a file whose name it makes up`);
    else writeContent(state, scope.context, openForWriting(state, scope.context, absolute(path, state), true), text, true);
  }
}

function runsCommands(script: string, call: Call): void {
  if (call.name.endsWith("awk") && /\bsystem\s*\(|(?<!\|)\|(?!\|)&?\s*(getline|")/u.test(script.replace(/"[^"|]*\|[^"]*"/gu, '""')))
    cannotTell(call.scope, `a program in ${call.name} that runs commands`);
}
