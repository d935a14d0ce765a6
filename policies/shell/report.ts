/** Notes for the policies, and what cannot be followed. */
import { tick } from "./channels";
import { placeAt } from "./origin";
import type { Scope, State } from "./state";

/** What ran here may have changed anything: later statements are certain again, earlier ones are not. */
export function unclear(state: State, scope: Scope, what: string, line?: number, onHosts = false): void {
  const place = cannotTell(scope, what, line, onHosts);
  state.files.fog = { time: tick(scope.context), reason: what, place };
}

/**
 * What ran here is not understood, but what it can have changed is: the caller has said so in the files.
 * @param onHosts it acts on other hosts as well
 */
export function cannotTell(scope: Scope, what: string, line?: number, onHosts = false): Scope["context"]["place"] {
  const place = line === undefined ? scope.context.place : placeAt(scope.context, line);
  scope.context.record.unclear.push({ what, place, ...(onHosts ? { onHosts } : {}) });
  return place;
}
