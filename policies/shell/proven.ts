/**
 * What a check of a file has proven holds on the ways on which it succeeded: `sha256sum -c || echo bad` goes on with a file that nobody knows.
 * A check changes the files as if it had succeeded, and notes here what they were before; where the way of its failure is followed, that comes back.
 */
import { cloneState, become, joinStates } from "./state";
import type { Scope, State, Status } from "./state";
import { holdsFetched, hole } from "./text";

/** @param succeeded how the last command ended on this way */
export function follow(state: State, succeeded: boolean): void {
  const { proven } = state;
  delete state.proven;
  if (!proven) return;
  if (succeeded !== proven.inverted) {
    if (proven.taken) become(state, cloneState(proven.taken));
    return;
  }
  for (const [path, entries] of proven.before) state.files.entries.set(path, entries);
  if (proven.variables) state.variables = proven.variables.copy();
}

/** A comparison has shown more of some variables, which `before` has as they were. */
export function learnt(before: State["variables"], inverted: boolean, state: State): void {
  state.proven = { before: state.proven?.before ?? [], inverted, variables: before };
}

/** `a && b` that ends well has run `b`, and `a || b` that fails as well: what holds on that way alone. */
export function tookBoth(taken: State, succeeded: boolean, state: State): void {
  follow(taken, succeeded);
  if (state.live) state.proven = { before: [], inverted: !succeeded, taken };
}

/** The last command was a check of files: it fails where they are others. */
export const isDoubted = ({ proven }: State): boolean => proven !== undefined && !proven.taken;

/** What was shown of variables is of no use to a caller, who has others. */
export function forget(state: State): void {
  const { proven } = state;
  if (!proven) return;
  if (proven.variables) state.variables = proven.variables;
  delete state.proven;
  if (proven.before.length > 0) state.proven = { before: proven.before, inverted: proven.inverted };
}

/** What was fetched and has been checked is as good as what was shown. Sums of known texts are not computed: they are read as they are. */
export function prove(paths: readonly string[], state: State, inverted = false): void {
  const before = paths.flatMap((path) => {
    const entries = state.files.entries.get(path);
    return entries?.some(({ content }) => isFetched(content)) === true ? [[path, entries] as const] : [];
  });
  if (before.length === 0) return;
  for (const [path, entries] of before)
    state.files.entries.set(
      path,
      entries.map((e) => (isFetched(e.content) ? { ...e, content: CHECKED } : e)),
    );
  state.proven = { before: [...(state.proven?.before ?? []), ...before], inverted };
}

/** A text that is at hand is read as it is, and one that nobody has shown does not become known by a sum. */
const isFetched = (content: string | undefined): boolean => content !== undefined && holdsFetched(content);

/** Text whose sum was checked: not shown here, but pinned. */
const CHECKED = `: ${hole("value", "text with a checked sum")}\n`;

/** `! check` */
export function invert(state: State): void {
  if (state.proven) state.proven = { ...state.proven, inverted: !state.proven.inverted };
}

/** The next statement comes: after a check that failed as well, unless a failure ends the script. */
export function goOn(state: State, scope: Scope, status: Status): void {
  if (!state.proven) return;
  if (state.proven.taken) {
    forget(state);
    return;
  }
  const ends = state.options.errexit && scope.tested !== true;
  if (ends || status === "ok") {
    follow(state, true);
    return;
  }
  const failed = cloneState(state);
  follow(failed, false);
  follow(state, true);
  become(state, joinStates(state, failed));
}
