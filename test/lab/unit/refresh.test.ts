/** Refreshes of three hosts behind the balancer of the lab, with servers of this process in place of machines. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless } from "../../needs";
import { startBalancer, type Balancer } from "../fleet/balancer";
import { targetGroup, type Fleet, type Member } from "../fleet/group";
import { errorAlarm, refresh, type Alarm, type Refresh } from "../fleet/refresh";

const PORT = 19_470;
const PERIOD_MS = 300;
const folder = mkdtempSync(join(tmpdir(), "refresh-"));
const sockets = { client: join(folder, "client"), control: join(folder, "control") };

const onLinux = describeUnless(process.platform === "linux" ? undefined : "every address of 127.0.0.0/8 is this computer's on Linux alone");

/** What a release does: it is refused by its host, or serves with this status. */
type Release = "one" | "two" | "refused" | "failing";

let balancer: Balancer;
const hosts = new Map<string, Server>();
const group = targetGroup(sockets);
let made = 0;

beforeAll(() => void (balancer = startBalancer(sockets, { port: PORT, checkMs: 40, checkTimeoutMs: 500 })));
afterAll(() => {
  balancer.close();
  for (const server of hosts.values()) server.close();
  rmSync(folder, { recursive: true });
});

/** A request in four is at work when its host leaves. */
async function launch(host: string, release: string): Promise<Member> {
  const address = `127.0.1.${(made += 1)}`;
  const server = createServer((incoming, outgoing) => {
    const status = release === "failing" && incoming.url !== "/health" ? 500 : 200;
    const answer = (): void => void outgoing.writeHead(status, { "x-release": release }).end(release);
    if (incoming.url === "/slow") setTimeout(answer, 150);
    else answer();
  });
  await new Promise<void>((resolve) => void server.listen(PORT, address, resolve));
  hosts.set(host, server);
  return { host, address, instanceId: `${host}:${release}` };
}

const terminate: Fleet["terminate"] = ({ host }) => {
  hosts.get(host)?.closeAllConnections();
  hosts.get(host)?.close();
  hosts.delete(host);
  return Promise.resolve();
};

const said: Fleet["said"] = ({ instanceId }) =>
  Promise.resolve({
    ...{ instance: instanceId, group: "g", hook: "h", waited: true },
    result: instanceId.endsWith("refused") ? "ABANDON" : "CONTINUE",
  });

const { drain, ...targets } = group;
const fleet: Fleet = {
  ...{ ...targets, launch, said, heard: said, terminate, waitFor: () => Promise.resolve() },
  leave: async (member) => {
    await drain(member);
    await terminate(member);
  },
};

interface Seen {
  readonly ended: Refresh;
  /** What three clients got, by release and status; "lost" without an answer. */
  readonly answers: Readonly<Record<string, number>>;
}

async function underClients(members: readonly Member[], versions: { old: Release; new: Release }, alarm?: Alarm): Promise<Seen> {
  const answers: Record<string, number> = {};
  let stopped = false;
  const client = async (): Promise<void> => {
    for (let turn = 0; !stopped; turn += 1) {
      const got = await fleet.ask(turn % 4 === 0 ? "/slow" : "/").then(
        ({ status, body }) => `${body} ${status}`,
        () => "lost",
      );
      answers[got] = (answers[got] ?? 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  };
  const clients = [1, 2, 3].map(client);
  const bakeMs = alarm === undefined ? 50 : 5000;
  const ended = await refresh(fleet, members, versions, { bakeMs, name: () => `n${made}`, alarm });
  stopped = true;
  await Promise.all(clients);
  return { ended, answers };
}

onLinux("a refresh of three hosts", () => {
  let members: readonly Member[] = [];
  beforeAll(async () => {
    members = await Promise.all(["a", "b", "c"].map((host) => launch(host, "one")));
    await Promise.all(members.map((member) => fleet.join(member)));
  });
  const ids = (): string[] => members.map(({ instanceId }) => instanceId);
  const dropped = (answers: Seen["answers"], expected: RegExp): string[] => Object.keys(answers).filter((got) => !expected.test(got));

  test("a good release replaces all, and no request is lost", async () => {
    const { ended, answers } = await underClients(members, { old: "one", new: "two" });
    members = ended.members;
    expect(ended.ended).toBe("successful");
    expect(ids().every((id) => id.endsWith(":two"))).toBe(true);
    expect(dropped(answers, /^(one|two) 200$/)).toEqual([]);
    expect(Object.keys(answers).sort()).toEqual(["one 200", "two 200"]);
  });

  test("one that its first host refuses replaces none", async () => {
    const before = ids();
    const { ended, answers } = await underClients(members, { old: "two", new: "refused" });
    expect(ended.ended).toMatch(/^rolled back: n\d+ said ABANDON$/);
    expect(ended.members.map(({ instanceId }) => instanceId)).toEqual(before);
    expect(Object.keys(answers)).toEqual(["two 200"]);
  });

  test("one whose answers fail sets off the alarm, and hosts of the release before take its place again", async () => {
    const before = members;
    const alarm = errorAlarm(fleet.view, 0.05, PERIOD_MS);
    const { ended, answers } = await underClients(members, { old: "two", new: "failing" }, alarm);
    members = ended.members;
    expect(ended.ended).toMatch(/^rolled back: the alarm went off, \d+ % of the answers are 5xx$/);
    expect(members).toHaveLength(3);
    expect(ids().every((id) => id.endsWith(":two"))).toBe(true);
    expect(members.filter((one) => before.includes(one))).toHaveLength(2);
    // What the release itself answers is what the alarm is for; nothing else is lost.
    expect(dropped(answers, /^(two 200|failing 500)$/)).toEqual([]);
    expect(answers["failing 500"]).toBeGreaterThan(0);
  });

  test("nobody but the hosts has answered: no 502 and no 503 of the balancer", async () => {
    const { counts } = await fleet.view();
    expect(Object.keys(counts).sort()).toEqual(["failing", "one", "two"]);
  });
});

test("the alarm needs two periods in a row, and a period without requests is none of them", async () => {
  let counts: Record<string, Record<string, number>> = {};
  const view = (): ReturnType<Fleet["view"]> => Promise.resolve({ targets: [], counts });
  const alarm = errorAlarm(view, 0.5, 0);
  const period = (of: typeof counts): Promise<string | undefined> => ((counts = of), alarm());
  expect(await period({})).toBeUndefined();
  expect(await period({ a: { 500: 9 } })).toBeUndefined();
  expect(await period({ a: { 500: 9 } })).toBeUndefined();
  expect(await period({ a: { 500: 19 } })).toBeUndefined();
  // The balancer's own answers are not the targets'.
  expect(await period({ a: { 500: 19, 200: 9 }, none: { 503: 100 } })).toBeUndefined();
  expect(await period({ a: { 500: 29, 200: 9 } })).toBeUndefined();
  expect(await period({ a: { 500: 39, 200: 19 } })).toBe("the alarm went off, 50 % of the answers are 5xx");
});
