/** Notes for the policies, and what cannot be followed. */
import { tick } from "./channels";
import { placeAt } from "./origin";
import type { Scope, State } from "./state";

interface How {
  /** In the text that is being run. @default where the command stands */
  readonly line?: number;
  /** It acts on other hosts as well. */
  readonly onHosts?: boolean;
}

/** What ran here may have changed anything: later statements are certain again, earlier ones are not. */
export function unclear(state: State, scope: Scope, what: string, how: How = {}): void {
  const place = cannotTell(scope, what, how);
  state.files.fog = { time: tick(scope.context), reason: what, place };
}

/** What ran here is not understood, but what it can have changed is: the caller has said so in the files. */
export function cannotTell(scope: Scope, what: string, { line, onHosts = false }: How = {}): Scope["context"]["place"] {
  const place = line === undefined ? scope.context.place : placeAt(scope.context, line);
  scope.context.record.unclear.push({ what, place, ...(onHosts ? { onHosts } : {}) });
  return place;
}
