/** Programs that carry files or their input to another machine. */
import type { Call, Effect } from "../call";
import { stdinOf, write } from "../channels";
import { resolveLinks, select } from "../files";
import { normalise } from "../paths";
import { parseOptions } from "../options";
import { contentOf } from "../redirects";
import { isSecretPath } from "../subjects";
import { absolute } from "../tree";
import { DEEP, hole, holdsSecret, isBlank, isSecretText, holesOf, plain, SECRET_MARK, show } from "../text";

/** Text of a secret file: the value of one variable may be what a service is called with. */
const isFileText = (text: string): boolean => holesOf(text).some((h) => h.kind === "secret" && h.label.startsWith("content"));

const realOf = (path: string, { state }: Call): string => resolveLinks(state.files, absolute(path, state));

/** A secret file at the path, which can be no folder. */
export const isSecretFileAt = (path: string, call: Call): boolean =>
  isSecretPath(realOf(path, call)) || isSecretText(contentOf(path, call.state));

/** A secret file at the path, or in the folder with this path. */
export function secretAt(path: string, call: Call): string | undefined {
  const { files } = call.state;
  const real = realOf(path, call);
  if (isSecretFileAt(path, call)) return real;
  return select(files, `${real}/${DEEP}`).certain.find(
    (key) => isSecretPath(key) && files.entries.get(key)?.some((e) => e.secret) === true,
  );
}

/** The first secret file in a list of names, as `find` prints it; of a list that is not known, any that lies there. */
export function secretListed(list: string, base: string, call: Call): string | undefined {
  const { files } = call.state;
  if (isBlank(list)) return secretAt(base, call);
  for (const name of list.split(/[\n\0]/u).filter((one) => one.trim() !== "")) {
    const path = resolveLinks(files, normalise(name, base));
    const { certain, possible } = select(files, path);
    const found = [...certain, ...possible].find((key) => files.entries.get(key)?.some((e) => e.secret && e.kind !== "dir") === true);
    if (found !== undefined || isSecretPath(path)) return found ?? path;
  }
  return undefined;
}

export function noteSent(path: string, call: Call, to: string): void {
  const secret = /^(https?:\/\/)?(localhost|127\.|\[::1\])/u.test(to) ? undefined : secretAt(path, call);
  if (secret !== undefined)
    call.scope.context.record.sent.push({ what: `${show(secret)}, which holds a secret, to ${show(to)}`, place: call.scope.context.place });
}

const isLine = (text: string): boolean => !/[\n\r\u2028\u2029]/u.test(text);

/** `scp host:/home/x/app/.env .`: a secret file of another host comes to lie here. */
export function noteFetched(words: readonly string[], { scope: { context } }: Call): void {
  for (const word of words.map(plain)) {
    const [, host, path = ""] = (isLine(word) ? /^([\w.@[\]:-]+?):(?!\/\/)(.+)/u.exec(word) : null) ?? [];
    if (host !== undefined && isSecretPath(path))
      context.record.sent.push({
        what: `${show(path)} of ${show(host)}, which holds a secret, to where the script runs`,
        place: context.place,
      });
  }
}

/** Its input goes there as well. */
export function noteInput(call: Call, to: string): void {
  const channel = stdinOf(call.scope.channels);
  if (channel.inherited !== true && isSecretText(channel.text))
    call.scope.context.record.sent.push({ what: `text of a file that holds a secret to ${show(to)}`, place: call.scope.context.place });
}

/** A word that is the text of a secret file, as it is or encoded. */
export function noteText(word: string, { scope: { context } }: Call, to: string): void {
  if (word.includes(SECRET_MARK) || holesOf(word).some((h) => h.kind === "secret" && !/^\$/u.test(h.label)))
    context.record.sent.push({ what: `text of a file that holds a secret to ${show(to)}`, place: context.place });
}

/** Words of curl and wget that are, or name, what is uploaded. */
export function noteUpload(call: Call, url: string, words: readonly string[]): void {
  for (const word of words) {
    const file = /^(?:[^=]*=)?[@<](.+)$/u.exec(word)?.[1] ?? /^[\w.-]+@((?:\/|\.{0,2}\/|~).*)$/u.exec(word)?.[1];
    if (file === "-") noteInput(call, url);
    else if (file !== undefined) noteSent(file.split(";", 1)[0] ?? file, call, url);
    else if (isFileText(word) && !/^(https?:\/\/)?(localhost|127\.)/u.test(url))
      call.scope.context.record.sent.push({ what: `text of a file that holds a secret to ${show(url)}`, place: call.scope.context.place });
  }
}

/** They hand their words on as well. */
const PUBLISHERS: Readonly<Record<string, string>> = {
  logger: "the system log",
  wall: "everybody who is logged in",
  write: "another terminal",
};

/** `nc host`, `mail`, `logger`, `socat`: the input is what they send. */
export const sender: Effect = (call) => {
  const options = parseOptions(call.args, { values: "pwsticafr", long: { attach: "a", file: "f" } });
  const to = PUBLISHERS[call.name];
  noteInput(call, to ?? options.operands[0] ?? call.name);
  if (to !== undefined && options.operands.some(holdsSecret))
    call.scope.context.record.sent.push({ what: `a secret to ${to}`, place: call.scope.context.place });
  for (const file of [options.value("f"), options.value("a")])
    if (file !== undefined) noteSent(file, call, options.operands[0] ?? call.name);
  if (/^(nc|ncat|netcat|telnet)$/u.test(call.name) && !options.has("z", "l", "listen"))
    write(call.state, call.scope, 1, hole("fetched", options.operands[0] ?? call.name));
  return "likely";
};

/** Copies to `host:path`, and to stores: `rclone copy A remote:`, `gsutil cp A gs://`. */
export const carrier: Effect = (call) => {
  const operands = call.args.filter((a) => !a.startsWith("-"));
  const to = operands.findLast((o) => /^[\w.@-]+:|^\w+:\/\//u.test(o));
  if (to !== undefined) for (const one of operands) if (one !== to) noteSent(one, call, to);
  return "likely";
};
