/**
 * A script of the user who logs in, for the login shell that a host gives that user: read alike by sh, bash, zsh and fish, which understands no sh and
 * ends with status 0 all the same. csh takes no line breaks within quotes, and says so.
 *
 * @throws Error when fish would read a backslash of the script otherwise than sh.
 */
export function inSh(script: string): string {
  if (/\\[\\']/.test(script))
    throw new Error("A script for any login shell has two backslashes, or a quote behind one, which fish takes for one character.");
  return `exec /bin/sh -c '${script.trimEnd().replaceAll("'", "'\\''")}'\n`;
}
