/** `chmod` of Ruby, PHP and Node with a mode and paths that are written out, as the command of a shell that does the same. */
import { JAVASCRIPT } from "./programs";
import { quote } from "./text";

const PATH = String.raw`(?:"[^"$#\\{}]{1,300}"|'[^'\\]{1,300}')`;
const PATHS = String.raw`(${PATH}(?:\s*,\s*${PATH}){0,20})`;
const ALL = new RegExp(PATH, "gu");
const MODE = String.raw`(0o?[0-7]{3,4})`;

/** Where mode and paths stand: in Ruby the mode comes first. */
const CALLS: readonly (readonly [program: RegExp, call: RegExp, modeFirst: boolean])[] = [
  [/^ruby/u, new RegExp(String.raw`\b(?:File|FileUtils)\.chmod[ (]{1,3}${MODE}\s*,\s*\[?${PATHS}\]?\s*\)?`, "gu"), true],
  [/^php/u, new RegExp(String.raw`\bchmod\s*\(\s*(${PATH})\s*,\s*${MODE}\s*\)`, "gu"), false],
  [
    new RegExp(`^(${JAVASCRIPT})$`, "u"),
    new RegExp(String.raw`\b(?:l?chmod|chmodSync)\s*\(\s*(${PATH})\s*,\s*["']?${MODE}["']?\s*\)`, "gu"),
    false,
  ],
];

/** The commands of a shell that do the same, and the rest of the program. */
export function chmodsOf(program: string, code: string): { readonly commands: readonly string[]; readonly rest: string } {
  const [, call, modeFirst] = CALLS.find(([one]) => one.test(program)) ?? [];
  if (call === undefined) return { commands: [], rest: code };
  const commands: string[] = [];
  const rest = code.replace(call, (_, first: string, second: string) => {
    const [mode, paths] = modeFirst === true ? [first, second] : [second, first];
    const named = (paths.match(ALL) ?? []).map((path) => quote(path.slice(1, -1)));
    commands.push(`chmod ${mode.replace(/^0o?/u, "")} ${named.join(" ")}`);
    return "";
  });
  return { commands, rest };
}
