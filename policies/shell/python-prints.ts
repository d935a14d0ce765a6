/** Whether a Python program prints what it has read, or only texts that stand in it. */

/** Calls that print, and other ways to write to where the output goes. */
const PRINTS = /\b(print|pprint|pp|write|writelines|debug|info|warning|error|critical|exception|log)\s*\(/gu;
const WRITES = /\bstd(out|err)\b|\blogging\b|\bos\.write\b/u;
/** Of a value these tell its kind or its length. */
const TELLS_LITTLE =
  /\b(len|type|bool)\s*\([^()]{0,200}\)|\b(sep|end|flush|file)\s*=\s*(sys\.std(out|err)|True|False|None|["'][^"']*["'])/gu;

/** Whether the program may print a value, and not texts alone that stand in it. */
export function printsValues(code: string): boolean {
  const calls = [...code.matchAll(PRINTS)];
  if (calls.length === 0) return WRITES.test(code) || /\bprint\b/u.test(code);
  return calls.some(({ 0: call, index }) =>
    /[A-Za-z_]/u.test(withoutTexts(argumentsFrom(code, index + call.length)).replace(/\b(True|False|None)\b/gu, "")),
  );
}

const TEXT = String.raw`("""[\s\S]*?"""|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`;
const FORMATTED = new RegExp(String.raw`(?<!\w)(?:[rR]?[fF][rR]?)${TEXT}`, "gu");
const PLAIN = new RegExp(String.raw`(?<!\w)[rbuRBU]{0,2}${TEXT}`, "gu");

/** What is left without literal texts; of an f-string what it has in braces. */
const withoutTexts = (text: string): string =>
  text
    .replace(FORMATTED, (_, own: string) => (own.match(/\{[^{}]*\}/gu) ?? []).join(""))
    .replace(TELLS_LITTLE, "")
    .replace(PLAIN, "");

/** Up to the bracket that closes the call. */
function argumentsFrom(code: string, from: number): string {
  let depth = 1;
  let quote = "";
  for (let at = from; at < code.length; at += 1) {
    const char = code[at] ?? "";
    if (char === "\\") at += 1;
    else if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (/[([{]/u.test(char)) depth += 1;
    else if (/[)\]}]/u.test(char) && (depth -= 1) === 0) return code.slice(from, at);
  }
  return code.slice(from);
}
