/** The difference of two texts by lines, as `diff -u` shows it. Pure. */

/** Lines around a change. */
const CONTEXT = 2;
/** Beyond this many lines the table of the comparison would be too large, and nobody would read the result. */
const MOST = 2_000;

type Edit = readonly [sign: " " | "-" | "+", line: string];

/** Lines with a sign before each; `@@` stands where equal lines are left out. Empty: the texts are equal. */
export function lineDiff(before: string, after: string): string[] {
  if (before === after) return [];
  const [old, now] = [split(before), split(after)];
  if (old.length + now.length > MOST) return [`@@ ${old.length} lines became ${now.length} @@`];
  const edits = editsOf(old, now);
  const kept = edits.map((_, index) => edits.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([sign]) => sign !== " "));
  return edits.flatMap(([sign, line], index) => {
    if (kept[index] !== true) return kept[index - 1] === true || index === 0 ? ["@@"] : [];
    return [`${sign}${line}`];
  });
}

function split(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** The longest common subsequence, from its table. */
function editsOf(old: readonly string[], now: readonly string[]): Edit[] {
  const width = now.length + 1;
  const table = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      table[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      edits.push([" ", old[i] ?? ""]);
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= now.length || at(i + 1, j) >= at(i, j + 1))) edits.push(["-", old[i++] ?? ""]);
    else edits.push(["+", now[j++] ?? ""]);
  }
  return edits;
}
