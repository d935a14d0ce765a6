/** Times that the load balancer, the gateway's nginx and the backend's have to agree on. Pure. */
import type { HttpLimits } from "./types";

/** Of the backend's nginx without a load balancer. */
export const KEEP_ALIVE = 120;

export interface BalancerTimes {
  /** Of connections without a byte, seconds: longer than a request may be silent. */
  readonly idleSeconds: number;
  /** How long the backend's nginx keeps an idle connection: longer than the load balancer, which would answer 502 of one that was just closed. */
  readonly keepAliveSeconds: number;
  /** How long a target that leaves may answer what it has begun. */
  readonly deregistrationSeconds: number;
}

export function balancerTimes({ timeoutSeconds }: Pick<HttpLimits, "timeoutSeconds">): BalancerTimes {
  const idleSeconds = Math.max(60, timeoutSeconds + 5);
  return {
    idleSeconds,
    keepAliveSeconds: Math.max(KEEP_ALIVE, idleSeconds + 30),
    deregistrationSeconds: Math.min(3600, timeoutSeconds + 5),
  };
}
