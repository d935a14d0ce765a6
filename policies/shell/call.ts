/** What the model of a command gets. */
import type { Scope, State, Status } from "./state";

export interface Call {
  /** Base name of the program. */
  readonly name: string;
  readonly args: readonly string[];
  readonly state: State;
  readonly scope: Scope;
}

/** The model of a command. */
export type Effect = (call: Call) => Status;
/** For commands that run others: `sudo`, `timeout`, `xargs`. */
export type Invoke = (argv: readonly string[], state: State, scope: Scope) => Status;
