/** Commands of a fence, as a reader would count what there is to type. Pure. */

/** One entry a command: continued lines are one, `&&` joins two, comments are none. What stands behind `||` runs only when something is missing. */
export function commandsOf(text: string): string[] {
  return text
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .flatMap((line) => line.split(" && "))
    .map((line) => line.replace(/ \|\| .*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** What differs between Linux, macOS and the shells of WSL, with what works everywhere. */
export const NOT_PORTABLE: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bbase64 (-w|--wrap)/, "openssl base64 -A, or the file by stdin"],
  [/\b(sha256sum|md5sum)\b/, "openssl sha256 -r"],
  [/\bsed -i\b/, "an editor, or sed into a new file"],
  [/\breadlink -f\b|\brealpath\b/, "a path as it is"],
  [/\bdate -d\b|\bdate --date\b/, "a date that is written out"],
  [/\bgrep -P\b/, "grep -E"],
  [/\bxargs -r\b/, "xargs"],
  [/\bstat -c\b/, "ls -l"],
  [/\bhead -n -|\bfind\b.* -printf\b|\bsort -V\b|^cp --|\bmktemp --|\bln -[a-z]*r/m, "what POSIX has: these options are GNU's"],
  [/\b(tac|nproc|apt|apt-get|systemctl)\b/, "nothing: it is not everywhere"],
];
