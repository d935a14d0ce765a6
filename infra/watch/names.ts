/** What a stack's metrics and logs are called in CloudWatch. Pure. */

/** Whose they are. */
export interface Named {
  readonly project: string;
  readonly stack: string;
}

/** Of the hosts' own metrics. */
export const namespaceOf = ({ project, stack }: Named): string => `${project}/${stack}`;

/** One group of logs for each kind, a stream in it for each instance. */
export const LOG_KINDS = ["application", "access", "error", "journal", "steps"] as const;
export type LogKind = (typeof LOG_KINDS)[number];

/** What the names of the groups begin with. */
export const logsOf = ({ project, stack }: Named): string => `/${project}/${stack}`;
export const logGroupOf = (of: Named, kind: LogKind): string => `${logsOf(of)}/${kind}`;

/** Metrics that each host sends: Memory, Disk, ServerErrors, Latency, Release. */
export const HOST_METRICS = 5;
/** Metrics that one of them sends, where there is an alarm on them. */
export const METRICS_OF_ONE = ["BackupAge", "CertificateDays"] as const;
