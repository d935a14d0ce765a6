/** What a script of `sed -i` puts into a file: the record of the file holds the script in place of a text. */
import { readSed, resolved, wordsOfGroup } from "../sed-script";
import type { SedCommand } from "../sed-script";

/** `sed -i` notes its options in one word, and its script behind that. */
const isEdit = (text: string): boolean => /^-[nErsuz]*i/u.test(text);

interface Edits {
  readonly commands: readonly SedCommand[];
  readonly isExtended: boolean;
}

/** Undefined where the text is no script; one that cannot be read is one command of unknown effect. */
function editsOf(text: string): Edits | undefined {
  if (!isEdit(text)) return undefined;
  const end = text.indexOf("\n");
  const [options, script] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
  const unread: SedCommand = { address: "", name: "?", pattern: "", replacement: "", text: "", raw: script };
  return { commands: readSed(script) ?? [unread], isExtended: /[rE]/u.test(options) };
}

/** The lines that the script puts in; undefined where the text is no script. */
export function editedLines(text: string): string[] | undefined {
  const edits = editsOf(text);
  return edits?.commands.flatMap((command) => put(command, edits.isExtended));
}

function put(command: SedCommand, isExtended: boolean): string[] {
  const { name, text, raw } = command;
  if (/[aic]/u.test(name)) return text.split("\n").map((line) => line.trim());
  if (name === "s")
    return replacements(command, isExtended).flatMap((one) =>
      one === ""
        ? []
        : resolved(one.replace(/\\\d|(?<!\\)&/gu, ""))
            .replace(/^#/u, "")
            .split("\n"),
    );
  // What a file or a program gives, and what is not read, stands for itself: nobody understands such a line.
  return /[rRe?]/u.test(name) ? raw.split("\n").map((line) => line.trim()) : [];
}

const MOST_WORDS = 16;

/** The replacement with each of the words that stand in the place of `\1`. */
function replacements({ pattern, replacement }: SedCommand, isExtended: boolean): string[] {
  let found = [replacement];
  for (const number of new Set([...replacement.matchAll(/\\([1-9])/gu)].map(([, digit]) => Number(digit)))) {
    const words = wordsOfGroup(pattern, number, isExtended);
    if (words === undefined || words.length * found.length > MOST_WORDS) continue;
    found = found.flatMap((one) => words.map((word) => one.replaceAll(`\\${String(number)}`, word)));
  }
  return found;
}

/** Settings without which a service or a login is guarded less. */
const UNIT_GUARDS =
  /^\W*(User|Group|DynamicUser|UMask|NoNewPrivileges|Protect\w*|Private\w*|Restrict\w*|CapabilityBoundingSet|SystemCall\w+|MemoryDenyWriteExecute|ReadOnlyPaths|InaccessiblePaths|LockPersonality|RemoveIPC)\b/u;
const SSHD_GUARDS =
  /^\W*(?:s[*+?]\W*)?(PasswordAuthentication|KbdInteractiveAuthentication|ChallengeResponseAuthentication|AuthenticationMethods|AllowUsers|AllowGroups|DenyUsers|DenyGroups|DisableForwarding|ForceCommand|Match)\b/iu;
/** Of nginx: whom it lets in. */
const SITE_GUARDS = /^\W*(deny|auth_basic|auth_request|limit_except|ssl_verify_client|internal|satisfy)\b/u;
/** Rules of the packet filter, wherever a set-up keeps them, and what keeps packets out there. */
const PACKET_RULES = /\.nft$|\/(nftables|ip6?tables|ufw|firewalld|ferm|shorewall6?)\b/u;
const KEEPS_OUT = /\b(drop|reject|DROP|REJECT|deny|DENY)\b/u;

/** A setting that guards something, which an edit deletes, empties or turns into a comment, and which nothing else puts there. */
export function takenOut(
  path: string,
  text: string,
  written: readonly { readonly path: string; readonly content: string }[],
): string | undefined {
  const edits = editsOf(text);
  if (edits === undefined) return undefined;
  if (PACKET_RULES.test(path))
    return edits.commands.flatMap((one) => removedBy(one, () => true)).find((pattern) => KEEPS_OUT.test(pattern));
  if (/\/nginx\/|nginx\S*\.conf$/u.test(path))
    return edits.commands.flatMap((one) => removedBy(one, (to) => !SITE_GUARDS.test(to))).find((pattern) => SITE_GUARDS.test(pattern));
  const guards = /\/systemd\/.*\.(service|conf)$/u.test(path) ? UNIT_GUARDS : /\/sshd_config/u.test(path) ? SSHD_GUARDS : undefined;
  if (guards === undefined) return undefined;
  return edits.commands
    .flatMap((one) => removedBy(one, (to) => /^\s*(\\?#|$)/u.test(to)))
    .find((pattern) => {
      const key = guards.exec(pattern)?.[1];
      return key !== undefined && !written.some((one) => one.path === path && puts(one.content, key));
    });
}

const puts = (content: string, key: string): boolean =>
  (editedLines(content) ?? content.split("\n")).some((line) => new RegExp(`^\\s*${key}(\\s*=\\s*|\\s+)\\S`, "iu").test(line));

/** `/PATTERN/d`, `/PATTERN/c X`, `s/PATTERN/X/` with another X: what the pattern begins with. @param isGone by what stands in its place */
function removedBy({ address, name, pattern, replacement, text }: SedCommand, isGone: (to: string) => boolean): string[] {
  const to = name === "c" ? text : name === "s" ? replacement : "";
  if (name === "s" ? pattern !== "" && isGone(to) && !(KEEPS_OUT.test(pattern) && KEEPS_OUT.test(to)) : false) return [pattern];
  const of = /^\/([\s\S]+)\/I?$/u.exec(address)?.[1];
  return of !== undefined && (name === "d" || (name === "c" && isGone(to) && !KEEPS_OUT.test(to))) ? [of] : [];
}
