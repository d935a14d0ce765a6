/**
 * Gateways as a fleet: from their user data alone, before a balancer of theirs, in front of the lab's internal one. A release that serves, and one that
 * does not, while clients ask.
 */
import { startFleet, type Fleet, type Member } from "../fleet/group";
import { launchOf, type Launch } from "../fleet/program";
import { refresh, type Refresh } from "../fleet/refresh";
import type { Lab } from "../lab";
import { sleep } from "../process";
import { secretsOf } from "../secrets";
import { checkFileTable } from "./file-table";
import { checkSecretsOf } from "./fleet-host";
import { sharedGroup } from "./fleet-refresh";
import { configFile } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { underRequests } from "./https";
import { upOnce } from "./operator";
import { FEATURES } from "./service";

const KEY = "f00d5eed1234abc9".repeat(2);
const TOKEN = "gateway-token-4711-of-the-lab";
const BAKE_MS = 2000;

/** What each of them has, and what tells one release from another. */
const release = (env: Readonly<Record<string, string>>): object => ({
  ...{ apiKeys: { "client-a": KEY }, secretEnv: { API_TOKEN: TOKEN }, env },
  // The balancer of the lab is one client to them.
  apiAccess: { perSecond: 1000, burst: 1000 },
});

interface Standing {
  members: readonly Member[];
  launch: Launch;
  made: number;
}

/** Only a backend can answer it, behind a gateway that knows the key. */
const predict = (fleet: Fleet, key?: string): ReturnType<Fleet["ask"]> =>
  fleet.ask("/predict", JSON.stringify({ features: FEATURES }), key === undefined ? {} : { "x-api-key": key });

/** Health is open, all else needs the key. */
async function serves(fleet: Fleet): Promise<void> {
  const [health, without, predicted] = [await fleet.ask("/health"), await predict(fleet), await predict(fleet, KEY)];
  expect(health.status === 200 && health.body === '{"status":"ok"}', `/health answered ${health.status}: ${health.body}`);
  expect(without.status === 401, `/predict without a key answered ${without.status}`);
  expect(
    predicted.status === 200 && /"label":/.test(predicted.body),
    `/predict answered ${predicted.status}: ${predicted.body.slice(0, 300)}`,
  );
}

/** The stack of the lab with its internal load balancer, to which the name of the backend leads; then a gateway from nothing. One is enough: what takes its place is there first. */
async function stand(lab: Lab, of: { standing?: Standing }): Promise<string> {
  await upOnce(lab.name, "--config", configFile(lab, { backend: { loadBalancer: true } }));
  const launch = await launchOf(lab, "gateway", release({}));
  const fleet = await startFleet(lab, "gateway");
  const began = Date.now();
  const member = await fleet.launch("g1", launch.userData, launch.tags);
  of.standing = { members: [member], launch, made: 1 };
  const { group, hook, result } = await fleet.said(member);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  expect(`${group} ${hook} ${result}` === "ml-gateway-dev-gateway set-up CONTINUE", `it said ${result} to ${hook} of ${group}`);
  await fleet.join(member);
  await serves(fleet);
  const rows = await checkFileTable(lab, { g1: "gateway" });
  const secrets = [KEY, TOKEN, ...Object.values(secretsOf(lab.name))];
  // The file of the keys is nginx's, and root's alone.
  for (const secret of secrets.filter((one) => one !== KEY)) await checkSecretsOf(lab, "g1", [secret]);
  const holds = (
    await lab.must("g1", "grep -rlsF -f - /etc /var/log /run /home /root /var/lib/cloud /var/lib/ddos || :", { input: KEY })
  ).trim();
  expect(holds === "/etc/ddos/api-keys.conf", `the key of the API is in ${holds}`);
  return `healthy ${seconds} s after its start; ${rows}`;
}

/** What systemd-resolved does on Ubuntu, and the machines here do not have: it passes questions on to the VPC's name server. */
const RESOLVER = `import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.53", 53))
above = next(line.split()[1] for line in open("/etc/resolv.conf") if line.startswith("nameserver"))
while True:
    query, client = server.recvfrom(4096)
    asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asked.settimeout(2)
    try:
        asked.sendto(query, (above, 53))
        server.sendto(asked.recv(4096), client)
    except OSError:
        pass
`;
const withResolver = ({ userData, tags }: Launch): Launch => ({
  tags,
  userData: userData.replace(
    /^#!.*\n/,
    (first) =>
      `${first}printf %s ${Buffer.from(RESOLVER).toString("base64")} | base64 -d >/root/resolver.py; systemd-run --quiet --unit=resolver python3 /root/resolver.py\n`,
  ),
});

async function change(lab: Lab, group: Standing, gateway: object): Promise<{ ended: Refresh; answered: number }> {
  const fleet = await startFleet(lab, "gateway");
  const launch = withResolver(await launchOf(lab, "gateway", gateway));
  const name = (): string => `g${(group.made += 1)}`;
  let ended: Refresh = { ended: "", members: group.members };
  const ask = async (): Promise<{ status: number; headers: Record<string, never>; body: string }> => {
    await sleep(50);
    return { headers: {}, ...(await predict(fleet, KEY)) };
  };
  const work = async (): Promise<void> => {
    ended = await refresh(fleet, group.members, { old: group.launch, new: launch }, { bakeMs: BAKE_MS, name });
  };
  const answered = await underRequests(ask, work);
  group.members = ended.members;
  if (ended.ended === "successful") group.launch = launch;
  return { ended, answered };
}

function standingOf({ standing }: { standing?: Standing }): Standing {
  if (standing === undefined) throw new Error("there are no gateways: the check before this one failed");
  return standing;
}

async function good(lab: Lab, of: { standing?: Standing }): Promise<string> {
  const group = standingOf(of);
  const before = group.members.map(({ instanceId }) => instanceId);
  const { ended, answered } = await change(lab, group, release({ FEATURE: "two" }));
  expect(ended.ended === "successful", ended.ended);
  expect(group.members.length === 1 && !group.members.some(({ instanceId }) => before.includes(instanceId)), "it was not replaced");
  const [first] = group.members;
  const env = await lab.must(first?.host ?? "", "grep -c FEATURE=.two /home/ddos/app/.env");
  expect(env.trim() === "1", `the new setting is there ${env.trim()} times`);
  return `replaced, ${answered} requests, 0 dropped`;
}

/** nginx alone: no application, no .env, and health is the backend's. */
async function asProxy(lab: Lab, of: { standing?: Standing }): Promise<string> {
  const group = standingOf(of);
  const { apiKeys, apiAccess } = release({}) as Record<"apiKeys" | "apiAccess", object>;
  const { ended, answered } = await change(lab, group, { apiKeys, apiAccess, mode: "proxy" });
  expect(ended.ended === "successful", ended.ended);
  const host = group.members[0]?.host ?? "";
  const there = await lab.must(host, "ls -d /home/ddos/app /home/ddos/venv /etc/systemd/system/ddos-gateway.service 2>/dev/null || :");
  expect(there.trim() === "", `an application is there: ${there}`);
  await serves(await startFleet(lab, "gateway"));
  const front = await lab.must(host, "grep -c 'backend.internal' /etc/nginx/sites-available/gateway");
  return `replaced, ${answered} requests, 0 dropped; nginx names the backend ${front.trim()} times`;
}

/** Its application does not start with such a setting. */
async function refused(lab: Lab, of: { standing?: Standing }): Promise<string> {
  const group = standingOf(of);
  const before = group.members.map(({ instanceId }) => instanceId).join();
  const { ended, answered } = await change(lab, group, release({ MAX_BODY_MIB: "many" }));
  expect(/^rolled back: g\d+ said ABANDON$/.test(ended.ended), ended.ended);
  expect(group.members.map(({ instanceId }) => instanceId).join() === before, "a gateway that served was replaced");
  return `${ended.ended}; ${answered} requests, 0 dropped`;
}

/** Each stands on the one before; the last takes the gateways away. */
export function gatewayFleetChecks(lab: () => Lab): Check[] {
  const { of, cleared } = sharedGroup<Standing>(lab, "gateway");
  return [
    {
      name: "gateway fleet: user data alone makes a healthy gateway, which proves the backend and serves with keys of the API",
      run: () => stand(lab(), of),
    },
    { name: "gateway fleet: a gateway gets a good release, and no request is dropped", run: () => good(lab(), of) },
    {
      name: "gateway fleet: a release that makes proxies of them replaces them, and no request is dropped",
      run: () => asProxy(lab(), of),
    },
    {
      name: "gateway fleet: a release that its host refuses goes back, and no request is dropped",
      run: () => refused(lab(), of).finally(cleared),
    },
  ];
}
