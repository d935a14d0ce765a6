/** What a Python program does with what is guarded: calls that only read are understood, every other use of such a path is not known. */
import { modeCommands, takenOut } from "./python-modes";
import { quote } from "./text";

/** A path as the first argument of a call that reads it. `open` with a mode is one where the mode reads. */
const READS: readonly RegExp[] = [
  /\bopen\(\s*[rbfu]{0,2}(["'])[^"'\n]{1,300}\1\s*(,\s*(mode\s*=\s*)?["']r[bt]?["']\s*)?(,\s*(encoding|errors|newline|buffering)\s*=\s*[^,()]{1,40})*\)/gu,
  /\b(pathlib\.)?Path\(\s*[rbfu]{0,2}(["'])[^"'\n]{1,300}\2\s*\)\s*\.(exists|is_file|is_dir|stat|read_text|read_bytes|iterdir|glob|rglob|resolve|name|stem|suffix)\b/gu,
  /\bos\.(stat|listdir|scandir|access|chdir|walk|path\.\w+)\(\s*[rbfu]{0,2}(["'])[^"'\n]{1,300}\2/gu,
  /\b(glob\.i?glob|joblib\.load|np\.load|numpy\.load|hashlib\.file_digest|dotenv_values|load_dotenv|sys\.path\.(append|insert))\(\s*(0\s*,\s*)?[rbfu]{0,2}(["'])[^"'\n]{1,300}\3/gu,
];

/** The code without its comments, and without what fits. */
const without = (patterns: readonly RegExp[], code: string): string =>
  patterns.reduce((text, pattern) => text.replace(pattern, ""), code.replace(/^[ \t]*#.*$/gmu, ""));

/** Without its comments and the paths that it reads only. */
export const withoutReads = (code: string): string => without(READS, code);

/** A path that is only asked about: whether it is there, how large it is. */
const ASKS = [
  /\bos\.(stat|access|path\.\w+)\(\s*[rbfu]{0,2}(["'])[^"'\n]{1,300}\2[^()]{0,40}\)/gu,
  /\b(pathlib\.)?Path\(\s*[rbfu]{0,2}(["'])[^"'\n]{1,300}\2\s*\)\s*\.(exists|is_file|is_dir|stat|resolve|name|stem|suffix)\b/gu,
];
export const withoutQuestions = (code: string): string => without(ASKS, code);

/** Names that are given one text, once, read as that text: `p = "/x"; open(p)`. */
export function withLiterals(code: string): string {
  const given = new Map<string, string | undefined>();
  for (const [, name = "", text] of code.matchAll(/(?<![.\w])([A-Za-z_]\w*)\s*=(?!=)\s*(["'][^"'\n]{1,300}["'](?=\s*(?:[;\n]|$)))?/gu))
    given.set(name, given.has(name) ? undefined : text);
  for (const name of boundElsewhere(code)) given.delete(name);
  // In one go: a program may give thousands of names.
  return code
    .replace(/(?<![.\w])([A-Za-z_]\w*)\s*=(?!=)\s*(["'])[^"'\n]{1,300}\2/gu, (all, name: string) =>
      given.get(name) === undefined ? all : "",
    )
    .replace(/(?<![.\w"'])[A-Za-z_]\w*(?![\w"']|\s*=(?!=))/gu, (name) => given.get(name) ?? name);
}

/** Parameters, variables of a loop or of `with`, and what is changed: what these hold is not one text alone. */
const BINDINGS: readonly RegExp[] = [
  /\b(?:for|as|global|nonlocal|del|def|class)\s+(?=(\w+(?:\s*,\s*\w+)*))/gu,
  /\bdef\s+\w+\(([^)]*)/gu,
  /\blambda\b([^:\n]*)/gu,
  /(?<![.\w])(\w+)\s*(?:[-+*/%|&^]|\/\/|\*\*|:)=/gu,
];

const boundElsewhere = (code: string): ReadonlySet<string> =>
  new Set(BINDINGS.flatMap((form) => [...code.matchAll(form)].flatMap(([, names = ""]) => names.match(/\w+/gu) ?? [])));

/** Strings that are a whole path of a file. A name alone, or a folder, says nothing of what the program does there. */
export const pathsIn = (code: string): string[] =>
  [...code.matchAll(/(["'])(\/[\w./-]{1,300})\1/gu)].map(([, , path = ""]) => path).filter((path) => path.split("/").length > 3);

/** An address on which a program takes connections, in the libraries of these languages. */
const LISTENS =
  /(\.bind\s*\(|\b\w*(?:TCP|UDP|HTTP|Unix\w*)Server\b(?:\.new|\.open)?\s*\(|\bstart_server\s*\(|\bcreate_server\s*\(|\bcreateServer\b|IO::Socket::\w+->new\s*\(|\bstream_socket_server\s*\(|\bserve_forever\b|\bListenAndServe\w*\s*\(|\bnet\.Listen\s*\(|\b(?:uvicorn|web|waitress|app)\.(?:run\w*|serve|listen)\s*\()([^\n]{0,160})/gu;
/** A port of the loopback interface, or any that is free just then. */
const INSIDE = /127\.0\.0\.1|localhost|::1|\/run\/|,\s*0\s*\)/u;

/** Whether the program takes connections of others: by whatever it hands them to, that is a port past nginx. */
export function listens(code: string): boolean {
  const found = [...code.matchAll(LISTENS)];
  if (found.some(([, call = ""]) => /->new/u.test(call)) && !/\bListen\b/u.test(code)) return false;
  return found.some(([, call = "", after = ""]) => !INSIDE.test(after) && !(/serve_forever/u.test(call) && found.length > 1));
}

const LOADS = /\b((c?[pP]ickle|dill|cloudpickle|marshal|joblib|torch|shelve)\s*\.\s*loads?|exec|eval|execfile|runpy\s*\.\s*run_\w+)\s*\(/u;
const FETCHES =
  /\b(urlopen|urlretrieve|requests\.(get|post|request)|httpx\.(get|post|request|stream)|hf_hub_download|snapshot_download|gdown\.download|wget\.download|download_file(obj)?)\s*\(/u;

/** Text that came over the network becomes code: in one line, or by a name that was given to what was fetched. */
export function runsFetched(code: string): boolean {
  const lines = code.split("\n");
  const names = new Set(
    lines.flatMap((line) =>
      FETCHES.test(line)
        ? [...line.matchAll(/([A-Za-z_]\w*)\s*=[^=]|\bas\s+([A-Za-z_]\w*)\s*:/gu)].flatMap(([, a, b]) => a ?? b ?? [])
        : [],
    ),
  );
  return lines.some(
    (line) => LOADS.test(line) && (FETCHES.test(line) || (line.match(/[A-Za-z_]\w*/gu) ?? []).some((word) => names.has(word))),
  );
}

const TEXT = String.raw`["']([^"'\\\n{}]{1,300})["']`;
const REST = String.raw`\s*(?:,\s*\w+\s*=\s*[\w.]+\s*)*\)`;
const call = (name: string, ...given: readonly string[]): RegExp =>
  new RegExp(String.raw`\b${name}\(\s*${given.join(String.raw`\s*,\s*`)}${REST}`, "gu");

/** Calls on files of which every word is written out, with the command that does the same (documentation of shutil and os). */
const CALLS: readonly (readonly [RegExp, (...words: readonly string[]) => readonly string[]])[] = [
  [call("shutil\\.copytree", TEXT, TEXT), (from = "", to = "") => ["cp", "-RT", "--preserve=mode,timestamps", from, to]],
  [call("shutil\\.copy2?", TEXT, TEXT), (from = "", to = "") => ["cp", "--preserve=mode", from, to]],
  [call("shutil\\.copyfile", TEXT, TEXT), (from = "", to = "") => ["cp", from, to]],
  [call("shutil\\.move", TEXT, TEXT), (from = "", to = "") => ["mv", from, to]],
  [call("os\\.(?:rename|replace)", TEXT, TEXT), (from = "", to = "") => ["mv", "-T", from, to]],
  [call("os\\.symlink", TEXT, TEXT), (to = "", at = "") => ["ln", "-s", to, at]],
  [call("shutil\\.rmtree", TEXT), (path = "") => ["rm", "-rf", path]],
  [call("os\\.(?:remove|unlink|rmdir)", TEXT), (path = "") => ["rm", "-rf", path]],
  [call("os\\.(?:makedirs|mkdir)", TEXT), (path = "") => ["mkdir", "-p", path]],
  [call("shutil\\.chown", TEXT, TEXT, TEXT), (path = "", user = "", group = "") => ["chown", `${user}:${group}`, path]],
  [call("shutil\\.chown", TEXT, TEXT), (path = "", user = "") => ["chown", user, path]],
];

/** Calls that decide on modes or move files, in their order, and the program with blanks in their place. */
export function asCommands(code: string): { readonly commands: readonly string[]; readonly rest: string } {
  const modes = modeCommands(code);
  const pieces = [...modes.pieces];
  const rest = CALLS.reduce(
    (text, [form, words]) =>
      takenOut(
        text,
        form,
        (...given) =>
          words(...given)
            .map(quote)
            .join(" "),
        pieces,
      ),
    modes.rest,
  );
  return { commands: pieces.sort((a, b) => a.at - b.at).map(({ commands }) => commands), rest };
}

const EVALUATES = /\b(eval|new\s+Function|vm\s*\.\s*run\w*|instance_eval|class_eval|module_eval|create_function)\b/u;
const FETCHES_ELSEWHERE =
  /\b(fetch|axios|got|request|get|getprint|getstore|curl_exec|file_get_contents|fopen|open-uri|URI\s*\.\s*open|Net::HTTP|HTTParty|Faraday|LWP|HTTP::Tiny|WWW::Mechanize)\b/u;

/** The same of Node, Perl, Ruby and PHP. */
export const evaluatesFetched = (code: string): string | undefined =>
  EVALUATES.test(code) && FETCHES_ELSEWHERE.test(code) ? /https?:\/\/[^\s"'`)]{1,200}/u.exec(code)?.[0] : undefined;

/** Where the text comes from that the program fetches and runs as it is; undefined where none is, or where something is made of it first. */
export function executesFetched(code: string): string | undefined {
  if (
    !/\b(exec|eval|execfile|run_path)\s*\(/u.test(code) ||
    !runsFetched(code) ||
    /\b(hashlib|hmac|sha(224|256|384|512)|gpg|nacl|cryptography)\b/u.test(code)
  )
    return undefined;
  return /https?:\/\/[^\s"'`)]{1,200}/u.exec(code)?.[0] ?? "the network";
}
