/** `npm run lint`: ESLint and Prettier; both speak, though the first finds something. */
import { command, EXIT, Problem, start } from "../../policies/cli";
import { nodeTool, runTool } from "./tool";

export const lintCommand = command({
  name: "lint",
  summary: "Checks the code with ESLint and its form with Prettier.",
  options: { fix: { kind: "flag", help: "correct what can be corrected" } },
  words: { value: "PATH", help: "what to check (default: everything)", min: 0, max: Infinity },
  examples: ["", "infra/cli", "--fix"],
  exitCodes: { 1: "something is to be corrected" },
  run: async ({ options: { fix }, words }, io) => {
    // Shown line by line, so that the line of the progress never stands in the middle of one.
    const shown = { output: "shown", show: (line: string) => io.out(line), colours: io.screen.colours } as const;
    const paths = words.length > 0 ? words : ["."];
    io.progress.say("ESLint");
    const eslint = await runTool(nodeTool("eslint/bin/eslint.js", ...(fix ? ["--fix"] : []), "--", ...paths), shown);
    io.progress.say("Prettier");
    const prettier = await runTool(nodeTool("prettier/bin/prettier.cjs", fix ? "--write" : "--check", "--", ...paths), shown);
    io.progress.end();
    // ESLint's 2 is a rule that broke or a configuration that cannot be used.
    if (eslint.code > 1)
      throw new Problem(`ESLint could not check (it ended with ${eslint.code}); its own words are above`, EXIT.cannotTell);
    return eslint.code === 0 && prettier.code === 0 ? EXIT.ok : EXIT.wrong;
  },
});

if (require.main === module) start(lintCommand);
