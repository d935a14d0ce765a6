/**
 * How a fleet follows bursts, second by second, and how long an instance refresh takes. Pure; a seed gives the same traffic again.
 *
 * Target tracking as AWS documents it: the metric is requests a minute and host, hosts that warm up left out of the metric but counted as capacity; three
 * minutes above the target add hosts in proportion, fifteen minutes below nine tenths of it take hosts away
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html; the counts of minutes are those of the alarms it makes).
 */
import { seededRandom } from "../models-manifest/sample/random";

export interface Fleet {
  readonly min: number;
  readonly max: number;
  /** Requests a minute. */
  readonly requestsPerTarget: number;
  /** Requests a second that one host can answer. */
  readonly perHost: number;
  /** Seconds from the decision to the first answer of a new host. */
  readonly startSeconds: number;
  /** Hosts that stand ready and stopped, and the seconds that such a one takes. */
  readonly warm: number;
  readonly warmSeconds: number;
  /** A request that would wait longer is lost. */
  readonly patienceSeconds: number;
}

export interface Traffic {
  readonly seconds: number;
  /** Requests a second without a burst. */
  readonly base: number;
  /** How many times that, in a burst. */
  readonly burst: number;
  readonly burstSeconds: number;
  /** From the start of one burst to that of the next, on average. */
  readonly everySeconds: number;
}

export interface Outcome {
  readonly requests: number;
  readonly lost: number;
  /** Seconds: the wait that 99 of 100 requests do not exceed, of those that were answered. */
  readonly p99: number;
  readonly mostHosts: number;
  /** Of hosts that served. */
  readonly hostHours: number;
}

const MINUTE = 60;
const MINUTES_ABOVE = 3;
const MINUTES_BELOW = 15;
const BELOW = 0.9;

/** Requests that arrive in each second: bursts at random moments, and the noise of independent clients (a normal one with the variance of Poisson's). */
export function arrivals({ seconds, base, burst, burstSeconds, everySeconds }: Traffic, seed: number): number[] {
  const next = seededRandom(seed).uniform;
  const rates = new Array<number>(seconds).fill(base);
  for (let at = Math.round(everySeconds * next()); at < seconds; at += Math.round(everySeconds * (0.5 + next())))
    rates.fill(base * burst, at, Math.min(seconds, at + burstSeconds));
  return rates.map((rate) => {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal));
  });
}

/** Target tracking over whole minutes. */
class Policy {
  #above = 0;
  #below = 0;

  constructor(private readonly fleet: Fleet) {}

  /** @param serving hosts that the metric counts @param wanted hosts that there are or that start @returns how many there should be */
  decide(requests: number, serving: number, wanted: number): number {
    const { min, max, requestsPerTarget } = this.fleet;
    const metric = requests / serving;
    this.#above = metric > requestsPerTarget ? this.#above + 1 : 0;
    this.#below = metric < requestsPerTarget * BELOW ? this.#below + 1 : 0;
    const fitting = Math.min(max, Math.max(min, Math.ceil((serving * metric) / requestsPerTarget)));
    if (this.#above >= MINUTES_ABOVE) return Math.max(wanted, fitting);
    if (this.#below >= MINUTES_BELOW && wanted === serving) return Math.min(wanted, fitting);
    return wanted;
  }
}

/** One queue before all hosts, each of which answers `perHost` a second. */
export function follow(fleet: Fleet, traffic: readonly number[]): Outcome {
  const policy = new Policy(fleet);
  /** When each host that starts will serve. */
  let starting: number[] = [];
  let [serving, warm, queue, lost, inMinute, mostHosts, hostSeconds] = [fleet.min, fleet.warm, 0, 0, 0, fleet.min, 0];
  const waits: { readonly wait: number; readonly requests: number }[] = [];
  traffic.forEach((arrived, second) => {
    serving += starting.filter((ready) => ready <= second).length;
    starting = starting.filter((ready) => ready > second);
    const rate = serving * fleet.perHost;
    const room = Math.max(0, rate * (fleet.patienceSeconds + 1) - queue);
    const taken = Math.min(arrived, room);
    lost += arrived - taken;
    queue = Math.max(0, queue + taken - rate);
    waits.push({ wait: queue / rate, requests: taken });
    inMinute += arrived;
    hostSeconds += serving;
    mostHosts = Math.max(mostHosts, serving);
    if ((second + 1) % MINUTE !== 0) return;
    const wanted = policy.decide(inMinute, serving, serving + starting.length);
    inMinute = 0;
    for (let more = wanted - serving - starting.length; more > 0; more -= 1) {
      starting.push(second + (warm > 0 ? fleet.warmSeconds : fleet.startSeconds));
      warm = Math.max(0, warm - 1);
    }
    if (wanted < serving) serving = wanted;
  });
  const requests = traffic.reduce((sum, one) => sum + one, 0);
  return { requests, lost, p99: quantile(waits, 0.99), mostHosts, hostHours: hostSeconds / 3600 };
}

function quantile(waits: readonly { readonly wait: number; readonly requests: number }[], share: number): number {
  const sorted = [...waits].sort((a, b) => a.wait - b.wait);
  let left = sorted.reduce((sum, { requests }) => sum + requests, 0) * share;
  return sorted.find(({ requests }) => (left -= requests) <= 0)?.wait ?? 0;
}

/** Hosts that a refresh replaces at a time: it may have a tenth more than the group's size, and one at least (MaxHealthyPercentage 110). */
export const batchOf = (hosts: number): number => Math.max(1, Math.floor(hosts / 10));

/**
 * Seconds of an instance refresh by arithmetic: batches one behind the other, each as long as a host takes to serve and to warm up, and the two waits at
 * its checkpoints. What a load balancer needs to drain a host runs beside the next batch.
 */
export function refreshSeconds(hosts: number, hostSeconds: number, warmUpSeconds: number, bakeSeconds: number): number {
  return Math.ceil(hosts / batchOf(hosts)) * (hostSeconds + warmUpSeconds) + 2 * bakeSeconds;
}
