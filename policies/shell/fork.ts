/** Ways that exclude each other: each starts from the same state and the same text in the channels, and the results are joined. */
import { become, cloneState, joinStates } from "./state";
import type { Channel, Scope, State, Status } from "./state";
import { hole, holesOf, SECRET_MARK } from "./text";

export type Way = (state: State) => Status;

/** Runs every way and leaves in `state` what any of them can have led to. */
export function fork(ways: readonly Way[], state: State, scope: Scope): Status {
  const [only] = ways;
  if (ways.length === 1 && only) return only(state);
  const channels = [...new Set(scope.channels.values())].filter((c) => c.kind === "capture" || c.kind === "input");
  const start = channels.map((c) => c.text);
  const before = cloneState(state);
  const ends = ways.map((way, index) => {
    const own = index === 0 ? state : cloneState(before);
    for (const [i, channel] of channels.entries()) channel.text = start[i] ?? "";
    const status = way(own);
    return { state: index === 0 ? { ...own } : own, status, texts: channels.map((c) => c.text) };
  });
  const living = ends.filter((e) => e.state.live);
  for (const [i, channel] of channels.entries())
    channel.text = joinTexts(
      channel,
      living.map((e) => e.texts[i] ?? ""),
    );
  become(state, ends.map((e) => e.state).reduce(joinStates));
  const statuses = (living.length > 0 ? living : ends).map((e) => e.status);
  const [first = "ok"] = statuses;
  return statuses.every((s) => s === first) ? first : "open";
}

function joinTexts(channel: Channel, texts: readonly string[]): string {
  const [first = "", ...rest] = texts;
  if (rest.every((text) => text === first)) return first;
  if (channel.kind === "input") return texts.reduce((a, b) => (a.length >= b.length ? a : b));
  const kinds = texts.flatMap((t) => (t.includes(SECRET_MARK) ? ["secret" as const] : holesOf(t).map((h) => h.kind)));
  const kind = kinds.includes("secret") ? "secret" : kinds.includes("fetched") ? "fetched" : "value";
  let shared = 0;
  while (texts.every((t) => t[shared] !== undefined && t[shared] === first[shared])) shared += 1;
  const common = first.slice(0, shared);
  const open = common.lastIndexOf("\uE002") > common.lastIndexOf("\uE003") ? common.slice(0, common.lastIndexOf("\uE002")) : common;
  return `${open}${hole(kind, "either")}`;
}
