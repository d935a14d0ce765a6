/** What the gateway's site knows of a public load balancer in front of it. Pure. */
import { balancerTimes } from "./balancer";
import { limitsOf } from "./limits";
import type { TemplateView } from "./templates";
import type { HostSpec } from "./types";

/** Whether health needs a key, which the load balancer has not. */
export const isProbed = ({ front, access }: Pick<HostSpec, "front" | "access">): boolean =>
  front !== undefined && access !== undefined && !access.openHealth;

/** Of gateway.nginx.mustache. */
export function frontView(spec: HostSpec): TemplateView {
  const { front } = spec;
  if (front === undefined) return { fronted: [], scheme: "$scheme" };
  const { from, hstsSeconds } = front;
  return {
    fronted: [
      {
        from: from.map((block) => ({ block })),
        hsts: hstsSeconds > 0 ? [{ hstsSeconds }] : [],
        probed: isProbed(spec),
        keepAliveSeconds: balancerTimes(limitsOf(spec)).keepAliveSeconds,
      },
    ],
    scheme: "$ddos_scheme",
  };
}
