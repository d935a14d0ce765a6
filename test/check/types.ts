/** `npm run types`: the one place where TypeScript's types are checked; everything else only strips them. */
import { command, EXIT, start } from "../../policies/cli";
import { nodeTool, ROOT, runTool } from "./tool";

export const typesCommand = command({
  name: "types",
  summary: "Checks the types of the whole project (TypeScript).",
  options: {},
  examples: [""],
  exitCodes: { 1: "a type is wrong" },
  run: async (_, io) => {
    io.progress.say("checking the types");
    const pretty = io.screen.colours ? ["--pretty"] : [];
    const tsc = nodeTool("typescript/bin/tsc", "--noEmit", "-p", ROOT, ...pretty);
    const { code } = await runTool(tsc, { output: "shown", show: (line) => io.out(line), colours: io.screen.colours });
    io.progress.end();
    return code === 0 ? EXIT.ok : EXIT.wrong;
  },
});

if (require.main === module) start(typesCommand);
