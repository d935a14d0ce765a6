/** What a fleet is like where nothing else is said, and the times of AWS that belong to it. Pure. */

export interface FleetConfig {
  readonly min: number;
  readonly max: number;
  /** Requests a minute. */
  readonly requestsPerTarget: number;
  readonly warmPool: number;
  readonly bakeSeconds: number;
  /** 0 to 1; 1: no alarm. */
  readonly errorShare: number;
}

export const DEFAULT_FLEET: FleetConfig = { min: 2, max: 4, requestsPerTarget: 3000, warmPool: 0, bakeSeconds: 300, errorShare: 0.05 };

/** The longest that AWS waits without a heartbeat; the steps' own limits together are about as long. */
export const SET_UP_SECONDS = 7200;

/** After the load balancer has begun to send requests: it sends fewer at first (slow start), which would look like an idle host. */
export function warmUpSeconds(startSeconds: number): number {
  return Math.min(900, Math.max(30, startSeconds));
}

/**
 * How long the engine waits for the first hosts. They are set up one beside the other; a first set-up takes 5 to 10 minutes, and one that failed is
 * tried once more.
 */
export const CAPACITY_TIMEOUT = "40m";

/** From registration until the load balancer finds the host healthy: two checks, 10 seconds apart, and a start that may take this long. */
export function graceSeconds(startSeconds: number): number {
  return startSeconds + 60;
}

/** How many more hosts than it has otherwise a fleet has during a release. */
const SPARE_PERCENT = 10;

/** Hosts of a fleet at its largest, with those of a release: the share of them, one at least. */
export function mostHosts({ max }: Pick<FleetConfig, "max">): number {
  return max + Math.ceil((max * SPARE_PERCENT) / 100);
}

/** Of an instance refresh, in the words of AWS's API. Of a group of up to ten, one host is replaced at a time. */
export function refreshPreferences({ bakeSeconds }: Pick<FleetConfig, "bakeSeconds">, startSeconds: number, alarm?: string): object {
  return {
    AutoRollback: true,
    MinHealthyPercentage: 100,
    MaxHealthyPercentage: 100 + SPARE_PERCENT,
    InstanceWarmup: warmUpSeconds(startSeconds),
    SkipMatching: true,
    ...(bakeSeconds === 0 ? {} : { CheckpointPercentages: [50, 100], CheckpointDelay: bakeSeconds }),
    ...(alarm === undefined ? {} : { AlarmSpecification: { Alarms: [alarm] } }),
  };
}
