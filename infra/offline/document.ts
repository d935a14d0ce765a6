/**
 * The result of an offline preview as one plain document: what `--json` prints and what the text report is made from. Pure.
 */
import type { Summary } from "../../policies/core/outcome";
import type { HostFile } from "../release/types";
import type { GraphResource } from "./engine";

export interface PreviewDocument {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly GraphResource[];
  readonly files: readonly HostFile[];
  readonly steps: readonly StepRow[];
  /** Steps that each host of a fleet runs by itself at its first start, group after group. @default the backend is set up over SSH */
  readonly firstBoot?: readonly (readonly string[])[];
  readonly policies: readonly PolicyRow[];
  readonly summary: Summary;
}

export interface StepRow {
  readonly host: "gateway" | "backend";
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

/** The Commands of each host in an order in which they can run: the order in which they were registered. */
export function stepRows(resources: readonly GraphResource[]): StepRow[] {
  const counts = { gateway: 0, backend: 0 };
  return resources
    .filter((resource) => /^command:(local|remote):Command$/.test(resource.type))
    .flatMap((resource) => {
      const [, host, name] = /^(gateway|backend)-(.+)$/.exec(resource.name) ?? [];
      if (name === undefined || (host !== "gateway" && host !== "backend")) {
        return [];
      }
      counts[host] += 1;
      return [{ host, name, order: counts[host], urn: resource.urn }];
    });
}
