/** Alarms on what the hosts measure themselves (templates/watch), as data. Pure. */
import type { Thresholds } from "../config/types";
import type { HostId } from "../release/types";

const FIVE_MINUTES = 300;

/** What an alarm looks at, as CloudWatch takes it. */
export interface Measure {
  readonly metricName: string;
  readonly statistic?: "Average" | "Maximum" | "Minimum" | "Sum" | "SampleCount";
  readonly extendedStatistic?: string;
}

/** When it goes off. */
export interface Threshold {
  readonly comparisonOperator: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly period: number;
  readonly evaluationPeriods: number;
  /** A host that says nothing is one that is not watched; where nobody asks, nothing is answered. "ignore": the alarm stays as it is. */
  readonly treatMissingData: "breaching" | "notBreaching" | "ignore";
  readonly alarmDescription: string;
}

export interface HostAlarm extends Measure, Threshold {
  readonly key: string;
  /** Its dimension. */
  readonly host: HostId;
}

export interface Measured {
  /** The gateway, and the backends. */
  readonly hosts: readonly HostId[];
  readonly backups: boolean;
  readonly tls: boolean;
}

const HELD = { period: FIVE_MINUTES, evaluationPeriods: 3 } as const;
const SAID = { ...HELD, treatMissingData: "breaching" } as const;
const ASKED = { ...HELD, treatMissingData: "notBreaching" } as const;

export function hostAlarms(limits: Thresholds, { hosts, backups, tls }: Measured): HostAlarm[] {
  const over = "GreaterThanOrEqualToThreshold";
  const all = hosts.flatMap((host): HostAlarm[] => [
    {
      ...{ ...SAID, key: `${host}-memory`, host, metricName: "Memory", statistic: "Average", comparisonOperator: over },
      threshold: limits.memoryPercent,
      alarmDescription: "Memory is nearly used up, or the host sends no metrics",
    },
    {
      ...{ ...SAID, key: `${host}-disk`, host, metricName: "Disk", statistic: "Maximum", comparisonOperator: over },
      threshold: limits.diskPercent,
      alarmDescription: "The root volume is nearly full, or the host sends no metrics",
    },
  ]);
  const front: HostAlarm[] = [
    {
      ...{ ...ASKED, key: "errors", host: "gateway", metricName: "ServerErrors", statistic: "Average", comparisonOperator: over },
      threshold: limits.errorPercent / 100,
      alarmDescription: "Too large a share of the answers that clients get is 5xx",
    },
    {
      ...{ ...ASKED, key: "latency", host: "gateway", metricName: "Latency", extendedStatistic: "p99", comparisonOperator: over },
      threshold: limits.p99Seconds,
      alarmDescription: "The slowest hundredth of the answers that clients get begins late",
    },
  ];
  const backup = hosts
    .filter((host) => host !== "gateway")
    .map((host): HostAlarm => ({
      // The name of the first stays that of a stack with one backend.
      ...{ ...SAID, key: host === "backend" ? "backup" : `${host}-backup`, host, metricName: "BackupAge", statistic: "Maximum" },
      comparisonOperator: "GreaterThanThreshold",
      threshold: limits.backupHours,
      alarmDescription: "The last whole backup is too old, or its age is not known",
    }));
  const certificate: HostAlarm = {
    ...{ ...SAID, key: "certificate", host: "gateway", metricName: "CertificateDays", statistic: "Minimum" },
    comparisonOperator: "LessThanThreshold",
    threshold: limits.certificateDays,
    alarmDescription: "The certificate ends soon, or how soon is not known",
  };
  return [...all, ...front, ...(backups ? backup : []), ...(tls ? [certificate] : [])];
}
