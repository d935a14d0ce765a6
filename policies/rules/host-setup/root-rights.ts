/** By what the service's user is root under another name: its number, a group, a rule of sudo, a program of its own with root's rights. */
import type { Finding, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import type { Executed } from "../../shell/state";
import { parseOptions } from "../../shell/options";
import { isWithin } from "../../shell/paths";
import { plain, show } from "../../shell/text";
import { subjects, violation } from "./findings";
import { programOf, wordsOf } from "./runs";
import { linesWritten } from "./written";

const FIX = "Give the user the one thing that it needs: a capability of the unit, one command of sudo, a group that owns one file.";

/** Their members start containers, read disks and memory, or run what they like by sudo. */
const ROOT_GROUPS = /^(root|0|sudo|wheel|admin|docker|lxd|lxc|incus(-admin)?|libvirt(d|-qemu)?|disk|kmem|shadow)$/u;

export function rootRights({ record, files }: Asked, settings: Settings): Finding[] {
  const { user, home } = settings;
  const given = record.executed.flatMap((run) => {
    const what = rightsOf(run, user);
    return what === undefined ? [] : [violation(run.place, `\`${show(run.argv.join(" "))}\` ${what}. ${FIX}`)];
  });
  const rules = linesWritten(record, /^\/etc\/sudoers(\.d\/[^.~]+)?$/u)
    .filter(({ line }) =>
      new RegExp(`^${user}\\s+ALL\\s*=\\s*(\\(\\s*(ALL|root)\\b[^)]*\\)\\s*)?(NOPASSWD\\s*:\\s*)?ALL\\s*$`, "u").test(line),
    )
    .map(({ path, line, place }) => violation(place, `${show(path)} gets \`${show(line)}\`, by which ${user} is root. ${FIX}`));
  const programs = subjects(files, (path, { kind, mode, owner }) => isSetuid(kind, mode) && owner === "root" && isWithin(path, home)).map(
    ({ path, entry }) => violation(entry.place, `${show(path)} runs as root, whoever starts it (setuid). ${FIX}`),
  );
  return [...given, ...rules, ...programs];
}

const isSetuid = (kind: string, { set, may }: { readonly set: number; readonly may: number }): boolean =>
  kind !== "link" && kind !== "dir" && (set & 0o4000) !== 0 && (may & 0o111) !== 0;

/** The end of a sentence that begins with the command. */
function rightsOf(run: Executed, user: string): string | undefined {
  const program = programOf(run);
  if (!/^(usermod|useradd|gpasswd|adduser)$/u.test(program)) return undefined;
  const words = wordsOf(run);
  const options = parseOptions(words, {
    values: program === "gpasswd" ? "adMA" : program === "adduser" ? "" : "Gguspdcef",
    long: { groups: "G", gid: "g", uid: "u", add: "a", ingroup: "g" },
  });
  const [first = "", second] = options.operands;
  if (program === "gpasswd") return plain(options.value("a") ?? "") === user ? groupOf(first) : undefined;
  if (program === "adduser" && second !== undefined) return first === user ? groupOf(second) : undefined;
  if (options.operands.at(-1) !== user) return undefined;
  if (options.value("u") === "0") return `gives ${user} the number of root`;
  return ["G", "g"]
    .flatMap((key) => (options.given.get(key) ?? []).flatMap((value) => value.split(",")))
    .map(groupOf)
    .find((what) => what !== undefined);
}

const groupOf = (name: string): string | undefined =>
  ROOT_GROUPS.test(name) ? `makes a member of the group ${show(name)}, which is root under another name` : undefined;
