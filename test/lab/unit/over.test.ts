import { Problem } from "../../../policies/cli";
import { parseOverrides } from "../over";

const parse = (value: unknown): Record<string, string> =>
  parseOverrides("over.json", typeof value === "string" ? value : JSON.stringify(value), "ml-gateway");

test("texts stay as they are, other values become the JSON that the configuration holds", () => {
  expect(
    parse({ "ml-gateway:app": { path: "x" }, "ml-gateway:alarm": '{"a":1}', "aws:region": "eu-west-1", "ml-gateway:repair": 3 }),
  ).toEqual({
    "ml-gateway:app": '{"path":"x"}',
    "ml-gateway:alarm": '{"a":1}',
    "aws:region": "eu-west-1",
    "ml-gateway:repair": "3",
  });
});

test.each([
  ["no JSON", "{app: x}", /^over\.json: is not JSON.*; put double quotes around the keys \(an object of keys/],
  ["a list", [], /^over\.json: is a list; write an object/],
  ["nothing", "null", /^over\.json: is a single value; write an object/],
  ["a key without a project", { app: {} }, /^over\.json: found the key "app" without a project .* write "ml-gateway:app"$/],
  [
    "another project",
    { "ml-gatway:app": {} },
    /^over\.json: found the key "ml-gatway:app", and only .* write "ml-gateway:app", or remove it$/,
  ],
  ["two mistakes", { app: {}, "x:health": {} }, /"app" without[^\n]*\n[^\n]*"x:health"/],
])("%s is refused", (_what, value, message) => {
  expect(() => parse(value)).toThrow(Problem);
  expect(() => parse(value)).toThrow(message);
});
