/** Keys of `backend` about a fleet. Part of schema.ts. */
import { DEFAULT_FLEET } from "../fleet/limits";

const fleet = {
  min: {
    type: "integer",
    minimum: 1,
    maximum: 100,
    default: DEFAULT_FLEET.min,
    description: "Hosts that there are at least. With one, a host that fails is an outage until the next one serves.",
  },
  max: {
    type: "integer",
    minimum: 1,
    maximum: 100,
    default: DEFAULT_FLEET.max,
    reason: "A hundred hosts are more than a load balancer of this kind was tried with.",
    description: "Hosts that there are at most. The same as `min`: the fleet does not scale.",
  },
  requestsPerTarget: {
    type: "integer",
    minimum: 1,
    maximum: 1_000_000,
    default: DEFAULT_FLEET.requestsPerTarget,
    description:
      "Requests a minute and host that the fleet is kept at: with more, hosts are added, with fewer taken away. Measure what one of yours serves, and write about half of it.",
  },
  warmPool: {
    type: "integer",
    minimum: 0,
    maximum: 100,
    default: DEFAULT_FLEET.warmPool,
    description:
      "Hosts that are set up and stopped, so that one more serves after a start and not after a set-up. They cost their volumes alone. 0: none.",
  },
  bakeSeconds: {
    type: "integer",
    minimum: 0,
    maximum: 7200,
    default: DEFAULT_FLEET.bakeSeconds,
    description: "How long a release waits when half of the hosts have it, while the alarm is watched, before it goes on. 0: not at all.",
  },
  errorShare: {
    type: "number",
    exclusiveMinimum: 0,
    maximum: 1,
    default: DEFAULT_FLEET.errorShare,
    form: "a number above 0, at most 1",
    example: 0.05,
    description:
      "Share of answers with 5xx, during two minutes, at which an alarm goes off: a release that is under way then goes back by itself. 1: no alarm.",
  },
} as const;

/** `gateway.fleet`: a fleet where it is given, whatever stands in it. */
export const gatewayFleetProperties = {
  fleet: {
    type: "object",
    additionalProperties: false,
    description:
      "An Auto Scaling group of gateways behind the public load balancer, in place of the one gateway; `{}` takes all defaults (docs/how-to/run-a-fleet-of-gateways.md). They set themselves up as the hosts of `backend.mode: fleet` do, over the public subnets. It needs `gateway.loadBalancer: true`, `backend.mode: fleet` and `access: none`.",
    properties: fleet,
  },
} as const;

export const fleetProperties = {
  mode: {
    enum: ["single", "fleet"],
    default: "single",
    example: "fleet",
    description:
      "`single`: one host, set up over SSH. `fleet`: an Auto Scaling group of hosts that set themselves up from a bundle in the bucket, behind the internal load balancer (docs/how-to/run-a-fleet.md). It needs `backend.loadBalancer: true` and `network.egress: managed`.",
  },
  fleet: {
    type: "object",
    additionalProperties: false,
    default: {},
    description: "The fleet; with `backend.mode: fleet` alone.",
    properties: fleet,
  },
} as const;
