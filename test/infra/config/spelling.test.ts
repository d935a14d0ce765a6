/** Quotes of a word processor: around a whole value without others they are a mistake, in every other place the writer's own. */
import { spellingProblems } from "../../../infra/config/spelling";

const said = (value: string): string[] => spellingProblems("p", `config:\n  p:env:\n    TITLE: ${value}\n`);

test.each(["“Hello”", "‘Hello’", "„Hello“", "‚Hello‘", '“Hello"', "“two words”", "“”"])("%s is refused", (value) => {
  expect(said(value)).toEqual([expect.stringMatching(/^p:env\.TITLE: found .*whose quotes are those of a word processor/)]);
});

test.each(["'“Hello”'", '"‘Hello’"', "the “new” model", "“one” and “two”", "it’s", "Anna’s", "«Hello»", "5’10”", "|\n      “Hello”"])(
  "%s is taken as it is written",
  (value) => {
    expect(said(value)).toEqual([]);
  },
);
