import { outageOf } from "../checks/asking";

/** One letter a request, each a second after the one before: g answered, b not. */
const asked = (letters: string) => [...letters].map((letter, index) => ({ at: 1000 * index, good: letter === "g" }));

test.each([
  ["ggg", undefined],
  ["", undefined],
  ["ggbbg", { began: 2000, seconds: 2, failed: 2, answered: 0 }],
  // One that is answered in between does not end it.
  ["gbgbgg", { began: 1000, seconds: 3, failed: 2, answered: 1 }],
  ["bg", { began: 0, seconds: 1, failed: 1, answered: 0 }],
  ["gbgb", { began: 1000, seconds: undefined, failed: 2, answered: 1 }],
])("of %j", (letters, outage) => {
  expect(outageOf(asked(letters))).toEqual(outage);
});
