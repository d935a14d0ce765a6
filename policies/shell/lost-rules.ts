/** Rules of the packet filter that a host ends up without: a command has taken them away and nothing has put others in their place. */
import type { Files, Place } from "./files";
import { GONE } from "./effects/packet-filter";
import { UNIT_FOLDERS } from "./paths";
import type { Executed } from "./state";
import { plain, show } from "./text";

export interface Lost {
  readonly what: string;
  readonly place: Place;
}

/** @param during what the set-up ran @param later what units, tables of cron and the like run */
export function lostRules(files: Files, during: readonly Executed[], later: readonly Executed[]): Lost[] {
  const found: Lost[] = [];
  for (const [path, entries] of files.entries) {
    if (!path.startsWith(GONE)) continue;
    for (const { kind, content = "", place } of entries) {
      if (kind === "absent" || content === "" || isOwn(content, place, [...during, ...later])) continue;
      if (path.startsWith(`${GONE}unit `) && !isThere(path.slice(GONE.length + 5), files)) continue;
      const rules = path === `${GONE}rule` ? "routing rules that may keep users from the instance metadata" : "rules of the packet filter";
      found.push({ what: `«${show(content)}», which takes away ${rules}, and nothing puts others in their place,`, place });
    }
  }
  return [...found, ...ofOthers(during, later)];
}

/** The unit that loads the rules is still a part of the host. */
const isThere = (unit: string, { entries }: Files): boolean =>
  UNIT_FOLDERS.some((folder) => entries.get(`${folder}/${unit}.service`)?.some(({ kind }) => kind !== "absent"));

const sameText = (a: Place, b: Place): boolean => a.urn === b.urn && a.part === b.part && a.runBy === b.runBy;
const lineOf = ({ argv }: Executed): string => argv.slice(1).map(plain).join(" ");
/** All that a run of nft is given. */
const textOf = (run: Executed): string => `${lineOf(run)}\n${plain(run.code ?? run.stdin)}`;

/** The text that takes one table, chain or rule away has made it: a lock that is opened again, a unit that undoes at its end what it did at its start. */
function isOwn(command: string, place: Place, runs: readonly Executed[]): boolean {
  const makes = (program: string, made: (run: Executed) => boolean): boolean =>
    runs.some((run) => run.program === program && sameText(run.place, place) && made(run));
  const [program = ""] = command.split(" ", 1);
  const words = command.slice(program.length + 1);
  if (program === "nft") {
    const [, name] = /\b(?:delete|destroy|flush) (?:table|chain|rule) ((?:(?:ip6?|inet|arp|bridge|netdev) )?\S+)/u.exec(words) ?? [];
    return name !== undefined && makes("nft", (run) => holdsTable(textOf(run), name));
  }
  if (program === "ip") return makes("ip", (run) => /(^| )rule a(dd)?\b/u.test(lineOf(run)));
  const taken = /(^| )(?:-D|--delete) /u;
  const rule = words.replace(taken, "$1");
  return taken.test(words) && makes(program, (run) => ADDED.test(lineOf(run)) && lineOf(run).replace(ADDED, "$1") === rule);
}

/** The family of a table is `ip` where none is named. */
const holdsTable = (text: string, name: string): boolean =>
  [name, name.includes(" ") ? name.replace(/^ip /u, "") : `ip ${name}`].some((one) =>
    [`table ${one} {`, `add table ${one}`, `add chain ${one} `].some((made) => text.includes(made)),
  );

const KEEPS_OUT = /\b(drop|reject|DROP|REJECT)\b/u;

/** Rules by which another text keeps something out, where a text takes all away and loads its own. */
const ofOthers = (during: readonly Executed[], later: readonly Executed[]): Lost[] => [...tables(during, later), ...chains(during)];

const lostBy = ({ place }: Executed, what: string): Lost => ({
  what: `${what} of another step, and does not load it again,`,
  place,
});

/**
 * The last of each text, and of each program: what an earlier one takes away for good, this one does as well, for nothing more comes after it. A look
 * at each of them would take the square of their number.
 */
const lastOfEach = (runs: readonly Executed[]): Executed[] => [
  ...new Map(runs.map((run) => [JSON.stringify([run.program, run.place.urn, run.place.part, run.place.runBy]), run])).values(),
];

function tables(during: readonly Executed[], later: readonly Executed[]): Lost[] {
  const runs = during.filter(({ program }) => program === "nft");
  const others = [...runs, ...later.filter(({ program }) => program === "nft")];
  return lastOfEach(runs.filter((run) => /\bflush ruleset\b/u.test(textOf(run)))).flatMap((run) => {
    const after = runs.slice(runs.indexOf(run)).map(textOf).join("\n");
    return others
      .filter(({ place }) => !sameText(place, run.place))
      .flatMap((other) => guardsIn(textOf(other)))
      .filter(({ name, hooks }) => !holdsTable(after, name) && !(hooks.length > 0 && hooks.every((hook) => closes(after, hook))))
      .map(({ name }) => lostBy(run, `«nft ${show(lineOf(run))}», which takes away the table ${show(name)}`));
  });
}

/** The tables of a text that keep something out, and the hooks at which they let nothing pass but what they name. */
const guardsIn = (text: string): { name: string; hooks: string[] }[] =>
  text.split(/\btable /u).flatMap((one) => {
    const name = /^((?:(?:ip6?|inet|arp|bridge|netdev) )?[\w.-]+) \{/u.exec(one)?.[1];
    if (name === undefined || !KEEPS_OUT.test(one)) return [];
    return [{ name, hooks: [...one.matchAll(CLOSED)].map(([, hook = ""]) => hook) }];
  });
const CLOSED = /\btype filter hook (\w+) [^;]{0,300};\s*policy drop/gu;
const closes = (text: string, hook: string): boolean => [...text.matchAll(CLOSED)].some(([, one]) => one === hook);

const ADDED = /(^| )(?:-[AI]|--append|--insert) /u;

function chains(during: readonly Executed[]): Lost[] {
  const runs = during.filter(({ program }) => /^ip6?tables$/u.test(program));
  const ruleOf = (run: Executed): string => `${run.program} ${lineOf(run).replace(ADDED, "$1")}`;
  const isGuard = (run: Executed): boolean => ADDED.test(lineOf(run)) && KEEPS_OUT.test(lineOf(run));
  return lastOfEach(runs.filter((run) => /^(-t filter )?(-F|--flush)( |$)/u.test(lineOf(run)))).flatMap((run) => {
    const at = runs.indexOf(run);
    const again = new Set(runs.slice(at).filter(isGuard).map(ruleOf));
    return runs
      .slice(0, at)
      .filter((other) => other.program === run.program && isGuard(other) && !sameText(other.place, run.place) && !again.has(ruleOf(other)))
      .map((other) => lostBy(run, `«${run.program} ${show(lineOf(run))}», which takes away the rule «${show(lineOf(other))}»`));
  });
}
