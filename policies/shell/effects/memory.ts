/** Programs that look into other processes: what a service holds in memory is as secret as the file that it was read from. */
import type { Call } from "../call";
import { cannotTell } from "../report";
import { holesOf, plain, show } from "../text";

/** They need a process, or take all of them. */
const WHOLE = /^(gcore|py-spy|rbspy|pyrasite(-\w+)?|procdump|memdump|avml|criu|reptyr|bpftrace|stap|sysdig|uftrace)$/u;
/** They start a program, or are attached to one that runs. */
const ATTACHED = /^(gdb|lldb|gdbserver|strace|ltrace|perf|rr|trace-cmd|memray|jmap|jstack)$/u;
const IS_ATTACHED = /^(-\w*p\d*|--?(pid|attach|process)(=.*)?|-a|attach|\d+)$/u;
/** Where the number of a process comes from. */
const OF_PROCESS = /^output_of_(pidof|pgrep|systemctl|ps|fuser|lsof)\b/u;

const isProcess = (word: string): boolean => holesOf(word).some(({ label }) => OF_PROCESS.test(label));

/** What the program looks into, as the end of a sentence; undefined where it does not. */
function lookInto({ name, args }: Call): string | undefined {
  // Every command of every script comes by here: nearly none has one of these names.
  if (name !== "coredumpctl" && !WHOLE.test(name) && !ATTACHED.test(name)) return undefined;
  const words = args.map(plain);
  if (words.some((word) => /^(--version|-V|--help|-h|version|help)$/u.test(word))) return undefined;
  if (name === "coredumpctl")
    return /^(dump|debug|gdb)$/u.test(words.find((word) => !word.startsWith("-")) ?? "") ? "a dump of a process" : undefined;
  if (WHOLE.test(name)) return "what other processes hold in memory";
  return words.some((word) => IS_ATTACHED.test(word)) || args.some(isProcess) ? "what a process holds in memory" : undefined;
}

export function noteMemory(call: Call): void {
  const what = lookInto(call);
  if (what !== undefined) cannotTell(call.scope, `«${call.name} ${show(call.args.join(" "))}», which reads ${what}`);
}

/** A word that is the number of a process which something else has looked up. */
export const namesProcess = (call: Call): boolean => call.args.some(isProcess);
