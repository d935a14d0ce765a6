/** Writing to standard output, to files and to whatever else a descriptor stands for. */
import type { Entry } from "./files";
import { resolveLinks } from "./files";
import { exactly, masked, UNTOUCHED } from "./mode";
import { isSheltered } from "./shelter";
import type { Channel, Channels, Context, Scope, State } from "./state";
import { hole, holdsSecret, made } from "./text";
import { isSecretFile } from "./subjects";

export const terminal = (): Channel => ({ kind: "terminal", text: "" });
export const capture = (): Channel => ({ kind: "capture", text: "" });
export const input = (text: string): Channel => ({ kind: "input", text });
export const drop = (): Channel => ({ kind: "drop", text: "" });

export function withChannels(scope: Scope, changes: readonly (readonly [number, Channel])[]): Scope {
  const channels = new Map(scope.channels);
  for (const [descriptor, channel] of changes) channels.set(descriptor, channel);
  return { ...scope, channels };
}

export const stdinOf = (channels: Channels): Channel => channels.get(0) ?? input("");

/** Everything that is still to be read. */
export function readAll(channels: Channels): string {
  const channel = stdinOf(channels);
  const text = channel.text;
  channel.text = "";
  return text;
}

export function tick(context: Context): number {
  context.time += 1;
  return context.time;
}

export function write(state: State, scope: Scope, descriptor: number, text: string): void {
  const channel = scope.channels.get(descriptor);
  if (!channel || text === "") return;
  if (channel.kind === "capture") channel.text = made(channel.text + text);
  else if (channel.kind === "terminal" && holdsSecret(text)) scope.context.record.shown.push({ text, place: scope.context.place });
  else if (channel.kind === "file" && channel.path !== undefined && DEVICE.test(channel.path)) writeToDevice(channel.path, text, scope);
  else if (channel.kind === "file" && channel.path !== undefined) writeContent(state, scope.context, channel.path, text, true);
}

const DEVICE = /^\/dev\/(tcp|udp|kmsg|ttyS?\d)/u;

/** `/dev/tcp/HOST/PORT` is a connection, `/dev/kmsg` the log of the kernel. */
function writeToDevice(path: string, text: string, { context }: Scope): void {
  if (holdsSecret(text)) context.record.sent.push({ what: `text of a file that holds a secret to ${path}`, place: context.place });
}

/** Opens a file for writing: a new one is made under the umask, one that exists keeps its mode and owner. */
export function openForWriting(state: State, context: Context, path: string, append: boolean): string {
  const real = resolveLinks(state.files, path);
  const made = newFile(state, context, exactly(0o666));
  const before = state.files.entries.get(real) ?? [{ ...made, kind: "absent" as const }];
  const after = before.map((e): Entry =>
    e.kind === "absent" ? { ...made, secret: isSecretFile(real, "") } : append ? e : { ...e, content: "", secret: isSecretFile(real, "") },
  );
  state.files.entries.set(real, after);
  return real;
}

export function newFile(state: State, context: Context, wanted = exactly(0o666)): Entry {
  const owned = { owner: state.user, group: state.user };
  return {
    kind: "file",
    mode: masked(wanted, state.umask),
    ...owned,
    content: "",
    secret: false,
    time: tick(context),
    place: context.place,
  };
}

/** Notes the content and the mode the file has at this moment. */
export function writeContent(state: State, context: Context, path: string, text: string, append: boolean): void {
  const before = state.files.entries.get(path) ?? [newFile(state, context)];
  const after = before.map((e): Entry => {
    const content = append ? made((e.content ?? hole("value", "earlier text")) + text) : text;
    return { ...e, content, secret: isSecretFile(path, content) || (append && e.content === undefined && e.secret) };
  });
  state.files.entries.set(path, after);
  context.record.written.push({ path, entries: after, content: text, sheltered: isSheltered(state.files, path), place: context.place });
}

export const unknownFile = (context: Context): Entry => ({
  kind: "any",
  mode: UNTOUCHED,
  secret: false,
  presumed: true,
  time: 0,
  place: context.place,
});
