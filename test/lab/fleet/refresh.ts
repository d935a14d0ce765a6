/** An instance refresh as AWS does it with AutoRollback: a host after the other, and back where one refuses, or where the alarm goes off meanwhile. */
import { sleep, until } from "../process";
import type { Launch } from "./program";
import { SET_UP_MS, type Fleet, type Member, type View } from "./group";

export interface Refresh {
  /** "rolled back" with the reason. */
  readonly ended: string;
  readonly members: readonly Member[];
}

/** User data, with the tags of the instances where they have some. */
export type Version = string | Launch;

/** What ends a refresh from outside. @returns why it went off; undefined while it is silent */
export type Alarm = () => Promise<string | undefined>;

export interface RefreshOptions {
  /** After each host. */
  readonly bakeMs: number;
  /** Of the next host. */
  readonly name: () => string;
  /** @default none */
  readonly alarm?: Alarm;
}

/** Periods in a row, as infra/fleet/fleet.ts asks for them. */
const PERIODS = 2;

/**
 * The alarm of infra/fleet on the share of 5xx among what the targets answered; what the balancer answered itself is not theirs. A period without
 * requests does not breach. It looks when it is asked, once a period at most.
 */
export function errorAlarm(view: () => Promise<View>, share: number, periodMs: number): Alarm {
  let last: { readonly at: number; readonly requests: number; readonly errors: number } | undefined;
  let breaching = 0;
  let found = 0;
  return async () => {
    const now = { at: Date.now(), ...answered(await view()) };
    if (last !== undefined && now.at - last.at >= periodMs) {
      const requests = now.requests - last.requests;
      found = requests === 0 ? 0 : (now.errors - last.errors) / requests;
      breaching = found >= share ? breaching + 1 : 0;
      last = now;
    }
    last ??= now;
    return breaching >= PERIODS ? `the alarm went off, ${Math.round(found * 100)} % of the answers are 5xx` : undefined;
  };
}

function answered({ counts }: View): { requests: number; errors: number } {
  const rows = Object.entries(counts).flatMap(([release, of]) => (release === "none" ? [] : Object.entries(of)));
  const sum = (some: typeof rows): number => some.reduce((total, [, count]) => total + count, 0);
  return { requests: sum(rows), errors: sum(rows.filter(([status]) => Number(status) >= 500)) };
}

/**
 * Replaces members one by one by instances of another version: each new one first, so that never fewer serve than before. A new one that refuses
 * and an alarm make those of the new version give way to instances of the old one.
 */
export async function refresh(
  fleet: Fleet,
  members: readonly Member[],
  versions: { readonly old: Version; readonly new: Version },
  { bakeMs, name, alarm = () => Promise.resolve(undefined) }: RefreshOptions,
): Promise<Refresh> {
  const [old, replaced] = [[...members], [] as Member[]];
  const back = async (reason: string): Promise<Refresh> => {
    for (let one = replaced.pop(); one !== undefined; one = replaced.pop()) {
      const before = await bring(fleet, name(), versions.old);
      if (typeof before === "string") throw new Error(`rollback: ${before}`);
      await fleet.leave(one);
      old.push(before);
    }
    return { ended: `rolled back: ${reason}`, members: old };
  };
  while (old.length > 0) {
    const next = await bring(fleet, name(), versions.new, alarm);
    if (typeof next === "string") return back(next);
    const gone = old.shift();
    if (gone !== undefined) await fleet.leave(gone);
    replaced.push(next);
    const why = await bake(bakeMs, alarm);
    if (why !== undefined) return back(why);
  }
  return { ended: "successful", members: replaced };
}

/** @returns the reason why there is no such host */
async function bring(fleet: Fleet, host: string, version: Version, alarm?: Alarm): Promise<Member | string> {
  const { userData, tags } = typeof version === "string" ? { userData: version, tags: undefined } : version;
  const member = await fleet.launch(host, userData, tags);
  const why = await until(`the hook of ${host}`, SET_UP_MS, async () => {
    const stopped = await alarm?.();
    if (stopped !== undefined) return stopped;
    const said = await fleet.heard(member);
    return said === undefined ? undefined : said.result === "CONTINUE" ? "" : `${host} said ${said.result}`;
  });
  if (why === "") {
    await fleet.join(member);
    return member;
  }
  await fleet.terminate(member);
  return why;
}

async function bake(bakeMs: number, alarm: Alarm): Promise<string | undefined> {
  for (const end = Date.now() + bakeMs; Date.now() < end; await sleep(250)) {
    const why = await alarm();
    if (why !== undefined) return why;
  }
  return undefined;
}
