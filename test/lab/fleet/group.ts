/**
 * An Auto Scaling group as far as a release meets it: instances from a launch template that are waited for by their hook, join the target group and
 * leave it. The refresh that replaces them is in refresh.ts.
 */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { scriptInNamespace, startDaemon } from "../daemon";
import { controlHooks } from "../inside";
import type { Lab } from "../lab";
import type { HostRole } from "../../../infra/release/types";
import { runDir } from "../paths";
import { until } from "../process";
import type { Completion } from "../services/hooks";
import { namespaceOf, SERVICES } from "../topology";
import { clientSocket, controlSocket, type Counts, type TargetView } from "./balancer";

export const HOOK = { group: "test-fleet", name: "healthy" };
/** The balancer's address is all that may ask; there is no way out but to S3, SSM, the hooks and the balancer of the backends. */
const GROUPS = {
  backend: { group: "fleet", subnet: "10.0.102.0/24", port: 9000, daemon: "balancer" },
  gateway: { group: "gateways", subnet: "10.0.2.0/24", port: 80, daemon: "gateways-balancer" },
} as const;

export interface Member {
  readonly host: string;
  readonly address: string;
  readonly instanceId: string;
}

export interface View {
  readonly targets: readonly TargetView[];
  readonly counts: Counts;
}

/** What a set-up may take here, with other work on the machine. */
export const SET_UP_MS = 180_000;
/** requests.timeoutSeconds of the tests' hosts is longer than any request of theirs. */
const DRAIN_MS = 35_000;

export interface Fleet {
  readonly view: () => Promise<View>;
  /** One request by way of the balancer: GET, or POST with a JSON text. */
  readonly ask: (
    path: string,
    json?: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly status: number; readonly body: string }>;
  /** Boots an instance, which the group waits for from then on. One at a time: it takes the next free address. */
  readonly launch: (host: string, userData: string, tags?: Readonly<Record<string, string>>) => Promise<Member>;
  /** The group waits for a host that is up, as for one that comes out of a warm pool. */
  readonly waitFor: (member: Member) => Promise<void>;
  /** What it said to its hook when it was waited for. @param times how often it has to have said something. @default 1 */
  readonly said: (member: Member, times?: number) => Promise<Completion>;
  /** The same, without waiting. */
  readonly heard: (member: Member) => Promise<Completion | undefined>;
  /** Health checks begin. */
  readonly register: (member: Member) => Promise<void>;
  /** Registers it and waits until it is healthy there. */
  readonly join: (member: Member) => Promise<void>;
  /** Deregistered, drained, terminated. */
  readonly leave: (member: Member) => Promise<void>;
  readonly terminate: (member: Member) => Promise<void>;
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  { json, ...more }: { readonly json?: string | undefined; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; body: string }> {
  const own = json === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(json) };
  const headers = { ...own, ...more.headers };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers, agent: false }, (reply) => {
      let body = "";
      reply.on("data", (part: Buffer) => (body += part.toString("utf8")));
      reply.on("error", reject);
      reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body }));
    });
    call.on("error", reject);
    call.end(json);
  });
}

/** What a fleet asks of the balancer's sockets. */
export interface TargetGroup extends Pick<Fleet, "view" | "ask" | "register" | "join"> {
  /** It gets no new request from then on. The second time it is forgotten. */
  readonly deregister: (member: Member) => Promise<void>;
  /** Deregistered and drained. */
  readonly drain: (member: Member) => Promise<void>;
}

export function targetGroup(sockets: { readonly client: string; readonly control: string }): TargetGroup {
  const view = async (): Promise<View> => JSON.parse((await ask(sockets.control, "GET", "/")).body) as View;
  const tell = (method: string, { address }: Member): Promise<unknown> => ask(sockets.control, method, `/${address}`);
  const targetOf = async ({ address }: Member): Promise<TargetView | undefined> =>
    (await view()).targets.find((target) => target.address === address);
  const register: Fleet["register"] = async (member) => void (await tell("PUT", member));
  const deregister: TargetGroup["deregister"] = async (member) => void (await tell("DELETE", member));
  return {
    view,
    ask: (path, json, headers = {}) => ask(sockets.client, json === undefined ? "GET" : "POST", path, { json, headers }),
    register,
    deregister,
    join: async (member) => {
      await register(member);
      await until(`${member.host} healthy`, 30_000, async () => (await targetOf(member))?.state === "healthy" || undefined);
    },
    drain: async (member) => {
      await deregister(member);
      await until(`${member.host} drained`, DRAIN_MS, async () => (await targetOf(member))?.open === 0 || undefined);
      await deregister(member);
    },
  };
}

/** Starts a balancer of a lab, where it does not run yet. */
export async function startBalancing({ name }: Pick<Lab, "name">, role: HostRole = "backend"): Promise<TargetGroup> {
  const targets = targetGroup({ client: clientSocket(name, role), control: controlSocket(name, role) });
  const { daemon: part } = GROUPS[role];
  if ((await targets.view().catch(() => undefined)) === undefined) {
    startDaemon(scriptInNamespace(namespaceOf(name, "services"), join(__dirname, "balancer.ts"), name, role), {
      ...{ lab: name, part, logFile: join(runDir(name), `${part}.log`) },
    });
    await until("start of the balancer", 15_000, targets.view);
  }
  return targets;
}

/** The balancer of a lab, which is let in to hosts of the fleet. */
export async function startFleet(lab: Lab, role: HostRole = "backend"): Promise<Fleet> {
  const { group, port } = GROUPS[role];
  const from = { cidr: `${SERVICES.address}/32` };
  const rules = [
    { direction: "ingress", protocol: "tcp", fromPort: port, toPort: port, peer: from },
    { direction: "egress", protocol: "-1", peer: { cidr: "0.0.0.0/0" } },
  ] as const;
  await lab.update((state) => ({ ...state, groups: { ...state.groups, [group]: rules } }));
  const { drain, ...targets } = await startBalancing(lab, role);
  const terminate: Fleet["terminate"] = ({ host }) => lab.removeHost(host);
  return {
    ...targets,
    launch: (host, userData, tags) => launch(lab, role, { host, userData, tags }),
    waitFor: async ({ instanceId }) => void (await controlHooks(lab.name, [instanceId])),
    said: (member, times = 1) =>
      until(`the hook of ${member.host}`, SET_UP_MS, async () => heard(await controlHooks(lab.name), member)[times - 1]),
    heard: async (member) => heard(await controlHooks(lab.name), member)[0],
    leave: async (member) => {
      await drain(member);
      await terminate(member);
    },
    terminate,
  };
}

const heard = (all: readonly Completion[], { instanceId }: Member): Completion[] =>
  all.filter(({ instance, waited }) => instance === instanceId && waited);

interface Start {
  readonly host: string;
  readonly userData: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

async function launch(lab: Lab, role: HostRole, { host, userData, tags }: Start): Promise<Member> {
  const { group, subnet } = GROUPS[role];
  const taken = Object.values(lab.state().hosts).map(({ address }) => address);
  const address = Array.from({ length: 100 }, (_none, at) => subnet.replace("0/24", String(20 + at))).find((one) => !taken.includes(one));
  if (address === undefined) throw new Error(`${subnet} has no free address`);
  const made = await lab.addHost(
    {
      ...{ name: host, subnet, address, availabilityZone: `${lab.state().region}b`, groups: [group], sourceDestCheck: true },
      ...{ egress: { via: "none" }, s3Endpoint: true, instanceProfile: "fleet", tags },
    },
    { userData, publicKey: readFileSync(`${lab.state().privateKeyFile}.pub`, "utf8") },
  );
  // The host needs seconds until it can say anything.
  await controlHooks(lab.name, [made.instanceId]);
  return { host, address, instanceId: made.instanceId };
}
