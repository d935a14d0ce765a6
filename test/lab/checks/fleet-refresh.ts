/** Instance refreshes of three hosts behind a balancer, under requests: a good release, one that its first host refuses, and one that an alarm ends. */
import { firstBoot } from "../../../infra/fleet/first-boot";
import { DEFAULT_FLEET } from "../../../infra/fleet/limits";
import type { HostRole } from "../../../infra/release/types";
import type { AppSwitches } from "../faults/variants";
import { startFleet, type Fleet, type Member } from "../fleet/group";
import { errorAlarm, refresh, type Alarm, type Refresh } from "../fleet/refresh";
import type { Lab } from "../lab";
import { smallRelease } from "./fleet";
import type { Check } from "./harness";
import { expect } from "./harness";
import { underRequests } from "./https";

/** What a group has from one refresh to the next. */
interface Standing {
  members: readonly Member[];
  userData: string;
  label: string;
  made: number;
}

interface Watched {
  readonly alarm?: Alarm;
  readonly bakeMs?: number;
}

const BAKE_MS = 2000;
/** A twentieth of AWS's; two of them in a row, and what is left of the one before. */
const PERIOD_MS = 3000;
const userDataOf = async (lab: Lab, app: AppSwitches): Promise<string> => firstBoot(await smallRelease(lab, app));

async function standing(lab: Lab, fleet: Fleet, of: { standing?: Standing }): Promise<Standing> {
  if (of.standing !== undefined) return of.standing;
  const userData = await userDataOf(lab, { label: "one" });
  const members: Member[] = [];
  for (const host of ["h1", "h2", "h3"]) members.push(await fleet.launch(host, userData));
  const results = await Promise.all(members.map((member) => fleet.said(member)));
  const said = results.map(({ result }) => result).join();
  expect(said === "CONTINUE,CONTINUE,CONTINUE", `the hosts said ${said}`);
  await Promise.all(members.map((member) => fleet.join(member)));
  return (of.standing = { members, userData, label: "one", made: 3 });
}

/** A refresh to another release. */
async function change(
  lab: Lab,
  fleet: Fleet,
  group: Standing,
  app: AppSwitches,
  { alarm, bakeMs = BAKE_MS }: Watched = {},
): Promise<Refresh> {
  const versions = { old: group.userData, new: await userDataOf(lab, app) };
  const name = (): string => `h${(group.made += 1)}`;
  const ended = await refresh(fleet, group.members, versions, { bakeMs, name, alarm });
  group.members = ended.members;
  if (ended.ended === "successful") [group.userData, group.label] = [versions.new, app.label];
  return ended;
}

/** Most are short; one in four lasts a second, and is at work when its host leaves. */
function asking(fleet: Fleet): () => Promise<{ status: number; headers: Record<string, never>; body: string }> {
  let turn = 0;
  return async () => ({ headers: {}, ...(await fleet.ask((turn += 1) % 4 === 0 ? "/slow/1" : "/about")) });
}

async function labels(fleet: Fleet): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: 9 }, () => fleet.ask("/about")));
  return [...new Set(answers.map(({ body }) => (JSON.parse(body) as { label: string }).label))];
}

async function good(lab: Lab, of: { standing?: Standing }): Promise<string> {
  const fleet = await startFleet(lab);
  const group = await standing(lab, fleet, of);
  const old = group.members.map(({ instanceId }) => instanceId);
  let ended = "";
  const answered = await underRequests(asking(fleet), async () => (ended = (await change(lab, fleet, group, { label: "two" })).ended));
  expect(ended === "successful", ended);
  expect(group.members.length === 3 && !group.members.some(({ instanceId }) => old.includes(instanceId)), "not all hosts were replaced");
  const serving = await labels(fleet);
  expect(serving.join() === "two", `these serve: ${serving.join(", ")}`);
  return `3 hosts replaced, ${answered} requests, 0 dropped`;
}

async function refusedByHost(lab: Lab, of: { standing?: Standing }): Promise<string> {
  const fleet = await startFleet(lab);
  const group = await standing(lab, fleet, of);
  const before = group.members.map(({ instanceId }) => instanceId).join();
  let ended = "";
  const bad = { label: "bad", fault: "unhealthy" } as const;
  const answered = await underRequests(asking(fleet), async () => (ended = (await change(lab, fleet, group, bad)).ended));
  expect(/^rolled back: h\d+ said ABANDON$/.test(ended), ended);
  expect(group.members.map(({ instanceId }) => instanceId).join() === before, "a host that served was replaced");
  return `${ended}; ${answered} requests, 0 dropped`;
}

/** Its gates have nothing to find: it is healthy, and answers what clients ask with 500. Those answers are the release's, and what the alarm is for. */
async function endedByAlarm(lab: Lab, of: { standing?: Standing }): Promise<string> {
  const fleet = await startFleet(lab);
  const group = await standing(lab, fleet, of);
  const before = group.members.map(({ instanceId }) => instanceId);
  const alarm = errorAlarm(fleet.view, DEFAULT_FLEET.errorShare, PERIOD_MS);
  let [ended, failing] = ["", 0];
  const ask = asking(fleet);
  const once: typeof ask = async () => {
    const reply = await ask();
    if (reply.status !== 500 || reply.body !== "failing") return reply;
    failing += 1;
    return { ...reply, status: 200 };
  };
  const bad = { label: "bad", fault: "failing" } as const;
  const watched = { alarm, bakeMs: 6 * PERIOD_MS };
  const answered = await underRequests(once, async () => (ended = (await change(lab, fleet, group, bad, watched)).ended));
  expect(/^rolled back: the alarm went off/.test(ended), ended);
  expect(failing > 0, "no client met the bad release, so this proves nothing");
  const kept = group.members.filter(({ instanceId }) => before.includes(instanceId)).length;
  expect(
    group.members.length === 3 && kept === 2,
    `${group.members.length} hosts, ${kept} of before; one was to be replaced and brought back`,
  );
  const serving = await labels(fleet);
  expect(serving.join() === group.label, `these serve: ${serving.join(", ")}`);
  return `${ended}; ${answered} requests, ${failing} answered with 500 by the bad release, 0 dropped`;
}

/** The group of all checks, which goes when it is asked to. */
export function sharedGroup<Group extends { readonly members: readonly Member[] }>(
  lab: () => Lab,
  role: HostRole,
): { of: { standing?: Group }; cleared: () => Promise<void> } {
  const of: { standing?: Group } = {};
  const cleared = async (): Promise<void> => {
    const fleet = await startFleet(lab(), role);
    for (const member of of.standing?.members ?? []) await fleet.leave(member);
    of.standing = undefined;
  };
  return { of, cleared };
}

/** Each leaves three hosts with what it ended with; the last takes them away. */
export function fleetRefreshChecks(lab: () => Lab): Check[] {
  const { of, cleared } = sharedGroup<Standing>(lab, "backend");
  return [
    { name: "fleet refresh: three hosts get a good release, and no request is dropped", run: () => good(lab(), of) },
    {
      name: "fleet refresh: an alarm ends it, and the release before comes back; no request is dropped",
      run: () => endedByAlarm(lab(), of),
    },
    {
      name: "fleet refresh: a release that its first host refuses ends it, and no request is dropped",
      run: () => refusedByHost(lab(), of).finally(cleared),
    },
  ];
}
