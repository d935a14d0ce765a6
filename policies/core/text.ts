/** Without the characters `char` at its end. A regular expression (`/\n+$/`) begins anew at each of them that stands before the end. */
export function withoutTrailing(text: string, char: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === char) end -= 1;
  return text.slice(0, end);
}
