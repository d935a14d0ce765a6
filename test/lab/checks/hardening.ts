/** What a host keeps from its own services and from whoever knocks, tried and not only read. */
import type { Lab } from "../lab";
import { run } from "../process";
import type { Check } from "./harness";
import { expect } from "./harness";

const HOSTS = ["gateway", "backend"] as const;

/** Highest exposure that `systemd-analyze security` may find. */
const LIMITS: Readonly<Record<(typeof HOSTS)[number], Readonly<Record<string, number>>>> = {
  gateway: { "ddos-gateway": 1.1, nginx: 3, "ddos-recover": 3, "ddos-undo": 3, "ddos-nat": 3, "ddos-metadata@": 3 },
  backend: { "ddos-backend": 1.1, nginx: 3, "ddos-recover": 3, "ddos-undo": 3, "ddos-backup": 3, "ddos-metadata@": 3 },
};

/** The units of ours that lie on a host. */
const UNITS = "find /etc/systemd/system -maxdepth 1 -name 'ddos-*.service' -printf '%f\\n' | sed 's/[.]service$//' | sort";

/** @throws where the unit is more exposed than `limit` */
export async function exposureOf(lab: Lab, host: string, unit: string, limit: number): Promise<string> {
  const text = await lab.must(host, `systemd-analyze security --no-pager ${unit}.service | tail -n 1`);
  const level = Number(/: ([0-9.]+) /.exec(text)?.[1]);
  expect(level <= limit, `${host}, ${unit}: ${text.trim()} where ${limit} is the most`);
  return `${unit} ${level}`;
}

async function exposure(lab: Lab): Promise<string> {
  const found: string[] = [];
  for (const host of HOSTS) {
    const there = (await lab.must(host, UNITS)).trim().split("\n");
    const unknown = there.filter((unit) => LIMITS[host][unit] === undefined && unit !== `ddos-${host}-next`);
    expect(unknown.length === 0, `${host} has ${unknown.join(", ")}, and this check no limit for it`);
    for (const [unit, limit] of Object.entries(LIMITS[host])) found.push(await exposureOf(lab, host, unit.replace(/@$/, "@deny"), limit));
  }
  return found.join(", ");
}

const METADATA = "http://169.254.169.254/latest/api/token";
export const TOKEN = `curl -sS -m 3 -o /dev/null -w '%{http_code}' -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' ${METADATA} 2>&1`;

/** As the service's user and in its control group, as its own processes: what is denied to one of both is denied to this. */
export const inService = (host: string, command: string): string => `
group=$(find /sys/fs/cgroup -type d -path '*/system.slice/ddos-${host}.service' ! -path '*/systemd/system.slice/*' | head -n 1)
( echo $BASHPID >"$group/cgroup.procs" && setpriv --reuid ddos --regid ddos --clear-groups ${command} ); true`;

async function metadata(lab: Lab): Promise<string> {
  const said: string[] = [];
  for (const host of HOSTS) {
    const root = await lab.must(host, `${TOKEN}; true`);
    expect(root.trim() === "200", `root on the ${host}, whose steps need the metadata, is answered ${root}`);
    const service = await lab.must(host, inService(host, TOKEN));
    expect(!service.includes("200"), `the service of the ${host} reaches the instance metadata: ${service}`);
    const own = await lab.must(host, inService(host, "curl -sS -m 3 -o /dev/null -w '%{http_code}' http://127.0.0.1:8000/health"));
    expect(own.trim() === "200", `the same from there to the service itself: ${own}`);
    said.push(`${host}: ${service.trim().split("\n").at(-1) ?? ""}`);
  }
  return said.join("; ");
}

/** With the key that opens the machines for `ubuntu`, and without any. */
async function logins(lab: Lab, address: string): Promise<string> {
  const ssh = [
    "ssh",
    "-o",
    "BatchMode=yes",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "ConnectTimeout=5",
  ];
  const attempt = (...more: string[]) => run(lab.outside([...ssh, ...more, "true"]), { timeoutMs: 30_000 });
  await lab.must(
    "gateway",
    "install -d -m 700 /root/.ssh; cp -p /root/.ssh/authorized_keys /root/keys 2>/dev/null; cp ~ubuntu/.ssh/authorized_keys /root/.ssh/",
  );
  try {
    const root = await attempt("-i", lab.state().privateKeyFile, `root@${address}`);
    expect(root.code !== 0 && root.stderr.includes("Permission denied"), `root with a key that it has: ${root.code} ${root.stderr}`);
    const password = await attempt("-v", "-o", "PreferredAuthentications=password,keyboard-interactive", `ubuntu@${address}`);
    const offered = /Authentications that can continue: (.*)/.exec(password.stderr)?.[1]?.trim() ?? "nothing";
    expect(password.code !== 0 && offered === "publickey", `without a key it is offered ${offered}`);
    return "root is refused with a key that it has; only keys are offered";
  } finally {
    await lab.must("gateway", "rm -f /root/.ssh/authorized_keys; [ ! -e /root/keys ] || mv /root/keys /root/.ssh/authorized_keys");
  }
}

export function hardeningChecks(lab: () => Lab, gatewayAddress: () => string): Check[] {
  return [
    { name: "exposure of the services is at most 1.1, of all other units and of nginx at most 3", run: () => exposure(lab()) },
    { name: "the services cannot reach the instance metadata, the set-up steps can", run: () => metadata(lab()) },
    { name: "nobody logs in with a password, and root not at all", run: () => logins(lab(), gatewayAddress()) },
  ];
}
