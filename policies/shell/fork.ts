/** Ways that exclude each other: each starts from the same state and the same text in the channels, and the results are joined. */
import { become, cloneState, joinStates } from "./state";
import type { Channel, Scope, State, Status } from "./state";
import { digestLabel, unknownOf } from "./text";

export type Way = (state: State) => Status;

/** Runs every way and leaves in `state` what any of them can have led to. */
export function fork(ways: readonly Way[], state: State, scope: Scope): Status {
  const [only] = ways;
  if (ways.length === 1 && only) return only(state);
  const channels = kept(scope);
  const start = channels.map((c) => c.text);
  const before = cloneState(state);
  const ends = ways.map((way, index) => {
    const own = index === 0 ? state : cloneState(before);
    for (const [i, channel] of channels.entries()) channel.text = start[i] ?? "";
    const status = way(own);
    return { state: index === 0 ? { ...own } : own, status, texts: channels.map((c) => c.text) };
  });
  const living = ends.filter((e) => e.state.live);
  const last = living.length > 0 ? living : ends;
  for (const [i, channel] of channels.entries())
    channel.text = joinTexts(
      channel,
      last.map((e) => e.texts[i] ?? ""),
    );
  become(state, ends.map((e) => e.state).reduce(joinStates));
  const statuses = last.map((e) => e.status);
  const [first = "ok"] = statuses;
  return statuses.every((s) => s === first) ? first : "open";
}

/** Channels whose text depends on the way. */
const kept = ({ channels }: Scope): Channel[] =>
  [...new Set(channels.values())].filter(({ kind }) => kind === "capture" || kind === "input");

/** What was in the channels when a way left a function, a loop or a subshell. */
const leftWith = new WeakMap<State, ReadonlyMap<Channel, string>>();

/** A way that leaves by `return`, `break`, `continue`, `exit` or the test of a loop: what it has printed goes along, to where the others go on. */
export function leaving(state: State, scope: Scope): State {
  const left = cloneState(state);
  leftWith.set(left, new Map(kept(scope).map((channel) => [channel, channel.text])));
  return left;
}

/** The ways that have left come back to where the others go on. */
export function rejoin(state: State, left: readonly State[], scope: Scope): void {
  rejoinTexts(state.live, left, scope);
  for (const other of left) become(state, joinStates(state, other));
}

/** @param isLive some way that has not left goes on as well, with what is in the channels now */
export function rejoinTexts(isLive: boolean, left: readonly State[], scope: Scope): void {
  for (const channel of kept(scope)) {
    const texts = left.flatMap((state) => leftWith.get(state)?.get(channel) ?? []);
    if (texts.length > 0) channel.text = joinTexts(channel, isLive ? [channel.text, ...texts] : texts);
  }
}

/** Runs `body` with what was in the channels when this way left. */
export function whereLeft(state: State, scope: Scope, body: () => void): void {
  const texts = leftWith.get(state);
  if (!texts) {
    body();
    return;
  }
  const channels = kept(scope);
  const now = channels.map(({ text }) => text);
  for (const channel of channels) channel.text = texts.get(channel) ?? channel.text;
  body();
  leftWith.set(state, new Map(channels.map((channel) => [channel, channel.text])));
  for (const [i, channel] of channels.entries()) channel.text = now[i] ?? "";
}

function joinTexts(channel: Channel, texts: readonly string[]): string {
  const [first = "", ...rest] = texts;
  if (rest.every((text) => text === first)) return first;
  if (channel.kind === "input") return texts.reduce((a, b) => (a.length >= b.length ? a : b));
  let shared = 0;
  while (texts.every((t) => t[shared] !== undefined && t[shared] === first[shared])) shared += 1;
  const common = first.slice(0, shared);
  const open = common.lastIndexOf("\uE002") > common.lastIndexOf("\uE003") ? common.slice(0, common.lastIndexOf("\uE002")) : common;
  return `${open}${unknownOf(digestLabel("either", ...texts), texts)}`;
}
