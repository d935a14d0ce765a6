/** How each fault is made on real hosts, and taken away again. */
import type { HostRole } from "../../../infra/release/types";
import { shiftClock } from "../faults/clock";
import { TAKE_INODES, takeSpace } from "../faults/space";
import { sleep, until } from "../process";
import type { Change } from "./changes";
import type { Draw } from "./draw";
import type { SoakHosts } from "./hosts";
import type { Away } from "./rules";

export interface Struck {
  /** What exactly was done, for the line that is printed. */
  readonly remark: string;
  readonly away?: Away;
  /** Takes it away, when the deployment that it struck has ended. */
  readonly undo?: () => Promise<unknown>;
}

export interface Scene {
  readonly hosts: SoakHosts;
  readonly drawn: Draw;
  readonly change: Change;
  /** Ends the operator's side of what runs now. */
  readonly killOperator: () => void;
}

type Strike = (scene: Scene) => Promise<Struck>;

const other = (role: HostRole): HostRole => (role === "gateway" ? "backend" : "gateway");

/** Mostly the host that is being deployed to. */
const hostOf = ({ drawn, change }: Scene): HostRole => drawn.pick("host", [change.role, change.role, other(change.role)]);

const KILL_STEP = `for try in $(seq 60); do
  units=$(systemctl list-units --no-legend --plain 'ddos-step-*' | cut -d ' ' -f 1 | paste -s -d ' ')
  if [ -n "$units" ]; then systemctl kill --signal=SIGKILL $units; echo "$units"; exit 0; fi
  if pkill -KILL -f '^/bin/bash /usr/local/lib/ddos/restore.sh'; then echo restore.sh; exit 0; fi
  sleep 0.05
done
echo nothing, because none was at work`;

const stepKilled: Strike = async ({ hosts, change }) => ({ remark: `killed ${(await hosts.lab.must(change.role, KILL_STEP)).trim()}` });

const operatorKilled: Strike = ({ killOperator }) => {
  killOperator();
  return Promise.resolve({ remark: "" });
};

/** From the strike until requests are answered again. */
async function awayDuring(hosts: SoakHosts, work: () => Promise<void>): Promise<Away> {
  const from = Date.now();
  await work();
  await until("an answer through the gateway", 90_000, async () => (await hosts.bench.about()).label);
  // Another one: the load's own connections may notice a moment later.
  await sleep(1000);
  return { from, to: Date.now() };
}

const powerCut: Strike = async (scene) => {
  const { lab } = scene.hosts;
  const host = hostOf(scene);
  const away = await awayDuring(scene.hosts, async () => {
    await lab.losePower(host);
    await sleep(scene.drawn.between("dark", 100, 1500));
    await lab.powerOn(host);
  });
  return { remark: host, away };
};

const reboot: Strike = async (scene) => {
  const host = hostOf(scene);
  return { remark: host, away: await awayDuring(scene.hosts, () => scene.hosts.lab.reboot(host)) };
};

const linkCut: Strike = async (scene) => {
  const { drawn, hosts } = scene;
  const part = drawn.pick("part", ["operator", "gateway", "backend"]);
  const [ms, closed] = [drawn.between("cut", 200, 4000), drawn.pick("closed", [true, false])];
  const away = await awayDuring(hosts, async () => {
    await hosts.lab.cutLink(part);
    await sleep(ms);
    if (closed) scene.killOperator();
    await hosts.lab.reconnectLink(part);
  });
  return { remark: `${part}, ${ms} ms${closed ? ", the operator gave up" : ""}`, away };
};

const diskFull: Strike = async ({ hosts, change }) => {
  await hosts.lab.must(change.role, takeSpace());
  return { remark: "", undo: () => hosts.lab.must(change.role, "rm -f /var/ballast") };
};

const noInodes: Strike = async ({ hosts, change }) => {
  await hosts.lab.must(change.role, `rm -rf /var/lib/ddos/reserve; ${TAKE_INODES}`);
  return { remark: "", undo: () => hosts.lab.must(change.role, "rm -rf /var/inodes") };
};

const s3Slow: Strike = async ({ hosts, drawn }) => {
  const bytes = drawn.between("rate", 60_000, 300_000);
  await hosts.lab.s3.faults({ match: "GET ", kind: "slow", bytes });
  return { remark: `${bytes} bytes a second`, undo: () => hosts.lab.s3.faults() };
};

const s3Failing: Strike = async ({ hosts, drawn }) => {
  const kind = drawn.pick<"status" | "refuse" | "truncate">("kind", ["status", "refuse", "truncate"]);
  const times = drawn.between("times", 1, 4);
  await hosts.lab.s3.faults({ match: "(GET|HEAD) ", kind, bytes: drawn.between("bytes", 0, 200_000), times });
  return { remark: `${kind} ${times} times`, undo: () => hosts.lab.s3.faults() };
};

const DEAD_DNS = `cat /etc/resolv.conf >/root/resolv.conf; printf 'nameserver 10.255.255.1\\noptions timeout:1 attempts:1\\n' >/etc/resolv.conf`;

const dnsDead: Strike = async ({ hosts, change }) => {
  await hosts.lab.must(change.role, DEAD_DNS);
  return { remark: "", undo: () => hosts.lab.must(change.role, "cat /root/resolv.conf >/etc/resolv.conf") };
};

const clockOff: Strike = async ({ hosts, change, drawn }) => {
  const hours = drawn.pick("hours", [-8784, -25, 25, 8784]);
  await shiftClock(hosts.lab, change.role, hours);
  return { remark: `${hours} hours`, undo: () => shiftClock(hosts.lab, change.role, 0) };
};

/** What hands do to a host; none of it stops what serves. */
const FILES = [
  "chmod 640 /home/ddos/current/app/.env",
  "echo '# tried something' >>/home/ddos/current/app/ml_gateway/app.py",
  "chmod 600 /home/ddos/current/app/ml_gateway/config.json",
  "sed -i 's/^RestartSec=.*/RestartSec=9/' /etc/systemd/system/ddos-ROLE.service",
  "sed -i 's/max_fails=0/max_fails=9/' /etc/nginx/sites-available/ROLE",
  "rm -f /etc/nginx/sites-enabled/ROLE",
  "rm -f /home/ddos/app /home/ddos/models",
  "printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-ddos.conf",
  "rm -rf /var/lib/ddos/models/*",
  "rm -rf /var/lib/ddos/steps",
] as const;

const changedFile: Strike = async ({ hosts, change, drawn }) => {
  const what = drawn.pick("file", FILES).replaceAll("ROLE", change.role);
  await hosts.lab.must(change.role, what);
  return { remark: what };
};

/** As an update of openssh-server does: connections that stand go on, new ones are refused for a moment. */
const sshdRestarted: Strike = async (scene) => {
  const host = hostOf(scene);
  const times = scene.drawn.between("times", 1, 3);
  await scene.hosts.lab.must(host, `for try in $(seq ${times}); do systemctl restart ssh; sleep 0.3; done`);
  return { remark: `${host}, ${times} times` };
};

/** Both are the deployment itself: what makes them is in run.ts. */
const nothing: Strike = () => Promise.resolve({ remark: "" });

export const STRIKES: Readonly<Record<Draw["fault"], Strike>> = {
  "step killed": stepKilled,
  "operator killed": operatorKilled,
  "power cut": powerCut,
  reboot,
  "link cut": linkCut,
  "disk full": diskFull,
  "no inodes": noInodes,
  "S3 slow": s3Slow,
  "S3 failing": s3Failing,
  "DNS dead": dnsDead,
  "clock off": clockOff,
  "bad release": nothing,
  "changed file": changedFile,
  "two operators": nothing,
  "sshd restarted": sshdRestarted,
};
