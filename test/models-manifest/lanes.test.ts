/** Work that is done several at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { inLanes } from "../../models-manifest/lanes";

const numbers = Array.from({ length: 12 }, (_, index) => index);

test("the first alone, then as many as there are lanes; what comes of them stands in their order", async () => {
  const at = new Set<number>();
  const beside: number[] = [];
  const results = inLanes(numbers, 4, async (number) => {
    at.add(number);
    beside[number] = at.size;
    await sleep(number % 3);
    at.delete(number);
    return number * 2;
  });
  expect(await Promise.all(results)).toEqual(numbers.map((number) => number * 2));
  // The second is alone at its start as well: the first has ended by then.
  expect(beside.slice(0, 5)).toEqual([1, 1, 2, 3, 4]);
  expect(Math.max(...beside)).toBe(4);
});

test("a failure: what is at work ends, nothing is begun, and only what failed rejects", async () => {
  const begun: number[] = [];
  const results = inLanes(numbers, 4, async (number) => {
    begun.push(number);
    await sleep(number === 2 ? 1 : 10);
    if (number === 2) throw new Error("two");
    return number;
  });
  const ended = await Promise.allSettled(results);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  const found = ended.map((one) => (one.status === "rejected" ? "two" : one.value));
  expect([found.length, found.filter((one) => one !== undefined)]).toEqual([12, [0, 1, "two", 3, 4]]);
});

test("where the first fails, it is the only one", async () => {
  let begun = 0;
  const results = inLanes(numbers, 4, async () => {
    begun += 1;
    await sleep(0);
    throw new Error("no");
  });
  const ended = await Promise.allSettled(results);
  expect([begun, ended.filter(({ status }) => status === "rejected").length]).toEqual([1, 1]);
});

test("of nothing comes nothing", () => expect(inLanes([], 4, () => Promise.resolve(1))).toEqual([]));
