/** What Python does to the modes of files: calls and loops of which every word is written out, as the commands of a shell that do the same. */
import { quote } from "./text";

const TEXT = String.raw`["']([^"'\\\n{}]{1,300})["']`;
const MODE = String.raw`(0o[0-7]{3,4}|(?:stat\.)?S_I\w{3,5}(?:\s*\|\s*(?:stat\.)?S_I\w{3,5}){0,11})`;
const PATH = String.raw`(?:pathlib\.)?Path\(\s*${TEXT}\s*\)`;
const BODY = String.raw`[ \t]*(?:\n[ \t]+)?`;
/** Nothing else belongs to the loop. */
const END = String.raw`(?=[ \t]*(?:\n\S|\n*$|\n\s*\n\S))`;

type Command = (...words: readonly string[]) => string;
const chmod = (mode: string, path: string): string => `chmod ${octal(mode)} ${path}`;
const found = (root: string, filter: string, mode: string): string => `find ${quote(root)} ${filter} -exec ${chmod(mode, "{}")} +`;

/** Constants of the module `stat`. */
const BITS: Readonly<Record<string, number>> = {
  ...{ S_ISUID: 0o4000, S_ISGID: 0o2000, S_ISVTX: 0o1000, S_IRWXU: 0o700, S_IRWXG: 0o070, S_IRWXO: 0o007 },
  ...{ S_IRUSR: 0o400, S_IWUSR: 0o200, S_IXUSR: 0o100, S_IRGRP: 0o040, S_IWGRP: 0o020, S_IXGRP: 0o010 },
  ...{ S_IROTH: 0o004, S_IWOTH: 0o002, S_IXOTH: 0o001 },
};
const octal = (mode: string): string => {
  if (mode.startsWith("0o")) return mode.slice(2);
  const bits = mode.split("|").map((name) => BITS[name.trim().replace("stat.", "")] ?? 0);
  return bits
    .reduce((all, one) => all | one, 0)
    .toString(8)
    .padStart(3, "0");
};

const FORMS: readonly (readonly [RegExp, Command])[] = [
  // for top, dirs, names in os.walk("/x"): for n in names: os.chmod(os.path.join(top, n), 0o644)
  [
    new RegExp(
      String.raw`\bfor (\w+), (\w+), (\w+) in os\.walk\(\s*${TEXT}\s*\):((?:\s*for (\w+) in (?:\2|\3):${BODY}os\.chmod\(\s*os\.path\.join\(\s*\1\s*,\s*\6\s*\)\s*,\s*${MODE}\s*\)){1,2})${END}`,
      "gu",
    ),
    (_top = "", dirs = "", _names = "", root = "", loops = "") =>
      [...loops.matchAll(new RegExp(String.raw`for \w+ in (\w+):[^,]*,[^,]*,\s*${MODE}`, "gu"))]
        .map(([, list = "", mode = ""]) => found(root, `-mindepth 1 -type ${list === dirs ? "d" : "f"}`, mode))
        .join("\n"),
  ],
  // for p in Path("/x").rglob("*.py"): p.chmod(0o644)
  [
    new RegExp(
      String.raw`\bfor (\w+) in (?:sorted\(|list\()?${PATH}\s*\.(r?glob)\(\s*["']([^"'\\\n/]{1,100})["']\s*\)\)?:${BODY}(?:\1\.chmod\(|os\.chmod\(\s*\1\s*,)\s*${MODE}\s*\)${END}`,
      "gu",
    ),
    (_name, root = "", call, pattern = "", mode = "") =>
      found(root, `-mindepth 1${call === "glob" ? " -maxdepth 1" : ""} -name ${quote(pattern)}`, mode),
  ],
  // for p in glob.glob("/x/*.py"): os.chmod(p, 0o644)
  [
    new RegExp(
      String.raw`\bfor (\w+) in glob\.i?glob\(\s*["']([\w./*?[\]-]{1,300})["']\s*\):${BODY}os\.chmod\(\s*\1\s*,\s*${MODE}\s*\)${END}`,
      "gu",
    ),
    (_name, pattern = "", mode = "") => chmod(mode, pattern),
  ],
  [new RegExp(String.raw`\bos\.chmod\(\s*${TEXT}\s*,\s*${MODE}\s*\)`, "gu"), (path = "", mode = "") => chmod(mode, quote(path))],
  [new RegExp(String.raw`\b${PATH}\.chmod\(\s*${MODE}\s*\)`, "gu"), (path = "", mode = "") => chmod(mode, quote(path))],
];

export interface Piece {
  readonly at: number;
  /** What a shell would be told in its place. */
  readonly commands: string;
}

/** These pieces of the program, and the program with blanks in their place. */
export function modeCommands(code: string): { readonly pieces: readonly Piece[]; readonly rest: string } {
  const pieces: Piece[] = [];
  const rest = FORMS.reduce((text, [form, command]) => takenOut(text, form, command, pieces), code);
  return { pieces, rest };
}

/** Blanks in the place of each piece keep the others where they stand. */
export function takenOut(text: string, form: RegExp, command: Command, pieces: Piece[]): string {
  return text.replace(form, (piece: string, ...given: readonly unknown[]) => {
    const at = given.findIndex((one) => typeof one === "number");
    const words = given.slice(0, at).map((one) => (typeof one === "string" ? one : ""));
    pieces.push({ at: Number(given[at]), commands: command(...words) });
    return " ".repeat(piece.length);
  });
}
