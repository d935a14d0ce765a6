/** A machine that another one replaces: how long clients get no answer, and that the new one has all that the old one had. */
import type { HostRole } from "../../../infra/release/types";
import type { Lab } from "../lab";
import type { Host } from "../topology";
import { outageOf, whileAsking, whileGatewayAsks, type Asked } from "./asking";
import { configFile, type Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { ran, upOnce, type Report } from "./operator";

/** Another image is another machine. */
const ami = (number: number): string => `ami-0123456789abcdef${number}`;

const upWith = (lab: Lab, sections: Config): Promise<Report> => upOnce(lab.name, "--config", configFile(lab, sections));

/** A machine that takes the place of another one has a number behind its name here, and not on AWS. @throws where there is not one machine */
function machineOf(lab: Lab, role: HostRole): Host {
  const found = Object.values(lab.state().hosts).filter(({ name }) => name === role || name.startsWith(`${role}-`));
  const [only] = found;
  expect(only !== undefined && found.length === 1, `machines of the ${role}: ${found.map(({ name }) => name).join(", ")}`);
  return only;
}

interface Replaced {
  readonly before: Host;
  readonly report: Report;
  readonly began: number;
  /** Of the whole update. */
  readonly seconds: number;
  /** By clients, for each address. */
  readonly asked: readonly (readonly Asked[])[];
  /** By the gateway that stays, of the backend. */
  readonly inside: readonly Asked[];
}

/** @param sections that name another image for this host, and nothing else that is new */
async function replace(
  lab: Lab,
  role: HostRole,
  sections: Config,
  addresses: (before: Host) => readonly (() => string | undefined)[],
): Promise<Replaced> {
  const before = machineOf(lab, role);
  const began = Date.now();
  let report: Report = { outputs: {}, events: [] };
  let [asked, inside]: [Replaced["asked"], Replaced["inside"]] = [[], []];
  const clients = async (): Promise<void> => {
    asked = await whileAsking(lab, addresses(before), async () => (report = await upWith(lab, sections)));
  };
  if (role === "gateway") await clients();
  else inside = await whileGatewayAsks(lab, machineOf(lab, "gateway").name, clients);
  const seconds = (Date.now() - began) / 1000;
  const machines = ran(report, "machine");
  expect(machines.join() === `${role}-instance`, `machines: ${machines.join(", ")}`);
  await hasAll(lab, role, { before, report, sections });
  return { before, report, began, seconds, asked, inside };
}

const NEW_HOST = ["host-key", "scripts", "prepare", "code", "env", "release"];

/** The new machine has everything from where the old one had it, the other host knows it, and a further update finds nothing to do. */
async function hasAll(
  lab: Lab,
  role: HostRole,
  { before, report, sections }: { readonly before: Host; readonly report: Report; readonly sections: Config },
): Promise<void> {
  const now = machineOf(lab, role);
  expect(now.instanceId !== before.instanceId && now.address !== before.address, `it is ${now.instanceId} at ${now.address} still`);
  const wanted = [
    ...[...NEW_HOST, ...(role === "backend" ? ["models"] : [])].map((step) => `${role}-${step}`),
    ...["gateway-prepare", "backend-verify"],
  ];
  const missing = wanted.filter((name) => !ran(report, "command").includes(name));
  expect(missing.length === 0, `these did not run: ${missing.join(", ")}`);
  if (role === "backend") {
    const fetched = (await lab.s3.records()).filter(({ client, path }) => client.endsWith(now.address) && path.includes("/models/"));
    expect(
      fetched.some(({ sent }) => sent > 0),
      `no model came from the bucket to ${now.address}`,
    );
  }
  const [gateway, backend] = [machineOf(lab, "gateway"), machineOf(lab, "backend")];
  const named = (await lab.must(gateway.name, "grep -F backend.internal /etc/hosts || :")).trim();
  // With a load balancer the name is that of the VPC.
  const { loadBalancer = false } = (sections["backend"] ?? {}) as { loadBalancer?: boolean };
  expect(loadBalancer ? named === "" : named.startsWith(`${backend.address} `), `the gateway knows ${named}`);
  const left = ran(await upWith(lab, sections));
  expect(left.length === 0, `a further update did ${left.join(", ")}`);
  // Through the gateway as well, which forwards nothing to the old machine any more.
  const { outputs } = await upOnce(lab.name, "--config", configFile(lab, sections), "--force", "yes");
  const { verification } = outputs as { verification: Record<string, { ok: boolean }> };
  expect(verification["gateway"]?.ok === true && verification["backend"]?.ok === true, JSON.stringify(verification));
}

/** @returns in words @throws where there was none, or it did not end before the update did */
function oneOutage({ began, seconds: whole }: Replaced, asked: readonly Asked[]): string {
  const found = outageOf(asked);
  expect(found?.seconds !== undefined, found === undefined ? "no request failed" : "no request was answered after the outage");
  const after = ((found.began - began) / 1000).toFixed(0);
  return `${found.seconds.toFixed(1)} s in which ${found.failed} requests got no answer and ${found.answered} did (${asked.length} in all), from second ${after} of an update of ${whole.toFixed(0)} s`;
}

function noOutage({ asked: [asked = []], inside, seconds }: Replaced): string {
  for (const some of [asked, inside]) {
    const found = outageOf(some);
    expect(found === undefined && some.length > 20, `of ${some.length} requests failed: ${JSON.stringify(found)}`);
  }
  return `${asked.length} requests and ${inside.length} of the gateway, 0 failed, in an update of ${seconds.toFixed(0)} s`;
}

/** Without an Elastic IP clients have to come to another address: the old one answers until the update has ended, the new one when all serves. */
function twoAddresses({ asked: [old = [], now = []], report, began, seconds }: Replaced): string {
  const last = Math.max(...report.events.map(({ ended }) => ended));
  const early = old.filter(({ at, good }) => !good && at < last);
  expect(early.length === 0, `${early.length} of ${old.length} requests failed at the old address before the last step had ended`);
  const first = now.find(({ good }) => good)?.at ?? Infinity;
  const later = now.filter(({ at, good }) => !good && at > first);
  expect(first < last && later.length === 0, `at the new address ${later.length} requests failed after the first answer`);
  return `the old address: ${old.filter(({ at }) => at < last).length} requests, 0 failed until the last step had ended; the new one answers from second ${((first - began) / 1000).toFixed(0)} of an update of ${seconds.toFixed(0)} s`;
}

export function replacedChecks(lab: () => Lab): Check[] {
  const check = (name: string, run: () => Promise<string>): Check => ({ name: `replaced machine: ${name}`, run });
  const asBefore = (): readonly (() => string | undefined)[] => {
    const { publicAddress } = machineOf(lab(), "gateway");
    return [() => publicAddress];
  };
  return [
    check("the backend: one outage, which is measured", async () => {
      const found = await replace(lab(), "backend", { backend: { ami: ami(1) } }, asBefore);
      const clients = outageOf(found.asked[0] ?? []);
      // Some are answered by the machine that leaves, as long as the gateway has a connection to it.
      return `${oneOutage(found, found.inside)}; of ${found.asked[0]?.length ?? 0} requests of a client ${clients?.failed ?? 0} failed`;
    }),
    check("the backend behind its load balancer: no request fails", async () => {
      await upWith(lab(), { backend: { loadBalancer: true } });
      return noOutage(await replace(lab(), "backend", { backend: { loadBalancer: true, ami: ami(2) } }, asBefore));
    }),
    check("the gateway, without an Elastic IP: the old address answers until the new one does", async () => {
      await upWith(lab(), {});
      const newOne = (before: Host) => (): string | undefined =>
        Object.values(lab().state().hosts).find(({ name }) => name.startsWith("gateway") && name !== before.name)?.publicAddress;
      const found = await replace(lab(), "gateway", { gateway: { ami: ami(3) } }, (before) => [() => before.publicAddress, newOne(before)]);
      return twoAddresses(found);
    }),
    check("the gateway, at an Elastic IP, which moves: one outage, which is measured", async () => {
      await upWith(lab(), { gateway: { elasticIp: true } });
      const found = await replace(lab(), "gateway", { gateway: { elasticIp: true, ami: ami(4) } }, asBefore);
      return oneOutage(found, found.asked[0] ?? []);
    }),
  ];
}
