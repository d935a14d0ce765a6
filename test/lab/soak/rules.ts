/** What a fault explains, and what it does not: which requests may fail, and how the deployment that it strikes may end. Pure. */
import type { FailedRequest } from "../faults/load";
import type { ChangeName, FaultName } from "./draw";

export interface Rule {
  /** `away`: those at work while what was struck is not there, until it answers again; otherwise not one. */
  readonly requests: "none" | "away";
  /** How the deployment that is struck may end. */
  readonly deployment: "either" | "succeeds" | "fails";
}

export const RULES: Readonly<Record<FaultName, Rule>> = {
  "step killed": { requests: "none", deployment: "either" },
  "operator killed": { requests: "none", deployment: "either" },
  "power cut": { requests: "away", deployment: "either" },
  reboot: { requests: "away", deployment: "either" },
  "link cut": { requests: "away", deployment: "either" },
  "disk full": { requests: "none", deployment: "either" },
  "no inodes": { requests: "none", deployment: "either" },
  "S3 slow": { requests: "none", deployment: "succeeds" },
  "S3 failing": { requests: "none", deployment: "either" },
  "DNS dead": { requests: "none", deployment: "either" },
  "clock off": { requests: "none", deployment: "either" },
  "bad release": { requests: "none", deployment: "fails" },
  "changed file": { requests: "none", deployment: "either" },
  "two operators": { requests: "none", deployment: "succeeds" },
  "sshd restarted": { requests: "none", deployment: "either" },
};

/** Of two who ask for the same rollback or restore at once, one may be told that the other came first. */
export const ruleOf = (fault: FaultName, change: ChangeName): Rule =>
  fault === "two operators" && (change === "rollback by hand" || change === "restore of a backup")
    ? { ...RULES[fault], deployment: "either" }
    : RULES[fault];

/** When what was struck was away, milliseconds of this machine's clock. */
export interface Away {
  readonly from: number;
  readonly to: number;
}

/** @returns the failed requests that the fault does not explain */
export function unexplained(rule: Rule, away: readonly Away[], failed: readonly FailedRequest[]): readonly FailedRequest[] {
  if (rule.requests === "none") return failed;
  return failed.filter(({ sent, ended }) => !away.some(({ from, to }) => ended >= from && sent <= to));
}

/** What a host serves: the release, and what its application says of itself. */
export interface Serving {
  readonly release: string;
  /** What the application was made of, as it says itself. */
  readonly made: string;
}

/** Undefined is what is not known before. */
export interface Wanted {
  readonly made?: string;
  readonly release?: string;
  /** The release that served before may be it: a repair makes another one only where that one was altered. */
  readonly same?: true;
}

export interface Deployed {
  readonly before: Serving;
  /** What may serve instead: of two operators, either one's. */
  readonly wanted: readonly Wanted[];
  /** Whether the deployment said that it succeeded, so that what was before must not serve. */
  readonly ok: boolean;
}

/** @returns what is wrong with what serves after a deployment was struck: half of one, a third one, or not the one that was reported */
export function wrongServing({ before, wanted, ok }: Deployed, now: Serving): string | undefined {
  const old = now.release === before.release && now.made === before.made;
  const fresh = wanted.some(
    ({ made = now.made, release, same }) =>
      made === now.made && (release === undefined ? same === true || now.release !== before.release : release === now.release),
  );
  const found = `${now.release} serves (${now.made})`;
  if (!old && !fresh) return `${found}: neither ${before.release} (${before.made}) nor what was deployed (${JSON.stringify(wanted)})`;
  if (ok && !fresh) return `${found}, though the deployment of ${JSON.stringify(wanted)} said that it succeeded`;
  return undefined;
}

/** @returns what is wrong with how the struck deployment ended */
export function wrongEnd(rule: Rule, ok: boolean, said: string): string | undefined {
  if (rule.deployment === "either" || (rule.deployment === "succeeds") === ok) return undefined;
  return ok ? "the deployment succeeded, and had to fail" : `the deployment failed, and had to succeed: ${said.slice(-1500)}`;
}

/** The operator's own side of a link that is gone; no step has said anything. */
export function isLinkOnly(said: string): boolean {
  return (
    said.trim() === "" ||
    said
      .trim()
      .split("\n")
      .every((line) => /ssh|Connection|kex_exchange|refused|closed by|banner/i.test(line))
  );
}
