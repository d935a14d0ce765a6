/** Which release is to serve on which host, from what the operator said and the hosts have, and what became of it. Pure. */
import { EXIT, Problem } from "../../policies/cli";
import { count } from "../../policies/cli/words";
import type { HostId } from "../release/types";
import type { CommandResult } from "../remote/ssh";
import type { HostReleases, ReleaseList } from "./releases-report";

export interface Rollback {
  readonly role: HostId;
  /** Full name of a release of that host. */
  readonly target: string;
  /** The one that serves. */
  readonly from: string;
}

export interface RollbackOutcome extends Rollback {
  readonly ok: boolean;
  readonly unreachable?: true;
  readonly seconds: number;
  /** Lines of the host; the last one is the reason of a failure. */
  readonly said: readonly string[];
}

/** Releases of one update come to serve within this time of each other, those of several backends one after another. Minutes. */
const ONE_UPDATE = 20;

type Listed = ReleaseList & { readonly role: HostId };

/**
 * @param wanted a release or its beginning, "previous", or "deployed"
 * @returns the backends first, one after another: what the gateway forwards to is right before the gateway changes
 * @throws Problem saying what there is instead
 */
export function plan(wanted: string, hosts: readonly HostReleases[], stack: string): Rollback[] {
  const unknown = hosts.flatMap((host) => ("error" in host ? [`${host.role}: ${host.error}`] : []));
  if (unknown.length > 0)
    throw new Problem(`nothing was changed, because not every host could be asked:\n${unknown.join("\n")}`, EXIT.cannotTell);
  const listed = hosts.flatMap((host) => ("error" in host ? [] : [host]));
  const ordered = [...listed.filter(({ role }) => role !== "gateway"), ...listed.filter(({ role }) => role === "gateway")];
  return wanted === "previous" ? previous(ordered) : wanted === "deployed" ? deployed(ordered, stack) : named(wanted, ordered, stack);
}

const has = ({ here }: ReleaseList, id: string): boolean => here.some(({ release }) => release === id);
const others = (host: Listed): string => {
  const ids = host.here.map(({ release }) => release).filter((id) => id !== host.serving);
  return `${host.role}: ${ids.length === 0 ? "none" : ids.join(", ")}`;
};

const AGAIN = "To have an older one, deploy it again: check out its commit, set its models and configuration, and run pulumi up";

function wrong(text: string): Problem {
  return new Problem(text, EXIT.wrong);
}

/** When the serving release came to serve; undefined where the history does not say. */
function since({ entries, serving }: ReleaseList): number | undefined {
  const at = entries.filter(({ release, result }) => release === serving && result === "serves").at(-1)?.at;
  const time = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(time) ? undefined : time;
}

/** The host that changed last, and those that changed in the same update. */
function previous(listed: readonly Listed[]): Rollback[] {
  const able = listed.filter((host) => host.previous !== "" && host.previous !== host.serving && has(host, host.previous));
  if (able.length === 0)
    throw wrong(`there is no previous release to roll back to. Beside what serves there are: ${listed.map(others).join("; ")}. ${AGAIN}`);
  const times = listed.map((host) => since(host) ?? Number.NaN);
  if (listed.length > 1 && times.some(Number.isNaN)) {
    throw new Problem(
      `which host the last update changed is not known, because the history of one of them does not reach back that far. Say which: ${listed.map(({ role }) => `--host ${role}`).join(", ")}, or ${listed.length === 2 ? "both" : "several of these"}`,
    );
  }
  const first = beginning(times);
  const meant = listed.filter((host) => listed.length === 1 || (since(host) ?? 0) >= first);
  const unable = meant.filter((host) => !able.includes(host));
  if (unable.length > 0) {
    throw wrong(
      `the last update changed ${meant.map(({ role }) => role).join(" and ")}, and there is no previous release on the ${unable.map(({ role }) => role).join(" and the ")} to roll back to; nothing was changed. Name one host with --host to roll back that one alone`,
    );
  }
  return meant.map(({ role, serving, previous: target }) => ({ role, target, from: serving }));
}

/** Of the last update: the earliest time from which none is further than that from the next. */
function beginning(times: readonly number[]): number {
  return [...times].sort((a, b) => b - a).reduce((first, time) => (first - time <= ONE_UPDATE * 60_000 ? time : first));
}

function deployed(listed: readonly Listed[], stack: string): Rollback[] {
  const rolled = listed.flatMap((host) => (host.rolledBack === null ? [] : [{ host, target: host.rolledBack.deployed }]));
  if (rolled.length === 0)
    throw wrong(`nothing is rolled back on ${listed.map(({ role }) => role).join(" and ")}: what was deployed serves`);
  const gone = rolled.filter(({ host, target }) => !has(host, target));
  if (gone.length > 0) {
    throw wrong(
      gone.map(({ host, target }) => `the deployed release ${target} is not on the ${host.role} any more`).join("; ") +
        `. Deploy a release that differs from it: change the code, the models or the configuration, then pulumi up --stack ${stack}`,
    );
  }
  return rolled.map(({ host, target }) => ({ role: host.role, target, from: host.serving }));
}

const digestOf = (id: string): string => id.slice(id.indexOf("-") + 1);

/** A release of one backend is one of all of them: the number in front of its digest is each host's own. */
function named(wanted: string, listed: readonly Listed[], stack: string): Rollback[] {
  const fits = (id: string): boolean => id === wanted || id.startsWith(wanted.includes("-") ? wanted : `${wanted}-`);
  const found = listed.flatMap((host) => host.here.filter(({ release }) => fits(release)).map(({ release }) => ({ host, release })));
  const [one, ...more] = found;
  if (one === undefined) {
    const once = listed.flatMap((host) => host.entries.filter(({ release }) => fits(release)).map(() => host.role));
    const was =
      once.length > 0 ? `is not on the ${[...new Set(once)].join(" or the ")} any more: at most three releases stay` : "is on no host";
    throw wrong(
      `release ${wanted} ${was}. Beside what serves there are: ${listed.map(others).join("; ")}. ${AGAIN} (npm run releases -- --stack ${stack} shows what it was made of)`,
    );
  }
  const { host, release } = one;
  const peers = host.role === "gateway" ? [] : listed.filter((other) => other !== host && other.role !== "gateway");
  const isSame = (other: { readonly release: string }): boolean => digestOf(other.release) === digestOf(release);
  if (more.some((other) => !isSame(other) || !peers.includes(other.host))) {
    throw new Problem(
      `"${wanted}" is more than one release: ${found.map(({ host, release }) => `${release} on the ${host.role}`).join(", ")}. Give more of its name, or --host`,
    );
  }
  const without = peers.filter(({ here }) => !here.some(isSame));
  if (without.length > 0) {
    throw wrong(
      `release ${release} of the ${host.role} is not on the ${without.map(({ role }) => role).join(" and the ")}, and several backends serve one release; nothing was changed. Name hosts with --host to roll back these alone`,
    );
  }
  const targets = [host, ...peers].flatMap((each): Rollback[] => {
    const target = each === host ? release : each.here.find(isSame)?.release;
    return target === undefined ? [] : [{ role: each.role, target, from: each.serving }];
  });
  // A host that serves it already has nothing to do, where another has.
  const behind = targets.filter(({ target, from }) => target !== from);
  return behind.length === 0 ? targets : behind;
}

export function readRollback(asked: Rollback, { code, stdout, stderr }: CommandResult, milliseconds: number): RollbackOutcome {
  const text = (code === 0 ? stdout : stderr).split("\n").filter((line) => line.trim() !== "");
  const said = text.length > 0 ? text : [`it ended with ${code} and said nothing`];
  return { ...asked, ok: code === 0, seconds: Math.round(milliseconds / 100) / 10, said };
}

export function renderRollbacks(stack: string, outcomes: readonly RollbackOutcome[]): string {
  const rows = outcomes.flatMap(({ role, target, from, ok, seconds, said }) => [
    ok ? `${role}: ${target} serves, in place of ${from} (${seconds} s)` : `${role}: ${target} does not serve`,
    ...said.map((line) => `  ${line}`),
  ]);
  const failed = outcomes.filter(({ ok }) => !ok).length;
  const moved = outcomes.filter(({ ok }) => ok).map(({ role }) => role);
  const half =
    failed > 0 && moved.length > 0
      ? ` The ${moved.join(" and the ")} ${moved.length === 1 ? "keeps" : "keep"} the earlier release: look at all with npm run releases -- --stack ${stack}.`
      : "";
  return [...rows, "", `${count(outcomes.length, "host")}: ${moved.length} done, ${failed} failed.${half}`].join("\n");
}
