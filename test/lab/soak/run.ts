/** One run: a change is deployed, the fault strikes it, and everything that has to hold afterwards is asked. */
import type { AppSwitches } from "../faults/variants";
import type { Outcome } from "../faults/operator";
import type { Watch } from "../faults/watch";
import { brief } from "../faults/watch";
import { sleep } from "../process";
import { begin, type Change } from "./changes";
import type { Draw } from "./draw";
import { converge, type SoakHosts } from "./hosts";
import type { Serving } from "./rules";
import { ruleOf, unexplained, wrongEnd, wrongServing } from "./rules";
import { markNow, noSecrets, saysNoSecret } from "./secrets";
import { STRIKES, type Struck } from "./strikes";

export interface RunResult {
  readonly ok: boolean;
  /** What it was exactly, or what did not hold. */
  readonly remark: string;
  readonly seconds: number;
  /** Of the load, in the whole run. */
  readonly sent: number;
  readonly failed: number;
}

const BAD = ["crash", "crash-on-8000", "wrong-body", "hog", "unhealthy"] as const satisfies readonly AppSwitches["fault"][];
const ROLES = ["gateway", "backend"] as const;

interface Started {
  readonly first: Outcome;
  readonly struck: Struck;
}

/** Deploys with the fault in the middle of it. Each goes to its end, whatever the others do: nothing is at work when the run is judged. */
async function strike(hosts: SoakHosts, drawn: Draw, change: Change): Promise<Started> {
  const fault = drawn.fault === "bad release" ? drawn.pick("bad", BAD) : undefined;
  let kill = (): void => undefined;
  const during = (_step: string, end: () => void): void => void (kill = end);
  const deployed = change.first({ during }, fault);
  const striking = sleep(drawn.afterMs).then(() => STRIKES[drawn.fault]({ hosts, drawn, change, killOperator: () => kill() }));
  const second = drawn.fault === "two operators" ? sleep(drawn.afterMs).then(() => change.stranger()) : undefined;
  await Promise.allSettled([deployed, striking, second]);
  const struck = await striking;
  await struck.undo?.();
  const [first, theirs] = [await deployed, await second];
  const both = theirs === undefined ? first : { ...first, ok: first.ok && theirs.ok, said: first.said + theirs.said };
  return { first: both, struck: { ...struck, remark: fault ?? struck.remark } };
}

/** What is changed by hand is put right by a run of every step; so is what another operator left, of whom this one's state knows nothing. */
const needsAll = ({ fault }: Draw): boolean => fault === "changed file" || fault === "two operators";

const isRelease = ({ change }: Draw): boolean => change !== "rollback by hand" && change !== "restore of a backup";

/** The next run ends well, with everything as it was wanted. */
async function converges(hosts: SoakHosts, drawn: Draw, change: Change, before: Serving): Promise<void> {
  const next = await converge(() => change.again(needsAll(drawn)));
  saysNoSecret(next.said);
  if (!next.ok) throw new Error(`the next run failed: ${next.last.slice(-2500)}`);
  if (drawn.fault !== "changed file" || isRelease(drawn)) await hosts.settled(change.role, 30_000);
  const wrong = wrongServing({ before, wanted: [change.wanted], ok: true }, await hosts.serving(change.role));
  if (wrong !== undefined) throw new Error(`after the next run: ${wrong}`);
  await change.after?.();
  if (needsAll(drawn) && !isRelease(drawn)) {
    const repaired = await hosts.bench.deploy({}, { all: true });
    if (!repaired.ok) throw new Error(`the repair failed: ${repaired.last.slice(-2500)}`);
  }
  for (const role of ROLES) await hosts.settled(role, 30_000);
  await hosts.verified(change.role);
}

/** @param told what has happened, for whoever reads of a failure */
async function judge(hosts: SoakHosts, drawn: Draw, run: string, told: { struck?: Struck }): Promise<string> {
  const rule = ruleOf(drawn.fault, drawn.change);
  const change = await begin(hosts, drawn, run);
  const before = await hosts.serving(change.role);
  const { first, struck } = await strike(hosts, drawn, change);
  told.struck = struck;
  saysNoSecret(first.said);
  if (drawn.fault !== "changed file") await hosts.settled(change.role, 90_000);
  const now = await hosts.serving(change.role);
  const wanted = drawn.fault === "two operators" ? [change.wanted, change.theirs] : [change.wanted];
  const wrong = wrongEnd(rule, first.ok, first.said) ?? wrongServing({ before, wanted, ok: first.ok }, now);
  if (wrong !== undefined) throw new Error(wrong);
  await converges(hosts, drawn, change, before);
  const words = [
    struck.remark,
    first.ok ? "succeeded" : `failed in ${first.ran.at(-1) ?? "scripts"}`,
    `${now.release === before.release ? "the old" : "the new"} release served`,
    struck.away === undefined ? "" : `${((struck.away.to - struck.away.from) / 1000).toFixed(1)} s until it answered again`,
  ];
  return words.filter((one) => one !== "").join("; ");
}

/** @param run a word that no other run of these hosts has */
export async function runOne(hosts: SoakHosts, watch: Watch, drawn: Draw, run: string): Promise<RunResult> {
  const began = Date.now();
  const told: { struck?: Struck } = {};
  const wrong: string[] = [];
  await watch.look();
  for (const role of ROLES) await markNow(hosts.lab, role);
  let remark = await judge(hosts, drawn, run, told).catch((error: Error) => {
    wrong.push(`${told.struck === undefined || told.struck.remark === "" ? "" : `${told.struck.remark}: `}${error.message}`);
    return "";
  });
  await hosts.lab.s3.faults();
  const counts = await watch.look();
  const lost = unexplained(ruleOf(drawn.fault, drawn.change), told.struck?.away === undefined ? [] : [told.struck.away], counts.failures);
  if (lost.length > 0)
    wrong.push(`${lost.length} requests failed that the fault does not explain, first ${JSON.stringify(lost[0])}: ${brief(counts)}`);
  for (const role of ROLES)
    await noSecrets(hosts.lab, role, drawn.fault === "bad release").catch((error: Error) => wrong.push(`${role}: ${error.message}`));
  if (wrong.length > 0) remark = wrong.join("\n    ");
  return { ok: wrong.length === 0, remark, seconds: (Date.now() - began) / 1000, sent: counts.sent, failed: counts.failed };
}
