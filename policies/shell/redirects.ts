/** Redirections: where a statement's descriptors lead while it runs. */
import { capture, drop, input, openForWriting, withChannels } from "./channels";
import { expandText, expandWords, runReader } from "./expand";
import type { Entry } from "./files";
import { resolveLinks } from "./files";
import { isPattern, normalise, parentOf, relation } from "./paths";
import type { Channel, Channels, Scope, State, Status } from "./state";
import type { Redirect, Script } from "./syntax";
import { isSecretPath } from "./subjects";
import { hole, holdsFetched, holdsSecret, holesOf, markSecret, plain, unknownOf } from "./text";

/** Runs `body` with the redirections in place. `exec >file` uses `applyRedirects` alone. */
export function redirect(redirects: readonly Redirect[], state: State, scope: Scope, body: (scope: Scope) => Status): Status {
  const inner = applyRedirects(redirects, state, scope);
  const status = body(inner);
  drain(inner.channels, state, scope);
  return status;
}

/** What programs behind `> >(...)` make of the text, once nobody writes it any more: the command, or the shell of an `exec`, has ended. */
export function drain(ended: Channels, state: State, scope: Scope): void {
  const still = new Set(scope.channels.values());
  for (const channel of new Set(ended.values())) {
    if (channel.reader === undefined || still.has(channel)) continue;
    const { text } = channel;
    channel.text = "";
    if (state.live) runReader(channel.reader, text, state, scope);
  }
}

/** The program of `> >(...)`. */
function readerOf({ operator, target: { parts } }: Redirect): Script | undefined {
  const [only, ...others] = parts;
  return others.length === 0 && only?.kind === "process" && only.direction === ">" && operator.includes(">") ? only.body : undefined;
}

export function applyRedirects(redirects: readonly Redirect[], state: State, scope: Scope): Scope {
  let inner = scope;
  for (const one of redirects) inner = withChannels(inner, changes(one, state, inner));
  return { ...inner, outer: scope };
}

function changes(one: Redirect, state: State, scope: Scope): (readonly [number, Channel])[] {
  const reader = readerOf(one);
  if (reader) {
    const channel: Channel = { ...capture(), reader };
    return (one.operator.startsWith("&") ? [1, 2] : [one.fd ?? 1]).map((fd) => [fd, channel] as const);
  }
  const text = expandText(one.target, state, scope);
  const only = text.length === 1 ? (text[0] ?? "") : unknownOf("one-of-several", text);
  switch (one.operator) {
    case "<<":
      return [[one.fd ?? 0, input(only)]];
    case "<<<":
      return [[one.fd ?? 0, input(`${only}\n`)]];
    case "<":
    case "<>": {
      const name = fileName(one, only, state, scope);
      const path = normalise(name, state.cwd);
      return [[one.fd ?? 0, NETWORK.test(path) ? connection(path) : input(contentOf(name, state))]];
    }
    case "<&":
    case ">&":
      return duplicate(one, only, state, scope);
    case "&>":
    case "&>>":
      return toFile(fileName(one, only, state, scope), one.operator === "&>>", [1, 2], state, scope);
    default:
      return toFile(fileName(one, only, state, scope), one.operator === ">>", [one.fd ?? 1], state, scope);
  }
}

function fileName(one: Redirect, only: string, state: State, scope: Scope): string {
  const [fields] = expandWords([one.target], state, scope);
  return fields?.length === 1 && holesOf(only).length === 0 ? (fields[0] ?? only) : only;
}

function duplicate(one: Redirect, target: string, state: State, scope: Scope): (readonly [number, Channel])[] {
  const fd = one.fd ?? (one.operator === "<&" ? 0 : 1);
  if (target === "-") return [[fd, drop()]];
  if (/^\d+-?$/u.test(target)) {
    const source = scope.channels.get(parseInt(target, 10));
    return source ? [[fd, source]] : [];
  }
  return one.operator === ">&" ? toFile(target, false, one.fd === undefined ? [1, 2] : [fd], state, scope) : [];
}

function toFile(name: string, append: boolean, descriptors: readonly number[], state: State, scope: Scope): (readonly [number, Channel])[] {
  const path = plain(name) === "" ? name : normalise(name, state.cwd);
  const standard = /^\/dev\/(stdout|stderr|fd\/[12])$/u.exec(path);
  if (standard) {
    const source = scope.channels.get(/(stderr|2)$/u.test(path) ? 2 : 1);
    return source ? descriptors.map((fd) => [fd, source] as const) : [];
  }
  if (NETWORK.test(path)) {
    const both = connection(path);
    return descriptors.map((fd) => [fd, both] as const);
  }
  if (path === "/dev/null") return descriptors.map((fd) => [fd, drop()] as const);
  if (path === "/dev/tty" || path === "/dev/console") return [];
  const real = openForWriting(state, scope.context, path, append);
  const channel: Channel = { kind: "file", text: "", path: real };
  return descriptors.map((fd) => [fd, channel] as const);
}

/** What is written to it is sent, what is read from it came over the network. */
const connection = (path: string): Channel => ({ kind: "file", text: hole("fetched", path), path });

/** A file's content where it is known, else a hole. */
export function contentOf(name: string, state: State): string {
  const path = normalise(name, state.cwd);
  if (path === "/dev/null") return "";
  const entries = state.files.entries.get(resolveLinks(state.files, path));
  const contents = [...new Set(entries?.filter((e) => e.kind !== "absent").map((e) => e.content))];
  // On some way it is what came over the network: whoever runs it runs that.
  const fetched = contents.find((text) => text !== undefined && holdsFetched(text));
  const known = contents.length === 1 ? contents[0] : fetched;
  const secret = (entries?.some((e) => e.secret) ?? false) || (known === undefined && isSecretPath(path));
  if (known !== undefined) return secret && known !== "" && (!holdsSecret(known) || isSecretPath(path)) ? markSecret(known) : known;
  if (NETWORK.test(path)) return hole("fetched", path);
  return hole(secret ? "secret" : "value", `content of ${!secret && isNowhere(path, entries, state) ? "nothing at " : ""}${path}`);
}

/** Bash's names for a connection. */
const NETWORK = /^\/dev\/(tcp|udp)\/./u;
const VOLATILE = /^\/(run|tmp|dev\/shm)\//u;

/** What no step has put into a folder that the steps made themselves, where every boot begins empty. Into /tmp as such anybody may put files. */
const isNowhere = (path: string, entries: readonly Entry[] | undefined, { files }: State): boolean =>
  VOLATILE.test(parentOf(path)) &&
  (files.entries.get(resolveLinks(files, parentOf(path))) ?? []).some((e) => e.kind === "dir") &&
  (entries ?? []).every((e) => e.kind === "absent") &&
  ![...files.entries.keys()].some((key) => isPattern(key) && relation(key, path) !== "apart");
