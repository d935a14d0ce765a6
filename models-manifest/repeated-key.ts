/** A key that stands twice in one group of a JSON text: JSON.parse takes the last of them and says nothing. Pure, and linear in the text. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,\n]/g;

/** @param text that JSON.parse reads @returns the first such key, as it is written, with its line */
export function repeatedKey(text: string): { readonly key: string; readonly line: number } | undefined {
  const groups: (Set<string> | undefined)[] = [];
  let line = 1;
  let isKey = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "\n") line += 1;
    else if (token === "{" || token === "[") {
      groups.push(token === "{" ? new Set() : undefined);
      isKey = token === "{";
    } else if (token === "}" || token === "]") groups.pop();
    else if (token === ",") isKey = groups.at(-1) !== undefined;
    else if (token === ":") isKey = false;
    else if (isKey) {
      const key = JSON.parse(token) as string;
      if (groups.at(-1)?.has(key) === true) return { key: token, line };
      groups.at(-1)?.add(key);
    }
  }
  return undefined;
}
