/** `npm run bench`: what is measured on this machine, each as a command of its own. */
import { start } from "../policies/cli";
import type { Group } from "../policies/cli";
import { policiesBench } from "./policies";
import { startBench } from "./start";

export const benchGroup: Group = {
  name: "bench",
  summary: "Measures the project on this machine. Nothing of it is a test.",
  commands: { policies: policiesBench, start: startBench },
};

if (require.main === module) start(benchGroup);
