/** Where the hosts start: the gateway and the first backend in the first zone, further backends in the zones in turn, hosts of a fleet in all. Pure. */
import type { StackConfig } from "../config/types";

/** Zones of the subnets, in their order; without those of a subnet that could not be looked at. */
export interface Zones {
  readonly gateway: readonly string[];
  readonly webservers: readonly string[];
}

export interface Start {
  /** That says the type. */
  readonly key: string;
  readonly type: string;
  readonly zones: readonly string[];
}

export function startsOf(config: Pick<StackConfig, "gateway" | "backend">, { gateway, webservers }: Zones): Start[] {
  const { mode, count, instanceType } = config.backend;
  return [
    {
      key: "gateway.instanceType",
      type: config.gateway.instanceType,
      zones: config.gateway.fleet === undefined ? gateway.slice(0, 1) : gateway,
    },
    { key: "backend.instanceType", type: instanceType, zones: mode === "fleet" ? webservers : webservers.slice(0, count) },
  ];
}
