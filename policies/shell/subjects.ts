/** Which paths the policies are about. */
import { nameOf } from "./paths";
import { plain } from "./text";

const EXAMPLE = /\.(example|sample|template|dist|tmpl|md)$/u;

/** Environment files: `.env`, `prod.env`, `.env.prod`, `.env.new`; not `.env.example`. */
export function isSecretPath(path: string): boolean {
  const name = plain(nameOf(path));
  return /(^|\.)env(\.|$|~)/u.test(name) && name.includes(".env") && !EXAMPLE.test(name);
}
