/**
 * Rules of the host's packet filter, and routing rules that refuse, which a set-up takes away. What counts is how it leaves them: whoever takes all
 * rules away and loads others has written a firewall anew, and whoever made a table may take it down.
 */
import type { Call } from "../call";
import { newFile, stdinOf } from "../channels";
import { UNIT_FOLDERS } from "../paths";
import { contentOf } from "../redirects";
import type { State } from "../state";
import { isKnown, plain } from "../text";

/** One entry for each kind of rules that is gone, with the command that took them: no file, but it forks and joins with the rest of the state. */
export const GONE = "/proc/net/rules-gone/";

/** Whose rules they are: those of one program, routing rules, or the rules that a unit loads at its start. */
type Kind = "nft" | "iptables" | "ip6tables" | "rule" | `unit ${string}`;
const FILTERS: readonly Kind[] = ["nft", "iptables", "ip6tables"];

interface Change {
  readonly takes: readonly Kind[];
  /** Kinds of which there are rules again. */
  readonly puts: readonly Kind[];
}
const NOTHING: Change = { takes: [], puts: [] };
const takes = (...kinds: Kind[]): Change => ({ takes: kinds, puts: [] });
const puts = (...kinds: Kind[]): Change => ({ takes: [], puts: kinds });

const ADMIN =
  /^(nft|ip6?tables(-(legacy|nft))?(-restore)?|ufw|firewall-cmd|netfilter-persistent|systemctl|service|invoke-rc\.d|nftables|ip)$/u;
const REMOVES = /\bflush\s+(?:ruleset|table|chain)\b|\b(?:delete|destroy)\s+(?:table|chain|rule)\b/gu;
/** What keeps packets out, and what takes them elsewhere: a set of rules is there for one of these. */
const RULES = /\b(?:drop|reject|masquerade|snat|dnat|redirect|DROP|REJECT|MASQUERADE|SNAT|DNAT|REDIRECT)\b/gu;

const lastOf = (pattern: RegExp, text: string): number => [...text.matchAll(pattern)].at(-1)?.index ?? -1;

/** What a text of nft leaves: that which comes last counts. A file that nobody has shown is taken to load some rules. */
function byNft(text: string, isFile: boolean): Change {
  const [removed, made] = [lastOf(REMOVES, text), lastOf(RULES, text)];
  if (removed > made) return takes("nft");
  return made >= 0 || (isFile && !isKnown(text)) ? puts(...FILTERS) : NOTHING;
}

function byIptables(name: string, words: readonly string[], input: string): Change {
  const kind: Kind = name.startsWith("ip6") ? "ip6tables" : "iptables";
  if (name.endsWith("-restore")) return !isKnown(input) || lastOf(RULES, input) >= 0 ? puts(kind) : takes(kind);
  const line = words.join(" ");
  const table = /(?:^| )(?:-t ?|--table[ =])(\w+)/u.exec(line)?.[1] ?? "filter";
  if (/(^| )(-A|-I|--append|--insert)( |$)/u.test(line)) return lastOf(RULES, line) >= 0 ? puts(kind) : NOTHING;
  if (/(^| )(-P|--policy) \w+ (DROP|REJECT)\b/u.test(line)) return puts(kind);
  if (table !== "filter") return NOTHING;
  if (/(^| )(-F|--flush)( |$)/u.test(line) || /(^| )(-P|--policy) INPUT ACCEPT\b/u.test(line)) return takes(kind);
  const deleted = /(?:^| )(?:-D|--delete) \S+ ([^]*)/u.exec(line)?.[1] ?? "";
  return /^\d+( |$)|DROP|REJECT/u.test(deleted) ? takes(kind) : NOTHING;
}

/** Rules that refuse by the address or the user; other routing rules say which way packets take. */
function byIp(line: string): Change {
  const [, action = "", rest = ""] = /(?:^| )rule (add|a|del|delete|d|flush|f)\b ?(.*)$/u.exec(line) ?? [];
  if (action === "") return NOTHING;
  if (action.startsWith("a")) return /\b(prohibit|blackhole|unreachable)\b/u.test(rest) ? puts("rule") : NOTHING;
  const refuses = /\b(prohibit|blackhole|unreachable)\b|169\.254\.|fd00:ec2::|^(pref|priority|order|preference) \S+$/u.test(rest);
  return action.startsWith("f") || refuses ? takes("rule") : NOTHING;
}

const FROM_FILE = /^(-\w*f|--file)$/u;

/** Rules that a program of the packet filter reads from a file: `nft -f FILE`, `iptables-restore FILE`. */
export function rulesFile(program: string, args: readonly string[], state: State): string | undefined {
  if (program === "nft") {
    const at = args.findIndex((arg) => FROM_FILE.test(arg));
    const file = at < 0 ? undefined : args[at + 1];
    return file === undefined || file === "-" ? undefined : contentOf(file, state);
  }
  const file = /^ip6?tables-restore$/u.test(program) ? args.find((arg) => !arg.startsWith("-")) : undefined;
  return file === undefined ? undefined : contentOf(file, state);
}

const LOADS = /^[ \t]*ExecStart\s*=\s*\S*\b(nft|ip6?tables(-restore)?)\b/mu;
const FIREWALLS = /^(nftables|ufw|firewalld|netfilter-persistent|iptables-persistent|iptables)$/u;

/** Whether the unit's own start loads rules, as the set-up has written it. */
const loadsRules = (unit: string, state: State): boolean =>
  UNIT_FOLDERS.some((folder) => LOADS.test(plain(contentOf(`${folder}/${unit}.service`, state))));

function byUnit(action: string, units: readonly string[], state: State): Change {
  const stops = /^(stop|disable|mask|kill)$/u.test(action);
  if (!stops && !/^(start|restart|reload|enable|reenable|reload-or-restart|try-restart|force-reload)$/u.test(action)) return NOTHING;
  const found = units.map((unit) => unit.replace(/\.service$/u, ""));
  const own = found.filter((unit) => !FIREWALLS.test(unit) && loadsRules(unit, state)).map((unit): Kind => `unit ${unit}`);
  const isFirewall = found.some((unit) => FIREWALLS.test(unit));
  if (!stops) return isFirewall || own.length > 0 ? puts(...FILTERS, ...own) : NOTHING;
  // What is switched off for good is said where that happens (guards.ts).
  return takes(...own, ...(isFirewall && action === "stop" ? FILTERS : []));
}

const OPENS_ZONE = /^--(set-default-zone=(trusted|ACCEPT)|set-target=ACCEPT|remove-rich-rule=.*\b(drop|reject)\b)/u;

function changeOf({ name, args, state, scope }: Call): Change {
  if (!ADMIN.test(name)) return NOTHING;
  const words = args.map(plain);
  const [action = "", ...rest] = words.filter((word) => !word.startsWith("-"));
  const input = (): string => rulesFile(name, args, state) ?? stdinOf(scope.channels).text;
  if (name === "nft") {
    const isFile = words.some((word) => FROM_FILE.test(word));
    if (words.some((word) => /^(-[a-z]*c|--check$)/u.test(word))) return NOTHING;
    return byNft(isFile ? plain(input()) : words.join(" "), isFile);
  }
  if (name.endsWith("tables") || /^ip6?tables-/u.test(name))
    return byIptables(name, words, name.endsWith("-restore") ? plain(input()) : "");
  if (name === "ip") return byIp(words.join(" "));
  if (name === "ufw") return action === "stop" ? takes(...FILTERS) : /^(enable|reload|start)$/u.test(action) ? puts(...FILTERS) : NOTHING;
  if (name === "firewall-cmd") return words.some((word) => OPENS_ZONE.test(word)) ? takes(...FILTERS) : NOTHING;
  if (name === "netfilter-persistent" || name === "nftables")
    return /^(flush|stop)$/u.test(action) ? takes(...FILTERS) : /^(start|restart|reload)$/u.test(action) ? puts(...FILTERS) : NOTHING;
  return name === "systemctl" ? byUnit(action, rest, state) : byUnit(rest[0] ?? "", [action], state);
}

/** Notes in the state what the command takes away, and what is there again. */
export function noteRules(call: Call): void {
  const { takes: taken, puts: put } = changeOf(call);
  const { state, scope, name, args } = call;
  const note = (kind: Kind, content: string): void => state.files.entries.set(GONE + kind, [{ ...newFile(state, scope.context), content }]);
  for (const kind of put) if (state.files.entries.has(GONE + kind)) note(kind, "");
  for (const kind of taken) note(kind, [name, ...args].map(plain).join(" "));
}
