/** Programs that run text or a command at another time, in another session or another view of the files. */
import { setUnnamed } from "../builtins";
import type { Effect } from "../call";
import { newFile, readAll, stdinOf, tick, unknownFile } from "../channels";
import { isGuarded } from "../guarded";
import { isWithin } from "../paths";
import { runShellText } from "../interpreters";
import { parseOptions } from "../options";
import { contentOf } from "../redirects";
import { cannotTell } from "../report";
import { digestLabel, hole, markSecret } from "../text";
import { absolute, place } from "../tree";
import { runUnmodelled } from "../unmodelled";
import { exactly } from "../mode";

/** `at now`, `batch`: the input, or the file of -f, is a script. */
export const at: Effect = (call) => {
  const options = parseOptions(call.args, { values: "fqt" });
  if (options.has("l", "d", "r", "c", "V")) return "likely";
  const file = options.value("f");
  return runShellText(file === undefined ? readAll(call.scope.channels) : contentOf(file, call.state), call.state, call.scope);
};

/** `crontab FILE`, `crontab -`: the user's table; what it runs is followed with the other files that run things later. */
export const crontab: Effect = (call) => {
  const { state, scope } = call;
  const options = parseOptions(call.args, { values: "u" });
  if (options.has("e")) cannotTell(scope, "«crontab -e», whose editor may put any command into the table");
  if (options.has("l", "r", "e")) return "likely";
  const [file] = options.operands;
  const text = file === undefined || file === "-" ? readAll(scope.channels) : contentOf(file, state);
  const user = options.value("u") ?? state.user;
  place(state, scope.context, `/var/spool/cron/crontabs/${user}`, {
    ...newFile(state, scope.context),
    mode: exactly(0o600),
    content: text,
  });
  return "likely";
};

/** `tmux new -d 'cmd'`, `screen -dm cmd`: the words are a command for a shell. */
export const session: Effect = (call) => {
  const spec = call.name === "tmux" ? { values: "Lfstnxyc", stops: true } : { values: "SchesTpX", stops: true };
  const outer = parseOptions(call.args, spec);
  const [action = "", ...rest] = outer.operands;
  if (call.name === "tmux" && /^(ls|list-\w+|kill-\w+|has(-session)?|attach(-session)?|detach\w*|info|-V)$/u.test(action)) return "likely";
  const words = call.name === "tmux" ? parseOptions(rest, spec).operands : outer.operands;
  const text = (/^(send-keys|send)$/u.test(action) ? words.filter((w) => !/^(Enter|C-m)$/u.test(w)) : words).join(" ");
  return text.trim() === "" ? "likely" : runShellText(text, call.state, call.scope);
};

/** `script -c TEXT`, `watch TEXT`, `sg GROUP TEXT`, `expect -c`. */
export const texts: Effect = (call) => {
  const spec = { values: "cnIdoEmTBO", long: { command: "c", interval: "n" }, stops: true };
  const options = parseOptions(call.args, spec);
  const own = call.name === "sg" ? options.operands.slice(1) : options.operands;
  const text = options.value("c") ?? (call.name === "script" ? "" : own.filter((w) => w !== "-c").join(" "));
  return text === "" ? "likely" : runShellText(text, call.state, call.scope);
};

/** `mount --bind A B`: B is another name of A. A file system that is put over a guarded folder hides it. */
export const mount: Effect = (call) => {
  const { state, scope } = call;
  const options = parseOptions(call.args, { values: "tLUoO", long: { types: "t", options: "o" } });
  const [from, to] = options.operands;
  const binds = options.has("bind", "rbind", "B", "R", "move") || /\br?bind\b/u.test(options.value("o") ?? "");
  if (from === undefined || to === undefined) return "likely";
  if (binds)
    place(state, scope.context, absolute(to, state), {
      ...newFile(state, scope.context),
      kind: "link",
      mode: exactly(0o777),
      target: absolute(from, state),
    });
  else if (isGuarded(absolute(to, state), scope.context.home) || isWithin(scope.context.home, absolute(to, state)))
    cannotTell(scope, "a file system that is laid over what is guarded");
  return "likely";
};

/** `parallel CMD ::: words`, with the words put in the place of {} or at the end. */
export const parallel: Effect = (call) => {
  const start = call.args.findIndex((a) => /^:::/u.test(a));
  const head = start < 0 ? call.args : call.args.slice(0, start);
  const items =
    start < 0
      ? stdinOf(call.scope.channels)
          .text.split(/\n/u)
          .filter((l) => l !== "")
      : call.args.slice(start + 1);
  const words = parseOptions(head, { values: "jNnIad", long: { jobs: "j" }, stops: true }).operands.join(" ");
  for (const item of items.length > 0 ? items : [""])
    runShellText(words.includes("{}") ? words.replaceAll("{}", () => item) : `${words} ${item}`, call.state, call.scope);
  return "likely";
};

/** `sops exec-env FILE COMMAND`, `sops exec-file FILE 'COMMAND {}'`: the command has the plain text, and nothing is left of it. */
export const sops: Effect = (call) => {
  const { args, state, scope } = call;
  const [action = "", file = "", command = ""] = parseOptions(args, {
    long: { user: "u", filename: "n", "output-type": "o", "input-type": "i", config: "c" },
  }).operands;
  if (action === "exec-env") {
    const [variables, exported] = [state.variables.copy(), state.exported];
    setUnnamed(state, true);
    const status = runShellText(command, state, scope);
    state.variables = variables;
    state.exported = exported;
    return status;
  }
  if (action !== "exec-file") return runUnmodelled("sops", call);
  scope.context.fresh += 1;
  const path = `/tmp/.sops${String(scope.context.fresh)}/tmp-file`;
  const content = markSecret(hole("secret", digestLabel("sops", file)));
  state.files.entries.set(path, [{ ...newFile(state, scope.context, exactly(0o600)), secret: true, content }]);
  const status = runShellText(
    command.replaceAll("{}", () => path),
    state,
    scope,
  );
  state.files.entries.set(path, [{ ...unknownFile(scope.context), kind: "absent", time: tick(scope.context) }]);
  return status;
};
