/**
 * What well-known packages need of a host beyond Python, and what an application that asks for them lacks without the key: it would be installed, and end
 * in its trial. Each was tried in the service's sandbox on test hosts (test/lab/faults/cases/formats.ts). Pure.
 */
import { admits, exactVersion } from "./packages";
import type { Requirement } from "./requirements";

/** How the hosts get another Python. */
export const ANOTHER_HOST = "give the hosts another release of Ubuntu (gateway.os, backend.os)";

/** What the configuration gives. */
export interface HostGifts {
  /** `backend.packages`; undefined where an image of the reader's own may have any. */
  readonly packages: readonly string[] | undefined;
  /** `sandbox.allow`. */
  readonly allow: readonly string[];
  /** Versions of Python that the hosts are known to have. */
  readonly pythons: readonly string[];
  /** Whether packages come from an index or a wheelhouse of the reader's own. @default false */
  readonly elsewhere?: boolean;
}

interface Need {
  readonly package: string;
  readonly key: "backend.packages" | "sandbox.allow";
  readonly value: string;
  /** A sentence about the package, after its name. */
  readonly why: string;
  /** The first version without the need, and the newest Python for which there is none of that version. */
  readonly until?: { readonly version: string; readonly python: string };
}

const NEEDS: readonly Need[] = [
  {
    package: "lightgbm",
    key: "backend.packages",
    value: "libgomp1",
    why: "loads the system library libgomp.so.1, which its wheel does not bring and Ubuntu's images do not have",
  },
  // The second is the same library, with providers for graphics cards.
  ...["onnxruntime", "onnxruntime-gpu"].map((name) => ({
    package: name,
    key: "sandbox.allow" as const,
    value: "proc",
    why: "reads /proc/cpuinfo when it is imported and aborts where that is hidden, as in the sandbox of the service",
    // 1.17.3, 1.20.1, 1.23.2, 1.24.4 and 1.25.1 abort, 1.26.0 to 1.32.0 do not; 1.23.2 is the last for Python 3.10.
    until: { version: "1.26", python: "3.10" },
  })),
];

/** @returns a sentence for each package that cannot work with what the configuration gives */
export function unmetNeeds(project: string, requirements: readonly Requirement[], given: HostGifts): string[] {
  const has: Readonly<Record<Need["key"], readonly string[] | undefined>> = {
    "backend.packages": given.packages,
    "sandbox.allow": given.allow,
  };
  return NEEDS.flatMap((need) => {
    const line = requirements.find((one) => one.name === need.package && concerns(need, one, given.pythons));
    const values = has[need.key];
    if (line === undefined || values === undefined || values.includes(need.value)) return [];
    const gateway = need.key === "backend.packages" ? " (gateway.packages as well, if the gateway's half imports it)" : "";
    return [
      `${line.place}: asks for ${need.package}, which ${need.why}, so the release would end in its trial; add ${need.value} to ${project}:${need.key}${gateway}`,
    ];
  });
}

/** False where the version that will be installed is, or may be, one without the need. */
function concerns({ until }: Need, { specifier }: Requirement, pythons: readonly string[]): boolean {
  if (until === undefined) return true;
  const exact = exactVersion(specifier);
  return exact === undefined ? pythons.includes(until.python) : admits(`<${until.version}`, exact);
}
