/** Functions of schemas are kept from one run to the next, and say what Ajv's own say. */
import Ajv, { type Options } from "ajv";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { validator } from "../../policies/cli/validator";
import { cacheFolder } from "../../policies/typescript/cache-folder";

const OPTIONS: Options = { allErrors: true, useDefaults: true, verbose: true, strict: false };
const SCHEMA = {
  type: "object",
  properties: {
    port: { type: "integer", minimum: 1024, default: 9000, form: "a port from 1024" },
    name: { type: "string", minLength: 2, maxLength: 5, pattern: "^[a-zä]+$", form: "a \u2028 name" },
    hosts: { type: "array", items: { $ref: "#/definitions/host" }, uniqueItems: true },
    either: {
      if: { type: "string" },
      then: { enum: ["all"] },
      else: { type: "object", minProperties: 1, propertyNames: { pattern: "^x" } },
    },
  },
  required: ["name"],
  additionalProperties: false,
  definitions: { host: { type: "object", properties: { at: { type: ["string", "null"] } }, additionalProperties: false } },
};
const NAME = `test-${String(process.pid)}`;
const file = join(cacheFolder("validators") ?? "", `${NAME}.js`);
afterAll(() => rmSync(file, { force: true }));

test.each([
  {},
  { name: "abc" },
  { name: "\u{1f600}", port: 80, other: 1 },
  { name: "abcdef", hosts: [{ at: null }, { at: null }, { at: 1, to: 2 }, "x"] },
  { name: "ab", either: "none" },
  { name: "ab", either: { y: 1 } },
  { name: "ab", either: {} },
  "text",
  null,
])("%j: the same answer, errors and defaults, made and read back", (value) => {
  const own = new Ajv(OPTIONS).compile(SCHEMA);
  for (const fits of [validator(NAME, SCHEMA, OPTIONS), validator(NAME, SCHEMA, OPTIONS)]) {
    const [a, b] = [structuredClone(value), structuredClone(value)];
    expect(fits(a)).toBe(own(b));
    expect([a, fits.errors]).toEqual([b, own.errors]);
  }
});

test.each([
  ["another schema", (text: string): string => text.replace(/^\/\/ ./, "// 0")],
  ["another text", (text: string): string => text.replace("1024", "8")],
  ["half a text", (text: string): string => text.slice(0, text.length / 2)],
])("a kept text of %s is made anew", (_, damage) => {
  validator(NAME, SCHEMA, OPTIONS);
  const right = readFileSync(file, "utf8");
  writeFileSync(file, damage(right));
  expect(validator(NAME, SCHEMA, OPTIONS)({ name: "ab", port: 80 })).toBe(false);
  expect(readFileSync(file, "utf8")).toBe(right);
});
