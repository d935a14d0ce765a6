/** Programs that change who may do what on the host, what the kernel does, or which units there are. */
import type { Call, Effect } from "../call";
import { newFile, readAll } from "../channels";
import { exactly } from "../mode";
import { sysctlHarmless, gitHarmless } from "../obeyed/code";
import { isOwnGroup } from "../obeyed/groups";
import { parseOptions } from "../options";
import { nameOf } from "../paths";
import { contentOf } from "../redirects";
import { cannotTell } from "../report";
import { runShellText } from "../interpreters";
import { absolute, place } from "../tree";
import { isKnown, plain, show } from "../text";
import { tmpfileCommands } from "../tmpfiles";
import { runUnmodelled } from "../unmodelled";
import { useradd } from "./create";

/** A group that may lead to root, to a device or to others' files; groups that the set-up makes, and users' own, hold what it gives them. */
function leadsOn(name: string, call: Call): boolean {
  if (!isKnown(name)) return true;
  const service = nameOf(call.scope.context.home);
  return name === service ? plain(call.args.at(-1) ?? "") !== service : !isOwnGroup(name, madeGroups(call));
}

/** Names that groupadd, addgroup, useradd and adduser have made so far. */
function madeGroups({ scope, args }: Call): ReadonlySet<string> {
  const made = scope.context.record.executed
    .filter(({ program }) => /^(groupadd|addgroup|useradd|adduser)$/u.test(program))
    .flatMap(({ argv }) =>
      argv
        .slice(1)
        .map(plain)
        .filter((word) => /^[a-z_][\w-]*$/u.test(word)),
    );
  // `adduser x` and `usermod -aG x x`: a user's own group.
  const last = args.map(plain).at(-1) ?? "";
  return new Set([...made.filter((word) => !SYSTEM_GROUPS.test(word)), ...(SYSTEM_GROUPS.test(last) ? [] : [last])]);
}

/** Groups that distributions make: a set-up that names one joins it. */
const SYSTEM_GROUPS =
  /^(root|sudo|wheel|admin|docker|lxd|lxc|incus\S*|libvirt\S*|kvm|disk|shadow|kmem|systemd-\w+|staff|ssl-cert|polkitd|bin|sys|tape|input|sgx|crontab|utmp|tty|operator|backup|src|sasl|podman|microk8s|vboxusers|wireshark)$/u;

function privilegedGroup(call: Call, options: ReturnType<typeof parseOptions>): string | undefined {
  return ["G", "g", "a"]
    .flatMap((key) => (options.given.get(key) ?? []).flatMap((value) => plain(value).split(",")))
    .find((name) => (name !== "" && !/^\d+$/u.test(name) ? leadsOn(name, call) : name === "0"));
}

const USER_LONG = { groups: "G", gid: "g", uid: "u", "non-unique": "o", password: "p", append: "a", add: "a" };

/** `usermod -aG docker app`, `usermod -u 0`, `usermod -p HASH`. */
export const usermod: Effect = (call) => {
  const options = parseOptions(call.args, { values: "GgupsdlecfLv", long: USER_LONG });
  sayUser(call, options);
  return "likely";
};

export const newUser: Effect = (call) => {
  sayUser(call, parseOptions(call.args, { values: call.name === "useradd" ? "GgupsdcebfkKRPZD" : "", long: USER_LONG }));
  return useradd(call);
};

function sayUser(call: Call, options: ReturnType<typeof parseOptions>): void {
  const { scope, name, args } = call;
  const group = privilegedGroup(call, options);
  if (group !== undefined)
    cannotTell(
      scope,
      `«${name} ${show(args.join(" "))}», which adds somebody to the group ${show(group)}, which may make its members root or let them read what is not theirs,`,
    );
  else if (plain(options.value("u") ?? "") === "0") cannotTell(scope, `«${name}» with the user id 0, a second root,`);
  else if (options.has("p", "password")) cannotTell(scope, `«${name}», which sets a password,`);
}

/** `gpasswd -a app docker`, `adduser app docker`. */
export const joinGroup: Effect = (call) => {
  const words = call.args.filter((a) => !a.startsWith("-"));
  const group = words.length > 1 ? words.map(plain).at(-1) : undefined;
  const takes = call.name === "gpasswd" ? call.args.some((a) => /^(-a|-M|--add|--members)/u.test(a)) : true;
  if (takes && group !== undefined && words.length > 1 && leadsOn(group, { ...call, args: words.slice(0, -1) }))
    cannotTell(
      call.scope,
      `«${call.name}», which adds somebody to the group ${show(group)}, which may make its members root or let them read what is not theirs,`,
    );
  return call.name === "adduser" && words.length < 2 ? newUser(call) : "likely";
};

/** `groupmod -g 0`: the members of one group become those of another. */
export const groupmod: Effect = (call) => {
  const options = parseOptions(call.args, { values: "gnpRP", long: { gid: "g", "non-unique": "o", "new-name": "n" } });
  if (options.has("o") || plain(options.value("g") ?? "") === "0")
    cannotTell(call.scope, `«${call.name} ${show(call.args.join(" "))}», which gives a group the rights of another,`);
  return "likely";
};

/** A table of users as a whole. */
export const users: Effect = (call) => {
  cannotTell(call.scope, `«${call.name}», which makes users with passwords and rights of any kind,`);
  return "likely";
};

/** A password, where keys alone should open the host; one that is taken away is no lock either. */
export const password: Effect = (call) => {
  if (call.name === "chpasswd" || !call.args.some((a) => /^-(l|-lock|S|-status|e|-expire|n|x|w|i)/u.test(a)))
    cannotTell(call.scope, `«${call.name}», which sets a password,`);
  return "likely";
};

export const setcap: Effect = (call) => {
  const [what, ...files] = call.args.filter((a) => !/^-[qvn]/u.test(a));
  if (!call.args.some((a) => a === "-r" || a === "-v") && what !== undefined && !/^cap_net_bind_service[=+]ep?$/u.test(plain(what)))
    cannotTell(call.scope, `«setcap ${show(what)} ${show(files.join(" "))}», which gives a program rights of root,`);
  return "likely";
};

/** `sysctl -w KEY=VALUE`; files of settings are judged as such. */
export const sysctl: Effect = (call) => {
  for (const word of call.args.map(plain)) {
    if (!/^[\w./-]+\s*=/u.test(word)) continue;
    const [, command] = /^kernel[./]core_pattern\s*=\s*"?\|(.*)$/u.exec(word) ?? [];
    if (!sysctlHarmless(word)) cannotTell(call.scope, `«sysctl ${show(word)}», which decides what the kernel runs,`);
    if (command !== undefined) runShellText(command.replaceAll("%", ""), call.state, call.scope);
  }
  return runUnmodelled("sysctl", call);
};

/** A unit that lies elsewhere is linked into systemd's folder, and followed from there. */
export const systemctl: Effect = (call) => {
  const [action = "", ...units] = call.args.filter((a) => !a.startsWith("-"));
  if (/^(enable|link|reenable|start|restart)$/u.test(action))
    for (const unit of units.filter((word) => word.includes("/") && /\.\w+$/u.test(word))) {
      const text = contentOf(unit, call.state);
      if (!isKnown(text)) cannotTell(call.scope, `${show(unit)}, a unit that nobody has shown,`);
      else
        place(call.state, call.scope.context, `/etc/systemd/system/${nameOf(absolute(unit, call.state))}`, {
          ...newFile(call.state, call.scope.context),
          mode: exactly(0o644),
          content: text,
        });
    }
  else if (
    (action === "set-environment" || action === "import-environment") &&
    (units.length === 0 || units.some((word) => !/^(LANG|LC_\w+|TZ|TERM|AWS_(DEFAULT_)?REGION)(=|$)/u.test(plain(word))))
  )
    cannotTell(call.scope, "«systemctl set-environment», which every service gets,");
  else if (action === "edit" && !call.args.some((a) => a.startsWith("--stdin")))
    cannotTell(call.scope, `«systemctl edit ${show(units.join(" "))}», whose editor may put anything into the unit`);
  else if (action === "edit")
    for (const unit of units)
      place(call.state, call.scope.context, `/etc/systemd/system/${/\.\w+$/u.test(unit) ? unit : `${unit}.service`}.d/override.conf`, {
        ...newFile(call.state, call.scope.context),
        content: readAll(call.scope.channels),
      });
  return runUnmodelled("systemctl", call);
};

/** `systemd-tmpfiles --create FILE` does now what its lines say; those of the system's folders are followed as what every boot does. */
export const tmpfiles: Effect = (call) => {
  const { operands } = parseOptions(call.args, { long: { prefix: "p", "exclude-prefix": "x", root: "r" } });
  for (const file of operands) {
    const text = file === "-" ? readAll(call.scope.channels) : contentOf(file.includes("/") ? file : `/etc/tmpfiles.d/${file}`, call.state);
    if (isKnown(text)) runShellText(tmpfileCommands(plain(text)), call.state, call.scope);
    else cannotTell(call.scope, `«${call.name}» with ${show(file)}, a file that nobody has shown`);
  }
  return "likely";
};

/** `git config KEY VALUE` and `git -c KEY=VALUE`: what git runs on its own from then on. */
export function gitSettings(call: Call, words: readonly string[], given: readonly string[]): void {
  const [key = "", value] = words.filter((a) => !a.startsWith("-")).map(plain);
  const pairs = [
    ...(value === undefined ? [] : [[key, value] as const]),
    ...given.map(plain).map((one) => [one.replace(/=.*/su, ""), one.replace(/^[^=]*=?/u, "")] as const),
  ];
  for (const [name, text] of pairs)
    if (!gitHarmless(name, text))
      cannotTell(call.scope, `«git» with ${show(name)} = ${show(text)}, which decides what git runs and whom it trusts,`);
}
