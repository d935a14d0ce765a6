/** The simulated fleet against values that can be worked out by hand. */
import { Rows } from "../../bench/rows";
import { arrivals, batchOf, follow, refreshSeconds, type Fleet } from "../../bench/scaling";
import { numbers } from "../random";

const fleet: Fleet = {
  ...{ min: 2, max: 10, requestsPerTarget: 3000, perHost: 100 },
  ...{ startSeconds: 300, warm: 0, warmSeconds: 60, patienceSeconds: 30 },
};
const steady = (rate: number, seconds: number): number[] => new Array<number>(seconds).fill(rate);

test("below the target nothing is added, nobody waits, and nothing is lost", () => {
  expect(follow(fleet, steady(90, 3600))).toEqual({ requests: 324_000, lost: 0, p99: 0, mostHosts: 2, hostHours: 2 });
});

test("three minutes above the target add hosts in proportion, which serve after their start", () => {
  // 190 a second are 5,700 a minute and host where 3,000 are wanted: four hosts, from second 179 + 300 on.
  const { mostHosts, lost, hostHours } = follow(fleet, steady(190, 3600));
  expect({ mostHosts, lost }).toEqual({ mostHosts: 4, lost: 0 });
  expect(hostHours).toBeCloseTo((2 * 3600 + 2 * (3600 - 479)) / 3600, 6);
});

test("what would wait longer than patience is lost until the new hosts serve", () => {
  // 400 a second to hosts that answer 200: the queue holds 31 seconds' worth, 6,200, and grows by 200 a second; then 200 a second are lost.
  const { lost, p99 } = follow(fleet, steady(400, 479));
  expect(lost).toBe(200 * 479 - 6000);
  expect(p99).toBe(30);
});

test("a warm pool is used before hosts are set up, and is empty once", () => {
  const cold = follow(fleet, steady(400, 1200));
  const warm = follow({ ...fleet, warm: 6 }, steady(400, 1200));
  expect(warm.lost).toBeLessThan(cold.lost);
  expect(warm.mostHosts).toBe(8);
});

test("never more hosts than the most; after fifteen quiet minutes never fewer than the least", () => {
  const { mostHosts, hostHours } = follow({ ...fleet, warm: 10 }, [...steady(2000, 600), ...steady(10, 3600)]);
  expect(mostHosts).toBe(10);
  // 2 hosts for 4 minutes, 10 until 15 quiet minutes are over, 2 for the rest.
  expect(hostHours).toBeCloseTo((2 * 239 + 10 * (1500 - 239) + 2 * 2700) / 3600, 2);
});

test("a seed gives the same traffic again, of the wanted mean", () => {
  const traffic = { seconds: 7200, base: 100, burst: 5, burstSeconds: 600, everySeconds: 3600 };
  expect(arrivals(traffic, 1)).toEqual(arrivals(traffic, 1));
  expect(arrivals(traffic, 1)).not.toEqual(arrivals(traffic, 2));
  const quiet = arrivals({ ...traffic, burst: 1 }, 3);
  expect(quiet.reduce((sum, one) => sum + one, 0) / quiet.length).toBeCloseTo(100, 0);
  const next = numbers(7);
  expect(Array.from({ length: 1000 }, next).every((one) => one >= 0 && one < 1)).toBe(true);
});

test.each([
  [1, 1, 1],
  [10, 1, 10],
  [50, 5, 10],
  [199, 19, 11],
  [200, 20, 10],
])("%d hosts are replaced by %d at a time", (hosts, batch, turns) => {
  expect(batchOf(hosts)).toBe(batch);
  expect(refreshSeconds(hosts, 480, 60, 300)).toBe(turns * 540 + 600);
});

test("rows keep the order in which things were first measured", () => {
  const rows = new Rows();
  rows.take("b", "ms", 1);
  rows.take("a", "requests/s", 2, true);
  rows.take("b", "ms", 3);
  expect(rows.all()).toEqual([
    { what: "b", unit: "ms", values: [1, 3] },
    { what: "a", unit: "requests/s", values: [2], more: true },
  ]);
});
