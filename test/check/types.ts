/** `npm run types`: the one place where TypeScript's types are checked; everything else only strips them. */
import { command, EXIT, start } from "../../policies/cli";
import { nodeTool, ROOT, runTool } from "./tool";

export const typesCommand = command({
  name: "types",
  summary: "Checks the types of the whole project (TypeScript).",
  options: {},
  examples: [""],
  exitCodes: { 1: "a type is wrong" },
  run: async () => {
    const { code } = await runTool(nodeTool("typescript/bin/tsc", "--noEmit", "-p", ROOT), { output: "terminal" });
    return code === 0 ? EXIT.ok : EXIT.wrong;
  },
});

if (require.main === module) start(typesCommand);
