/** What the verify step of a host prints, and the drift report made of it. Pure. */
import type { HostId } from "../release/types";
import { documentIn } from "../remote/printed";
import type { CommandResult } from "../remote/ssh";
import { count } from "../../policies/cli/words";

/** That a request which entered the gateway was answered by the backend. */
export interface Proof {
  /** Method and path. */
  readonly request: string;
  readonly status: number;
  /** The backend's release. */
  readonly answeredBy: string;
}

export interface HostReport {
  /** With several backends the name of the host (infra/hosts/ids.ts). */
  readonly role: HostId;
  readonly host: string;
  readonly release: string;
  readonly models: string;
  readonly ok: boolean;
  /** A person made an earlier release serve than the deployed one (`npm run releases`). */
  readonly rolledBack?: { readonly deployed: string; readonly at: string; readonly by: string };
  /** What is no difference, and still worth reading. */
  readonly notes?: readonly string[];
  readonly passed: number;
  /** Of the gateway only, which is never well without it. */
  readonly proof?: Proof;
  readonly failed: readonly { readonly check: string; readonly expected: string; readonly found: string }[];
}

/** A host that could be asked has a report, the other says why not. */
export type HostOutcome = { readonly role: HostId; readonly report: HostReport } | { readonly role: HostId; readonly error: string };

export function readReport(role: HostId, result: CommandResult): HostOutcome {
  try {
    const raw = JSON.parse(documentIn(result.stdout)) as HostReport & { checks?: unknown };
    const { host, release, models, ok, passed, failed } = raw;
    const proof = raw.proof ?? undefined;
    const rolledBack = raw.rolledBack ?? undefined;
    if (typeof ok === "boolean" && Array.isArray(failed)) {
      return role === "gateway" && ok && proof === undefined
        ? {
            role,
            error: "the report has no proof that the backend answers what enters the gateway: deploy the stack with this version first",
          }
        : {
            role,
            report: {
              role,
              host,
              release,
              models,
              ok,
              ...(rolledBack === undefined ? {} : { rolledBack }),
              ...(raw.notes === undefined || raw.notes.length === 0 ? {} : { notes: raw.notes }),
              passed,
              failed,
              ...(proof === undefined ? {} : { proof }),
            },
          };
    }
  } catch {
    // No report: the step's own words below say why.
  }
  return { role, error: result.stderr.trim() === "" ? `the verify step ended with ${result.code} and said nothing` : result.stderr.trim() };
}

/** 0: as wanted, 1: drift, 3: a host could not be asked. */
export function exitCode(outcomes: readonly HostOutcome[]): 0 | 1 | 3 {
  if (outcomes.some((outcome) => "error" in outcome)) {
    return 3;
  }
  return outcomes.every((outcome) => "report" in outcome && outcome.report.ok) ? 0 : 1;
}

/** A line a host with its differences, the closing line, and what to do next. */
export function renderOutcomes(stack: string, outcomes: readonly HostOutcome[]): string {
  const lines = outcomes.flatMap((outcome) => {
    if ("error" in outcome) {
      return [`${outcome.role}: could not be asked`, ...outcome.error.split("\n").map((line) => `  ${line}`)];
    }
    const { report } = outcome;
    const verdict = report.ok ? "as wanted" : count(report.failed.length, "difference");
    const head = `${outcome.role}: ${verdict}, release ${report.release}`;
    const proof =
      report.proof === undefined ? [] : [`  ${report.proof.request} was answered by the backend's release ${report.proof.answeredBy}`];
    const rolled =
      report.rolledBack === undefined
        ? []
        : [
            `  rolled back by hand from ${report.rolledBack.deployed} at ${report.rolledBack.at} by ${report.rolledBack.by}; what follows from that differs as well`,
          ];
    return [
      head,
      ...rolled,
      ...proof,
      ...report.failed.map((row) => `  ${row.check}: expected ${row.expected}, found ${row.found}`),
      ...(report.notes ?? []).map((one) => `  note: ${one}`),
    ];
  });
  const rolledBack = outcomes.some((outcome) => "report" in outcome && outcome.report.rolledBack !== undefined);
  const hint = rolledBack
    ? ["", `Next: deploy a release that differs (pulumi up), or put the deployed one back: npm run releases -- resume --stack ${stack}`]
    : exitCode(outcomes) === 1
      ? ["", "Next: repair what differs", `  pulumi config set --stack ${stack} repair "$(date -u +%FT%TZ)" && pulumi up --stack ${stack}`]
      : [];
  return [...lines, "", closing(outcomes), ...hint].join("\n");
}

function closing(outcomes: readonly HostOutcome[]): string {
  const reports = outcomes.flatMap((outcome) => ("report" in outcome ? [outcome.report] : []));
  const passed = reports.reduce((sum, report) => sum + report.passed, 0);
  const failed = reports.reduce((sum, report) => sum + report.failed.length, 0);
  const hosts = `${count(outcomes.length, "host")}: ${reports.length} asked, ${outcomes.length - reports.length} could not be asked`;
  return `${hosts}; ${count(passed + failed, "check")} ran: ${passed} passed, ${failed} failed.`;
}
