/** A file that is to hold JSON, with what is wrong with it in words: the parser's own differ from Node to Node, and quote the file. */

/** @param text with or without a byte order mark */
export function parseJsonText(text: string): { readonly value: unknown } | { readonly problem: string } {
  const bare = text.replace(/^\uFEFF/, "");
  if (bare.trim() === "") return { problem: "is empty; write a group of keys, such as {}" };
  try {
    return { value: JSON.parse(bare) };
  } catch (error) {
    return { problem: `is not JSON${placeOf(bare, error as Error)}; ${adviceOn(bare)}` };
  }
}

/** Node says the place as an offset, or not at all. */
function placeOf(text: string, { message }: Error): string {
  if (/end of JSON input/.test(message)) return ": it ends too early";
  const offset = /position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return "";
  const lines = text.slice(0, Number(offset)).split("\n");
  return `: something is wrong at line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}

function adviceOn(text: string): string {
  if (/\0/.test(text)) return "save it as plain UTF-8";
  if (/^\s*(\/\/|\/\*|#)/m.test(text)) return "remove the comments";
  if (/,\s*[}\]]/.test(text)) return "remove the comma behind the last entry";
  if (/[{,]\s*'/.test(text)) return "write keys and texts in double quotes";
  if (/[{,]\s*\w+\s*:/.test(text)) return "put double quotes around the keys";
  return "correct it, or write it anew as a group of keys in braces";
}
