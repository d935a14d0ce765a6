/**
 * What well-known packages need of a host beyond Python, and what an application that asks for them lacks without the key: it would be installed, and end
 * in its trial. Each was tried in the service's sandbox on test hosts (test/lab/faults/cases/formats.ts). Pure.
 */
import type { Requirement } from "./requirements";

/** What the configuration gives. */
export interface HostGifts {
  /** `backend.packages`; undefined where an image of the reader's own may have any. */
  readonly packages: readonly string[] | undefined;
  /** `sandbox.allow`. */
  readonly allow: readonly string[];
}

interface Need {
  readonly package: string;
  readonly key: "backend.packages" | "sandbox.allow";
  readonly value: string;
  /** A sentence about the package, after its name. */
  readonly why: string;
}

const NEEDS: readonly Need[] = [
  {
    package: "lightgbm",
    key: "backend.packages",
    value: "libgomp1",
    why: "loads the system library libgomp.so.1, which its wheel does not bring and Ubuntu's images do not have",
  },
  {
    package: "onnxruntime",
    key: "sandbox.allow",
    value: "proc",
    why: "reads /proc/cpuinfo when it is imported and aborts where that is hidden, as in the sandbox of the service",
  },
];

/** @returns a sentence for each package that cannot work with what the configuration gives */
export function unmetNeeds(project: string, requirements: readonly Requirement[], given: HostGifts): string[] {
  const has: Readonly<Record<Need["key"], readonly string[] | undefined>> = { "backend.packages": given.packages, "sandbox.allow": given.allow };
  return NEEDS.flatMap((need) => {
    const line = requirements.find(({ name }) => name === need.package);
    const values = has[need.key];
    if (line === undefined || values === undefined || values.includes(need.value)) return [];
    const gateway = need.key === "backend.packages" ? " (gateway.packages as well, if the gateway's half imports it)" : "";
    return [
      `${line.place}: asks for ${need.package}, which ${need.why}, so the release would end in its trial; add ${need.value} to ${project}:${need.key}${gateway}`,
    ];
  });
}
