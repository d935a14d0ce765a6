/** `npm run test:long`: tests that take long: lists of hundreds of cases, each tried against a whole program, and whole commands. */
import { command, start } from "../../policies/cli";
import { JEST_EXIT_CODES, jestNote, runJest } from "./jest";

export const testLongCommand = command({
  name: "test:long",
  summary: "Runs the tests that take long: lists of hundreds of cases, each tried against a whole program, and whole commands.",
  options: {},
  verbatim: true,
  rest: { value: "[JEST OPTIONS] [PATTERN]", help: "as Jest takes them; a pattern chooses among the files of test/long.json" },
  examples: ["", "test/policies/mutations/foreign.test.ts"],
  notes: [jestNote],
  exitCodes: JEST_EXIT_CODES,
  run: ({ rest }) => runJest(rest, "long"),
});

if (require.main === module) start(testLongCommand);
