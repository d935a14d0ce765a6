/**
 * Chance against the hosts: random faults at random moments of random changes, all drawn from one seed, on two machines that serve meanwhile.
 * The command line is in ../commands.ts (`npm run test:soak`).
 */
import { writeFileSync } from "node:fs";
import { createDefaultLab } from "../default-lab";
import { URL_ABOUT } from "../faults/bench";
import { startWatch, type Watch } from "../faults/watch";
import { listLabs, openLab, removeLab } from "../lab";
import { again, draw } from "./draw";
import { createHosts, type SoakHosts } from "./hosts";
import { runOne } from "./run";
import { document, table, type Row } from "./table";

/** Requests a second that run all the time. */
const RATE = 20;
/** The load ends by itself when its parent is killed; no run takes longer. */
const SECONDS_A_RUN = 300;

export interface SoakOptions {
  readonly seed: number;
  readonly from: number;
  readonly runs: number;
  readonly lab: string;
  readonly keep: boolean;
  readonly json?: string;
}

/** Which runs these are. */
export const chosenRuns = ({ seed, from, runs }: Pick<SoakOptions, "seed" | "from" | "runs">) =>
  Array.from({ length: runs }, (_, index) => draw(seed, from + index));

/** Both hosts serve, and there is a release to go back to. */
async function setUp(hosts: SoakHosts): Promise<void> {
  const start = `start-${Date.now()}`;
  const outcomes = [
    await hosts.bench.deployGateway(hosts.gateway.app, hosts.gateway.spec, { all: true }),
    await hosts.bench.deploy({ app: { label: start } }, { all: true }),
    await hosts.bench.deploy({ app: { label: `${start}-second` } }),
  ];
  for (const { ok, said } of outcomes) if (!ok) throw new Error(`the hosts could not be set up: ${said.slice(-2500)}`);
  // What verify misses of machines that had no user data, and had no backup yet.
  for (const role of ["gateway", "backend"]) await hosts.lab.must(role, ": >>/var/log/user-data.log; chmod 644 /var/log/user-data.log");
  await hosts.bench.sh("systemctl start ddos-backup.service");
}

/** What a run that failed may have left, so that the next one is judged by itself. @returns whether they can be used */
async function recover(hosts: SoakHosts): Promise<boolean> {
  try {
    for (const part of ["operator", "gateway", "backend"]) await hosts.lab.reconnectLink(part);
    for (const role of ["gateway", "backend"])
      await hosts.lab.must(
        role,
        "rm -rf /var/ballast /var/inodes; : >/etc/environment; [ ! -e /root/resolv.conf ] || cat /root/resolv.conf >/etc/resolv.conf",
      );
    await setUp(hosts);
    return true;
  } catch (error) {
    console.log(`the hosts cannot be used any more: ${(error as Error).message}`);
    return false;
  }
}

async function runAll(hosts: SoakHosts, watch: Watch, options: SoakOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const drawn of chosenRuns(options)) {
    const { seed, run, fault, change, afterMs } = drawn;
    const result = await runOne(hosts, watch, drawn, `s${seed}r${run}-${Date.now()}`);
    rows.push({ seed, run, fault, change, afterMs, ...result });
    const what = `run ${run}: ${fault} after ${(afterMs / 1000).toFixed(1)} s of ${change}`;
    console.log(
      `${result.ok ? "ok  " : "FAIL"} ${what} (${result.seconds.toFixed(1)} s, ${result.sent} requests, ${result.failed} failed) ${result.remark}`,
    );
    if (options.json !== undefined) writeFileSync(options.json, document(rows));
    if (result.ok) continue;
    console.log(`     seed ${seed}, run ${run}; to make it again: ${again(drawn)}`);
    if (!(await recover(hosts))) break;
  }
  return rows;
}

/** @returns the exit status */
export async function soak(options: SoakOptions): Promise<number> {
  const began = Date.now();
  const running = (await listLabs()).includes(options.lab);
  const lab = running ? openLab(options.lab) : await createDefaultLab(options.lab, { memoryMiB: 1024, diskGiB: 4 });
  let watch: Watch | undefined;
  try {
    const hosts = createHosts(lab);
    await setUp(hosts);
    watch = startWatch(lab, URL_ABOUT, RATE, SECONDS_A_RUN * options.runs);
    console.log(
      `two machines that serve after ${((Date.now() - began) / 1000).toFixed(1)} s; ${options.runs} runs of seed ${options.seed}`,
    );
    const rows = await runAll(hosts, watch, options);
    const held = rows.filter(({ ok }) => ok).length;
    console.log(`\n${table(rows)}\n`);
    console.log(`${rows.reduce((sum, { sent }) => sum + sent, 0)} requests, ${((Date.now() - began) / 1000).toFixed(0)} s`);
    console.log(`${held} passed, ${options.runs - held} failed`);
    return held === options.runs ? 0 : 1;
  } finally {
    watch?.stop();
    if (!options.keep) await removeLab(options.lab);
  }
}
