/** What follows from the limits of requests: defaults, and the times that keep a release from cutting a request off. Pure. */
import type { Bake, HostSpec, HttpLimits, Shadow } from "./types";

export const DEFAULT_LIMITS: HttpLimits = { bodyMiB: 1, timeoutSeconds: 30, perSecond: 100, burst: 200, connections: 100 };

/** All limits of a host, those that are not given as well. */
export const limitsOf = (spec: Pick<HostSpec, "limits">): HttpLimits => ({ ...DEFAULT_LIMITS, ...spec.limits });

export const DEFAULT_BAKE: Bake = { bakeSeconds: 10, bakeErrorShare: 0.05, bakeLatency: 3 };

/** Off: no time for it. The requests that may be copied follow from gateway.proof (shadow.ts). */
export const DEFAULT_SHADOW: Required<Omit<Shadow, "requests" | "minAgreement">> = {
  seconds: 0,
  percent: 10,
  minRequests: 20,
  maxRequests: 1000,
  bodyKiB: 16,
  tolerance: 1e-6,
  ignore: [],
};

export interface StopTimes {
  /** How long uvicorn lets requests that it has go on once it is told to stop, seconds. */
  readonly gracefulSeconds: number;
  /** When systemd ends what is left, seconds. */
  readonly stopSeconds: number;
  /** Pings on idle WebSockets, seconds apart: often enough for nginx's read timeout on the way. */
  readonly pingSeconds: number;
}

/**
 * A request that nginx still waits for is not cut off by a stop: uvicorn waits longer than nginx does, and systemd longer than uvicorn.
 * A service without requests stops at once.
 */
export function stopTimes({ timeoutSeconds }: HttpLimits): StopTimes {
  return {
    gracefulSeconds: timeoutSeconds + 5,
    stopSeconds: timeoutSeconds + 15,
    pingSeconds: Math.min(20, Math.max(1, Math.floor(timeoutSeconds / 2))),
  };
}
