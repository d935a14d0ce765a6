/** The short form of test:faults leaves out repetitions only. */
import { choose } from "../faults/choose";
import { chosenCases } from "../faults/main";

const NAMES = ["lost: a", "lost: b", "lost: c", "lost: d", "disk full", "slow", "reboot a", "reboot b", "reboot c"].map((name) => ({
  name,
  byName: name === "slow",
}));
const names = (cases: readonly { readonly name: string }[]): string[] => cases.map(({ name }) => name);

test("all but what runs by name; by name those as well", () => {
  expect(names(choose(NAMES, {}))).toEqual(NAMES.map(({ name }) => name).filter((name) => name !== "slow"));
  expect(names(choose(NAMES, { only: /slow|disk/ }))).toEqual(["disk full", "slow"]);
});

test("the short form takes one of a kind, and another one by another seed", () => {
  expect(names(choose(NAMES, { seed: 1 }))).toEqual(["lost: b", "disk full", "reboot b"]);
  expect(names(choose(NAMES, { seed: 2 }))).toEqual(["lost: c", "disk full", "reboot c"]);
});

test("every case is in the short form of some seed, and each short form is about two thirds", () => {
  const all = chosenCases({});
  const short = Array.from({ length: 12 }, (_, index) => chosenCases({ seed: index + 1 }));
  expect(new Set(short.flat()).size).toBe(all.length);
  for (const one of short) expect(one.length / all.length).toBeLessThan(0.75);
});
