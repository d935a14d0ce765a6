/**
 * The result of an offline preview as one plain document: what `--json` prints and what the text report is made from. Pure.
 */
import type { Summary } from "../../policies/core/outcome";
import { HOST_IDS, isHostId } from "../hosts/ids";
import type { HostFile, HostId } from "../release/types";
import type { GraphResource } from "./engine";

export interface PreviewDocument {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly GraphResource[];
  readonly files: readonly HostFile[];
  readonly steps: readonly StepRow[];
  /** Steps that each host of a fleet runs by itself at its first start, group after group. @default the backend is set up over SSH */
  readonly firstBoot?: readonly (readonly string[])[];
  /** The same of gateways. @default the gateway is set up over SSH */
  readonly gatewayFirstBoot?: readonly (readonly string[])[];
  readonly policies: readonly PolicyRow[];
  readonly summary: Summary;
}

export interface StepRow {
  readonly host: HostId;
  readonly name: string;
  /** Position among the steps of its host, from 1. */
  readonly order: number;
  readonly urn: string;
}

export interface PolicyRow {
  readonly policy: string;
  readonly level: string;
  readonly verdict: "pass" | "violation" | "unknown";
  readonly urn: string;
  readonly message: string;
}

/** What a host runs by itself at its first start; undefined where it is set up over SSH. */
export function firstBootOf(
  { firstBoot, gatewayFirstBoot }: Pick<PreviewDocument, "firstBoot" | "gatewayFirstBoot">,
  id: HostId,
): PreviewDocument["firstBoot"] {
  if (id === "gateway") return gatewayFirstBoot;
  return id === "backend" ? firstBoot : undefined;
}

/** The Commands of each host in an order in which they can run: the order in which they were registered. */
export function stepRows(resources: readonly GraphResource[]): StepRow[] {
  const counts = new Map<HostId, number>();
  return resources
    .filter((resource) => /^command:(local|remote):Command$/.test(resource.type))
    .flatMap((resource) => {
      const [, host, name] = /^(gateway|backend(?:-\d+)?)-(.+)$/.exec(resource.name) ?? [];
      if (name === undefined || !isHostId(host)) {
        return [];
      }
      const order = (counts.get(host) ?? 0) + 1;
      counts.set(host, order);
      return [{ host, name, order, urn: resource.urn }];
    });
}

/** The gateway and the backends that steps set up; where none is, as in a fleet, the one name that stands for all of them. */
export function hostsOf(steps: readonly Pick<StepRow, "host">[]): HostId[] {
  return HOST_IDS.filter((id) => id === "gateway" || id === "backend" || steps.some(({ host }) => host === id));
}
