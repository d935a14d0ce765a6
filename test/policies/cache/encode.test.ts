/** What is kept comes back as it was: values, missing values, order of keys, and which objects are the same one. */
import { decode, encode as encodeAny, MOST_CHARACTERS } from "../../../policies/cache/encode";
import fc, { anyText } from "../../property";

function encode(...args: Parameters<typeof encodeAny>): Buffer {
  const bytes = encodeAny(...args);
  if (!bytes) throw new Error("too much text");
  return bytes;
}

const leaf = fc.oneof(
  anyText(),
  fc.constantFrom("\uD800", "\uE002vlabel\uE003", "[unknown]"),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value")),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { noNullPrototype: true },
    ),
  ),
}));

test("values come back", () => {
  fc.assert(
    fc.property(value, (one) => {
      const back = decode(encode([one])) as unknown[];
      expect(back).toStrictEqual([one]);
      expect(JSON.stringify(back)).toBe(JSON.stringify([one]));
    }),
  );
});

test("one object stays one, and equal objects stay apart", () => {
  const shared = { kind: "file", content: undefined };
  const back = decode(encode({ first: shared, second: shared, third: { ...shared } })) as Record<string, unknown>;
  expect(back.second).toBe(back.first);
  expect(back.third).not.toBe(back.first);
  expect(back).toStrictEqual({ first: shared, second: shared, third: shared });
});

test("an object that is named is that object again", () => {
  const named = { set: 0, may: 4095 };
  const back = decode(encode([named, { ...named }], [named]), [named]) as unknown[];
  expect(back[0]).toBe(named);
  expect(back[1]).not.toBe(named);
});

test("more text than is worth keeping is left out, however often a shorter one occurs", () => {
  const half = "x".repeat(MOST_CHARACTERS / 2);
  expect(encodeAny([half, `${half}y`])).toBeUndefined();
  expect(decode(encode([half, half]))).toEqual([half, half]);
});

test.each<[string, unknown]>([
  ["a map", new Map()],
  ["a function", () => 1],
  ["a number that JSON does not have", NaN],
  ["an object of a class", new Date(0)],
])("%s is refused, not kept as something else", (_, one) => {
  expect(() => encode([one])).toThrow(TypeError);
});
