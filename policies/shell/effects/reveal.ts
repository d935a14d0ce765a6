/** Programs that show what they are given, or ask others with it. */
import type { Effect } from "../call";
import { showVariables } from "../builtins";
import { runUnmodelled } from "../unmodelled";
import { noteText } from "./send";

/** `env` and `printenv` without a command: the environment with its values. */
export const dump: Effect = (call) =>
  showVariables(
    call,
    true,
    call.args.filter((a) => !a.startsWith("-")),
  );

/** A name is asked of servers that others may run: a secret in it is told to them. */
export const lookUp: Effect = (call) => {
  for (const word of call.args) noteText(word, call, `whoever answers \`${call.name}\``);
  return runUnmodelled(call.name, call);
};
