/** What a script of `sed -i` puts into a file: the record of the file holds the script in place of a text. */

/** `sed -i` notes its arguments: the option, and the script. */
const isEdit = (text: string): boolean => /^(-[nErsuz]*i|--in-place)/mu.test(text.slice(0, 40));

/** The lines that the script puts in; undefined where the text is no script. */
export const editedLines = (text: string): string[] | undefined => (isEdit(text) ? edited(text) : undefined);

function edited(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (/^(-|$)/u.test(line)) return [];
    const put = /^(?:\S{0,200}?)s([^\w\s\\])(?:\\.|(?!\1).){0,2000}\1((?:\\.|(?!\1).){0,2000})\1/u.exec(line)?.[2];
    if (put !== undefined)
      return put === ""
        ? []
        : [
            put
              .replace(/\\\d|(?<!\\)&/gu, "")
              .replace(/^\\?#?/u, "")
              .replace(/\\(.)/gu, "$1"),
          ];
    if (/^(\/(?:\\.|[^/\\]){0,2000}\/|\d+|\$)?I?!?[dpq]$/u.test(line)) return [];
    return [/^(?:\/(?:\\.|[^/\\]){0,2000}\/|\d+|\$)?\s*[aic]\\?(.*)$/u.exec(line)?.[1]?.trimStart() ?? line];
  });
}

/** Settings without which a service or a login is guarded less. */
const UNIT_GUARDS =
  /^\W*(User|Group|DynamicUser|UMask|NoNewPrivileges|Protect\w*|Private\w*|Restrict\w*|CapabilityBoundingSet|SystemCall\w+|MemoryDenyWriteExecute|ReadOnlyPaths|InaccessiblePaths|LockPersonality|RemoveIPC)\b/u;
const SSHD_GUARDS =
  /^\W*(?:s[*+?]\W*)?(PasswordAuthentication|KbdInteractiveAuthentication|ChallengeResponseAuthentication|AuthenticationMethods|AllowUsers|AllowGroups|DenyUsers|DenyGroups|DisableForwarding|ForceCommand|Match)\b/iu;

/** A setting that guards something, which an edit deletes, empties or turns into a comment, and which nothing else puts there. */
export function takenOut(
  path: string,
  text: string,
  written: readonly { readonly path: string; readonly content: string }[],
): string | undefined {
  const guards = /\/systemd\/.*\.(service|conf)$/u.test(path) ? UNIT_GUARDS : /\/sshd_config/u.test(path) ? SSHD_GUARDS : undefined;
  if (guards === undefined || !isEdit(text)) return undefined;
  return text
    .split("\n")
    .flatMap(removedBy)
    .find((pattern) => {
      const key = guards.exec(pattern)?.[1];
      return key !== undefined && !written.some((one) => one.path === path && puts(one.content, key));
    });
}

const puts = (content: string, key: string): boolean =>
  (editedLines(content) ?? content.split("\n")).some((line) => new RegExp(`^\\s*${key}(\\s*=\\s*|\\s+)\\S`, "iu").test(line));

/** `/PATTERN/d`, `s/PATTERN//`, `s/PATTERN/#&/`: what the pattern begins with. */
function removedBy(line: string): string[] {
  const deleted = /^\/((?:\\.|[^/\\]){1,2000})\/I?d$/u.exec(line)?.[1];
  if (deleted !== undefined) return [deleted];
  const [, , from = "", to] = /^(?:\S{0,200}?)s([^\w\s\\])((?:\\.|(?!\1).){0,2000})\1((?:\\.|(?!\1).){0,2000})\1/u.exec(line) ?? [];
  return to !== undefined && /^\s*(\\?#|$)/u.test(to) ? [from] : [];
}
