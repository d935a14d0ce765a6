/** Files of JSON as people write them: what is wrong, where and what to do, without the words of a parser and without the file's text. */
import { parseJsonText } from "../../policies/cli";

test.each<[text: string, problem: RegExp]>([
  ["", /^is empty; write a group of keys/],
  [" \n", /^is empty; /],
  ['{"hunter2": 1', /^is not JSON.*; correct it, or write it anew/],
  ['{"a": 1,\n}', /^is not JSON.*; remove the comma behind the last entry$/],
  ['{\n  // hunter2\n  "a": 1 }', /^is not JSON.*; remove the comments$/],
  ["# hunter2\n{}", /^is not JSON.*; remove the comments$/],
  ["{'hunter2': 1}", /^is not JSON.*; write keys and texts in double quotes$/],
  ["{hunter2: 1}", /^is not JSON.*; put double quotes around the keys$/],
  ["roles:\n  hunter2: 1\n", /^is not JSON.*; correct it, or write it anew as a group of keys in braces$/],
  [Buffer.from('{"a": 1}', "utf16le").toString("latin1"), /^is not JSON.*; save it as plain UTF-8$/],
])("%j", (text, problem) => {
  const read = parseJsonText(text);
  expect(read).toEqual({ problem: expect.stringMatching(problem) as string });
  expect(JSON.stringify(read)).not.toMatch(/hunter2|Unexpected|Expected|position|token/);
});

test("the line is said where Node says the place", () => {
  expect(parseJsonText('{"a": 1,\n  "b" 2}')).toEqual({
    problem: expect.stringMatching(/^is not JSON: something is wrong at line 2, column \d+; /) as string,
  });
});

test("a byte order mark is no mistake", () => {
  expect(parseJsonText('\uFEFF{"a": 1}')).toEqual({ value: { a: 1 } });
});
