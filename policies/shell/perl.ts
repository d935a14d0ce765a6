/** What is understood of Perl: its `chmod` with a mode and paths that are written out, and substitutions in place. */
import { readSed } from "./sed-script";
import { quote } from "./text";

const DIES = String.raw`(?: ?(?:or|\|\|) ?(?:die|warn)\b[^;}]{0,200})?(?: ?;)?`;
const PATH = String.raw`(?:"[^"$@\\]{1,300}"|'[^'\\]{1,300}')`;
const GLOB = String.raw`(?:glob ?\(? ?(${PATH}) ?\)?|<([^<>\s$@]{1,300})>)`;
/** In front of each path of a list: `for (glob("...")) { chmod(0444, $_) }`. */
const EACH = new RegExp(
  String.raw`\bfor(?:each)? ?(?:my )?(?:\$\w{1,50} ?)?\( ?${GLOB} ?\) ?\{ ?chmod ?\(? ?(0[0-7]{3,4}) ?, ?\$\w{1,50} ?\)?${DIES} ?\}(?: ?;)?`,
  "gu",
);
const ALONE = new RegExp(String.raw`\bchmod ?\(? ?(0[0-7]{3,4}) ?, ?(?:${GLOB}|(${PATH}(?: ?, ?${PATH}){0,20})) ?\)?${DIES}`, "gu");

/** The commands of a shell that do the same, and the rest of the program. */
export function perlChmods(code: string): { readonly commands: readonly string[]; readonly rest: string } {
  const commands: string[] = [];
  const bare = (path: string): string => path.replace(/^["']|["']$/gu, "");
  const rest = code
    .replace(/\s+/gu, " ")
    .replace(EACH, (_, quoted: string | undefined, angled: string | undefined, mode: string) => {
      commands.push(`chmod ${mode} ${globbed(bare(quoted ?? angled ?? ""))}`);
      return "";
    })
    .replace(ALONE, (_, mode: string, quoted?: string, angled?: string, paths?: string) => {
      const named = paths?.match(new RegExp(PATH, "gu"))?.map((path) => quote(bare(path)));
      commands.push(`chmod ${mode} ${named?.join(" ") ?? globbed(bare(quoted ?? angled ?? ""))}`);
      return "";
    });
  return { commands, rest };
}

/** Perl's glob takes stars, questions and sets as a shell does. */
const globbed = (pattern: string): string => pattern.replace(/[^\w./*?[\]{},-]/gu, (char) => `\\${char}`);

/** The words of `sed` that do what `perl -pi -e PROGRAM FILES` does; undefined for any other program than substitutions of plain texts. */
export function sedOfPerl(args: readonly string[]): readonly string[] | undefined {
  const programs: string[] = [];
  const files: string[] = [];
  let flags = "";
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    const options = files.length === 0 ? /^-([pwn]*(?:i(?:\.\w+|~)?)?)(e?)$|^-(pie?)$/u.exec(word) : null;
    if (options) flags += (options[1] ?? options[3] ?? "").split(".")[0] ?? "";
    if (options && word.endsWith("e")) programs.push(args[(at += 1)] ?? "");
    else if (!options && (word.startsWith("-") || programs.length === 0)) return undefined;
    else if (!options) files.push(word);
  }
  const scripts = programs.map(substitutions);
  if (!flags.includes("p") || !flags.includes("i") || scripts.length === 0 || files.length === 0) return undefined;
  return scripts.every((script) => script !== undefined)
    ? ["-E", "-i", ...scripts.flatMap((script) => ["-e", script]), ...files]
    : undefined;
}

/** What Perl puts together itself (`$ENV{X}`, `@{[...]}`) or runs (`/e`) is no plain text. */
function substitutions(program: string): string | undefined {
  const commands = readSed(program);
  const isPlain =
    commands?.every(
      ({ name, address, replacement, raw }) =>
        name === "s" &&
        address === "" &&
        /^s[/|#,!%]/u.test(raw) &&
        /[/|#,!%][gim]*$/u.test(raw) &&
        !/[$@](?![1-9])|\\[LUElu]/u.test(replacement),
    ) ?? false;
  return isPlain ? commands?.map(({ raw }) => raw.replace(/(?<!\\)\$([1-9])/gu, "\\$1")).join("\n") : undefined;
}
