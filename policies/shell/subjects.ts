/** Which paths the policies are about. */
import { nameOf } from "./paths";
import { isSecretName } from "../core/secret-name";
import { holdsSecret, isKnown, plain } from "./text";

/** What processes hold: their variables, and all of their memory. */
const MEMORY = /^\/proc\/[^/]+\/(environ|mem)$|^\/proc\/kcore$|^\/dev\/k?mem$/u;
const EXAMPLE = /\.(example|sample|template|dist|tmpl|md)$/u;

/** Environment files: `.env`, `.env.prod`, `.env.new`, `prod.env`; not `.env.example`. */
export function isSecretPath(path: string): boolean {
  if (MEMORY.test(path)) return true;
  const name = plain(nameOf(path));
  return /(^|\.)env(\.|$|~)/u.test(name) && name.includes(".env") && !EXAMPLE.test(name);
}

/**
 * A file that has to be kept from others: `.env` whatever it holds; `x.env` unless its text is known and names no secret
 * (a release's number, say); any file with a secret in it.
 */
export function isSecretFile(path: string, content: string | undefined): boolean {
  if (content !== undefined && holdsSecret(content)) return true;
  if (!isSecretPath(path)) return false;
  return nameOf(path).startsWith(".env") || !isHarmless(content);
}

/** Lines of the form NAME=value, none of them with a name that secrets have. */
function isHarmless(content: string | undefined): boolean {
  const lines = plain(content ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return (
    lines.length > 0 &&
    isKnown(lines.map((line) => line.split("=")[0]).join("")) &&
    lines.every((line) => /^\w+=/u.test(line) && !isSecretName(line.split("=")[0] ?? ""))
  );
}
