/** `npm run test:long`: tests that take long: lists of hundreds of cases, each tried against a whole program, and whole commands. */
import { command, EXIT, start } from "../../policies/cli";
import { checkOptions, JEST_EXIT_CODES, jestNote } from "./jest";
import { nodeTool, runTool } from "./tool";

/** Behind the rest: it would take a pattern that follows for the name of another project. */
const CHOSEN = "--selectProjects=long";

export const testLongCommand = command({
  name: "test:long",
  summary: "Runs the tests that take long: lists of hundreds of cases, each tried against a whole program, and whole commands.",
  options: {},
  verbatim: true,
  rest: { value: "[JEST OPTIONS] [PATTERN]", help: "as Jest takes them; a pattern chooses among the files of test/long.json" },
  examples: ["", "test/policies/mutations/foreign.test.ts"],
  notes: [jestNote],
  exitCodes: JEST_EXIT_CODES,
  run: async ({ rest }) => {
    await checkOptions(rest);
    const { code } = await runTool(nodeTool("jest/bin/jest.js", ...rest, CHOSEN), { output: "terminal" });
    return code === 0 ? EXIT.ok : EXIT.wrong;
  },
});

if (require.main === module) start(testLongCommand);
