/** Work on many things, several at a time. */

/**
 * The first alone, as what is wrong with all of them shows there; then up to `lanes` at a time. After a failure nothing further is begun, and what
 * is at work ends.
 * @returns one promise for each item, in their order; undefined for one that was not begun
 */
export function inLanes<Item, Done>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Done>,
): Promise<Done | undefined>[] {
  let failed = false;
  const attempt = async (item: Item): Promise<Done | undefined> => {
    if (failed) return undefined;
    try {
      return await work(item);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const begun: Promise<Done | undefined>[] = [];
  items.forEach((item, index) => {
    // The one whose lane this takes over; the second and those beside it wait for the first.
    const before = begun[Math.max(0, index - lanes)];
    const next = (): Promise<Done | undefined> => attempt(item);
    begun.push(before === undefined ? next() : before.then(next, next));
  });
  return begun;
}
