/** The known word that is most like a mistyped one, whatever its case; undefined when none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = Math.min(3, Math.max(1, Math.floor(word.length / 2)));
  const typed = word.toLowerCase();
  const letters = [...typed].length;
  // Each letter that one has more costs a step: what is longer or shorter by more than `most` is not compared.
  const close = known.filter((name) => Math.abs(name.length - letters) <= most);
  const ranked = close.map((name) => ({ name, far: distance(typed, name.toLowerCase()) })).sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= most ? best.name : undefined;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const row = [i + 1];
    for (const [j, right] of [...b].entries()) {
      row.push(Math.min((row[j] ?? 0) + 1, (previous[j + 1] ?? 0) + 1, (previous[j] ?? 0) + (left === right ? 0 : 1)));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
