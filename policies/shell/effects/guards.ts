/** What keeps others out of a host, and what writes down who came in: programs that switch it off. */
import type { Call } from "../call";
import { newFile } from "../channels";
import type { Entry } from "../files";
import { exactly } from "../mode";
import { noteRules } from "./packet-filter";
import { cannotTell } from "../report";
import { plain, show } from "../text";

/** Packages and units of Debian and Ubuntu, with what the host loses. */
const LOST: readonly (readonly [RegExp, string])[] = [
  [/^(ufw|firewalld|nftables|netfilter-persistent|iptables-persistent)$/u, "the host's firewall"],
  [/^(unattended-upgrades|apt-daily-upgrade)$/u, "the installation of security updates"],
  [/^(auditd|audit|rsyslog|syslog-ng|systemd-journald|journald)$/u, "the host's logs"],
  [/^(fail2ban|crowdsec|sshguard)$/u, "what locks out those who guess logins"],
  [/^(apparmor|selinux\S*)$/u, "the confinement of programs"],
];
const lostWith = (name: string): string | undefined =>
  LOST.find(([names]) => names.test(name.replace(/\.(service|timer|socket)$/u, "")))?.[1];

/** What the host loses by the command; undefined for others. */
function lossOf({ name, args }: Call): string | undefined {
  const words = args.map(plain);
  const [action = "", ...rest] = words.filter((word) => !word.startsWith("-"));
  if (name === "systemctl") return /^(disable|mask)$/u.test(action) ? first(rest) : undefined;
  if (/^(apt|apt-get|aptitude|dnf|yum)$/u.test(name)) return /^(remove|purge|autoremove|erase)$/u.test(action) ? first(rest) : undefined;
  if (name === "dpkg") return words.some((word) => /^(-[rP]|--(remove|purge))$/u.test(word)) ? first(rest.concat(action)) : undefined;
  if (name === "update-rc.d") return rest.some((word) => /^(disable|remove)$/u.test(word)) ? first([action]) : undefined;
  if (name === "ufw" && action === "default" && rest[0] === "allow" && rest[1] !== "outgoing" && rest[1] !== "routed")
    return "the host's firewall";
  if (name === "auditctl" && (words.includes("-D") || (words[0] === "-e" && words[1] === "0"))) return "the host's logs";
  if (name === "setenforce" && /^(0|permissive)$/iu.test(action)) return "the confinement of programs";
  if (/^aa-(disable|teardown|complain|remove-unknown)$/u.test(name)) return "the confinement of programs";
  return undefined;
}

const first = (names: readonly string[]): string | undefined => names.map(lostWith).find((lost) => lost !== undefined);

export function noteLoss(call: Call): void {
  const { scope, name, args } = call;
  if (name === "ufw") switchFirewall(call);
  noteRules(call);
  const lost = lossOf(call);
  if (lost !== undefined) cannotTell(scope, `«${name} ${show(args.join(" "))}», which switches off ${lost},`);
}

/** Where ufw keeps whether it is on; what counts is how the set-up leaves it (obeyed/packets.ts). `ufw reset` switches it off until it is enabled. */
const FIREWALL = "/etc/ufw/ufw.conf";

function switchFirewall({ args, state, scope: { context } }: Call): void {
  const action = args.map(plain).find((word) => !word.startsWith("-")) ?? "";
  if (!/^(enable|disable|reset)$/u.test(action)) return;
  const made: Entry = { ...newFile(state, context, exactly(0o644)), owner: "root", group: "root" };
  state.files.entries.set(FIREWALL, [{ ...made, content: `ENABLED=${action === "enable" ? "yes" : "no"}\n` }]);
}
