/** Real hosts on one machine, from a shell: `up`, `down`, `test` for the whole system, `lab ...` for machines of one's own. */
import { start } from "../../policies/cli";
import { LAB_COMMANDS, labGroup } from "./commands";

const [word = "", ...args] = process.argv.slice(2);
const chosen = Object.hasOwn(LAB_COMMANDS, word) ? LAB_COMMANDS[word] : undefined;
if (chosen === undefined) start(labGroup);
else start(chosen, args);
