/** Alarms on what the nightly check of the hosts found (.github/drift-metric.sh sends it), as data. Pure. */
import type { Measure, Threshold } from "./host-alarms";

/** Sent once for each check: 0 where all hosts are as the program wants them, else 1. */
export const DRIFT_METRIC = "Drift";

const HOUR = 3600;
const DAY = 24 * HOUR;

export const DRIFT_ALARMS: readonly (Measure & Threshold & { readonly key: string })[] = [
  {
    ...{ key: "drift", metricName: DRIFT_METRIC, statistic: "Maximum", comparisonOperator: "GreaterThanOrEqualToThreshold" },
    ...{ threshold: 1, period: HOUR, evaluationPeriods: 1 },
    // What the last check found holds until the next one.
    treatMissingData: "ignore",
    alarmDescription: "A host is not as the program wants it, or could not be asked: npm run verify",
  },
  {
    ...{ key: "drift-unchecked", metricName: DRIFT_METRIC, statistic: "SampleCount", comparisonOperator: "LessThanThreshold" },
    // Two days: GitHub begins a nightly run now and then an hour late, and a window of one day would have none in it.
    ...{ threshold: 1, period: DAY, evaluationPeriods: 2 },
    treatMissingData: "breaching",
    alarmDescription: "Nobody has checked the hosts for two days: the nightly workflow does not run",
  },
];
