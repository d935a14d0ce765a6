/** Instance refreshes of three hosts behind a balancer, under requests: a good release, and one that its first host refuses. */
import { firstBoot } from "../../../infra/fleet/first-boot";
import type { AppSwitches } from "../faults/variants";
import { refresh, startFleet, type Fleet, type Member, type Refresh } from "../fleet/group";
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

const BAKE_MS = 3000;
const userDataOf = async (lab: Lab, app: AppSwitches): Promise<string> => firstBoot(await smallRelease(lab, app));

async function standing(lab: Lab, fleet: Fleet, of: { standing?: Standing }): Promise<Standing> {
  if (of.standing !== undefined) return of.standing;
  const userData = await userDataOf(lab, { label: "one" });
  const members: Member[] = [];
  for (const host of ["h1", "h2", "h3"]) members.push(await fleet.launch(host, userData));
  for (const member of members) {
    const { result } = await fleet.said(member);
    expect(result === "CONTINUE", `${member.host} said ${result}`);
    await fleet.join(member);
  }
  return (of.standing = { members, userData, label: "one", made: 3 });
}

/** A refresh to another release. */
async function change(lab: Lab, fleet: Fleet, group: Standing, app: AppSwitches): Promise<Refresh> {
  const versions = { old: group.userData, new: await userDataOf(lab, app) };
  const name = (): string => `h${(group.made += 1)}`;
  const ended = await refresh(fleet, group.members, versions, { bakeMs: BAKE_MS, name });
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

export function fleetRefreshChecks(lab: () => Lab): Check[] {
  const of: { standing?: Standing } = {};
  const cleared = async (): Promise<void> => {
    const fleet = await startFleet(lab());
    for (const member of of.standing?.members ?? []) await fleet.leave(member);
    of.standing = undefined;
  };
  return [
    { name: "fleet refresh: three hosts get a good release, and no request is dropped", run: () => good(lab(), of) },
    {
      name: "fleet refresh: a release that its first host refuses ends it, and no request is dropped",
      run: async () => {
        try {
          return await refusedByHost(lab(), of);
        } finally {
          await cleared();
        }
      },
    },
  ];
}
