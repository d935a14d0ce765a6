/** `trap ... EXIT`, `trap ... ERR INT`: text that runs when a shell, or a subshell, ends. */
import { joinFiles } from "./files";
import { whereLeft } from "./fork";
import { locate, within } from "./origin";
import { runScript } from "./run";
import { cloneState } from "./state";
import type { Scope, State } from "./state";
import { plain } from "./text";

/** A subshell begins without the traps of its parent: those run when the parent ends. */
export function withoutTraps(state: State): void {
  delete state.exitTrap;
  delete state.otherTraps;
}

/** What `trap ... EXIT` does happens on every way out. */
export function runTraps(ends: readonly State[], scope: Scope): void {
  for (const end of ends)
    if ((end.exitTrap ?? "") !== "" || (end.otherTraps ?? []).length > 0)
      whereLeft(end, scope, () => {
        maybeRun(end, scope);
        certainlyRun(end, scope);
      });
}

function certainlyRun(end: State, scope: Scope): void {
  const text = end.exitTrap ?? "";
  if (text === "") return;
  delete end.exitTrap;
  end.live = true;
  runText(text, end, scope);
  end.live = true;
}

/** A failed command or a signal may run these, or not. */
function maybeRun(end: State, scope: Scope): void {
  for (const text of new Set(end.otherTraps ?? [])) {
    const ran = cloneState(end);
    delete ran.otherTraps;
    runText(text, ran, scope);
    end.files = joinFiles(end.files, ran.files);
  }
  delete end.otherTraps;
}

function runText(text: string, state: State, scope: Scope): void {
  const { context } = scope;
  within(context, locate(plain(text), context), () => runScript(context.parse(plain(text)), state, { ...scope, frame: { exits: [] } }));
}
