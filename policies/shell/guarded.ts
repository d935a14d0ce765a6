/** Paths whose state the policies judge: what an unmodelled program is given of them is not known afterwards. */
import { resolveLinks } from "./files";
import { isWithin, nameOf, normalise } from "./paths";
import type { State } from "./state";
import { isSecretPath } from "./subjects";
import { mapHoles, plain } from "./text";

/** Folders below the service's home that programs fill as they run; nobody asks for their modes. */
const WORKING = /\/(venvs?\d*|\.venv|\.cache|node_modules|\.git|__pycache__|logs?|data|tmp|run)(\/|$)|\.(log|pid|sock)$/u;

/** Configuration that decides who may do what on the host, or what runs there later. */
const SYSTEM =
  /^\/etc\/(systemd\/|nginx\/|ssh\/|sudoers|cron|profile|tmpfiles\.d|ld\.so|pam\.d|rc\.local|update-motd\.d|udev\/|shadow|gshadow|passwd$|group$|security\/)|^\/(usr\/)?lib\/systemd\/|\/\.ssh(\/|$)|^\/var\/spool\/cron|^\/proc\/[^/]+\/environ$/u;

/** Files that root obeys: others than root who may change one are root. What a user's own folders hold is that user's. */
export const isSystemFile = (path: string): boolean =>
  SYSTEM.test(path) &&
  /^\/(etc|(usr\/)?lib)\//u.test(path) &&
  !/\/\.ssh(\/|$)|^\/etc\/(g?shadow|nginx\/.*(htpasswd|\.key|\.pem|\.crt)$)/u.test(path);

export function isGuarded(path: string, home: string): boolean {
  if (isSecretPath(path) || SYSTEM.test(path)) return true;
  return isWithin(path, home) && !WORKING.test(path.slice(home.length));
}

/** The whole machine, or a folder above what is guarded. */
const isAbove = (path: string, home: string): boolean =>
  path === "/" || isWithin(home, path) || path === "/etc" || path === "/root" || path === "/proc";

/** Folders in which a file of any name may be a unit, a table of cron, a key or a rule. */
export const obeysAnyFile = (folder: string, home: string): boolean =>
  /^\/?$|^\/etc$/u.test(folder) || (SYSTEM.test(`${folder}/`) && !isWithin(folder, home));

/** Words that can be paths, however they are wrapped: `-v /a:/b`, `path=/a`, `@/a`, `'/a'`. */
const PIECES = /[^\s"'`=:,;()<>|&@\\{}[\]]+/gu;

/** `/files/etc/ssh/sshd_config` of Augeas, `/mnt/etc/shadow` of a disk that is mounted: paths of the machine behind a root of their own. */
const behindRoot = (path: string, home: string): string | undefined => {
  const at = [path.indexOf("/etc/", 1), path.indexOf(`${home}/`, 1)].find((one) => one > 0);
  return at === undefined ? undefined : path.slice(at);
};

/** Guarded paths that a text names. Nothing of the text is run. @param anywhere behind another root as well */
export function guardedIn(text: string, state: State, home: string, anywhere = false): string[] {
  const found = new Set<string>();
  for (const [piece] of mapHoles(plain(text), () => "\uE003").matchAll(PIECES)) {
    if (/^([a-z][a-z0-9+.-]*:)?\/\//u.test(piece)) continue;
    const path = pathOf(piece, state);
    if (path === undefined) continue;
    const inner = anywhere ? behindRoot(path, home) : undefined;
    if (isGuarded(path, home) || (piece.startsWith("/") && isAbove(path, home))) found.add(path);
    else if (inner !== undefined && isGuarded(inner, home)) found.add(inner);
  }
  return [...found];
}

/** A word without a slash is a path only where it names something that is guarded by its name, or that was seen there. */
function pathOf(piece: string, state: State): string | undefined {
  if (piece.includes("\uE003")) return undefined;
  if (piece.startsWith("/")) return resolveLinks(state.files, normalise(piece, "/"));
  if (/^~[a-z_]/u.test(piece)) return normalise(`/home/${piece.slice(1)}`, "/");
  if (piece.startsWith("~/")) return normalise(piece.slice(2), state.user === "root" ? "/root" : `/home/${state.user}`);
  if (piece.startsWith("-")) return undefined;
  const path = resolveLinks(state.files, normalise(piece, state.cwd));
  return isSecretPath(nameOf(piece)) || state.files.entries.get(path)?.some((e) => e.kind !== "absent") ? path : undefined;
}
