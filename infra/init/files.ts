/** Files that are there as a whole or not at all, and never over others: each is written beside its place and linked into it. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from "fs";
import { homedir } from "os";
import { dirname, join, resolve } from "path";
import { Problem, systemSentence } from "../../policies/cli";
import { publicKeyOf } from "../config/ssh-key";
import { opensshKey } from "../offline/placeholder-key";

/** @throws the error of the system, EEXIST among them; nothing is left of the attempt. */
export function createWhole(place: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(place), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "wx", mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Unlike a rename, a link never replaces what came there meanwhile.
    linkSync(temporary, place);
  } finally {
    rmSync(temporary, { force: true });
  }
}

export function keyPlace(file: string, root: string): string {
  return file.startsWith("~/") ? join(homedir(), file.slice(2)) : resolve(root, file);
}

/** Whether a key there could be committed. */
function inRepository(place: string): string | undefined {
  let folder = dirname(place);
  while (!existsSync(folder)) folder = dirname(folder);
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** What keeps the key from being used or made there; a key that is there already is looked at. */
export function keyProblems(file: string, root: string): string[] {
  const place = keyPlace(file, root);
  const repository = inRepository(place);
  if (repository !== undefined) {
    return [
      `--key ${file}: lies in the git repository ${repository}, where it could be committed; name a file outside of it, such as ~/.ssh/NAME`,
    ];
  }
  if (!existsSync(place)) return existsSync(`${place}.pub`) ? [`--key ${file}: ${file}.pub is there without it; name another file`] : [];
  try {
    publicKeyOf(readFileSync(place, "utf8"));
  } catch (error) {
    const unread = systemSentence(error, file);
    return [unread === undefined ? `--key ${file}: is there already, and ${(error as Error).message}` : `--key: ${unread}`];
  }
  const others = process.platform === "win32" ? 0 : statSync(place).mode & 0o077;
  return others === 0 ? [] : [`--key ${file}: can be read by others; run: chmod 600 ${file}`];
}

/** Makes the pair, or leaves the one that is there. The private half is for its owner alone. */
export function ensureKey(file: string, root: string, comment: string): "made" | "kept" {
  const place = keyPlace(file, root);
  const kept = existsSync(place);
  if (!kept) createWhole(place, opensshKey(comment), 0o600);
  // A run that ended between the two has left the private half, from which the other follows.
  if (!existsSync(`${place}.pub`)) createWhole(`${place}.pub`, `${publicKeyOf(readFileSync(place, "utf8"))} ${comment}\n`);
  return kept ? "kept" : "made";
}

/** @throws Problem when another text is there */
export function createOrSame(root: string, path: string, text: string): void {
  const place = resolve(root, path);
  if (existsSync(place)) {
    if (readFileSync(place, "utf8") === text) return;
    throw new Problem(`${path}: is there already and says something else; init never overwrites. Name another one, or remove it first`);
  }
  createWhole(place, text);
}
