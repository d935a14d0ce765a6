/** Versions of large packages for which PyPI has wheels of the hosts' Python. Others would have to be built, which takes a compiler and long. Pure. */
import { ANOTHER_HOST } from "./host-needs";
import type { Requirement } from "./requirements";
import { admits } from "./packages";

interface Range {
  /** The first version with a wheel. */
  readonly from: string;
  /** The first version that wants a later Python. */
  readonly before?: string;
}

/** As PyPI has them (`uv pip install --dry-run --only-binary :all: --python-version`, 2026-11-28), by Python. */
const WHEELS: Readonly<Record<string, Readonly<Record<string, Range>>>> = {
  "3.10": {
    numpy: { from: "1.21.2", before: "2.3.0" },
    onnxruntime: { from: "1.12.0", before: "1.24.1" },
    pandas: { from: "1.3.3", before: "3.0.0" },
    "scikit-learn": { from: "1.0.1", before: "1.8.0" },
    scipy: { from: "1.7.2", before: "1.16.0" },
    tensorflow: { from: "2.8.0" },
    torch: { from: "1.11.0" },
  },
  "3.12": {
    catboost: { from: "1.2.3" },
    numpy: { from: "1.26.0" },
    onnxruntime: { from: "1.17.0" },
    pandas: { from: "2.1.1" },
    "scikit-learn": { from: "1.3.1" },
    scipy: { from: "1.11.2" },
    tensorflow: { from: "2.16.1" },
    torch: { from: "2.2.0" },
  },
};

/** @param pythons such as "3.10.12" @param elsewhere whether wheels may come from another place than PyPI @returns why no host could install it */
export function noWheel({ name, specifier, marker, url }: Requirement, pythons: readonly string[], elsewhere: boolean): string | undefined {
  const exact = /^={2,3}(\d+(?:\.\d+)*)$/.exec(specifier)?.[1];
  if (name === undefined || exact === undefined || marker || url !== undefined) return undefined;
  const found = pythons.flatMap((version) => {
    const minor = version.split(".").slice(0, 2).join(".");
    const range = WHEELS[minor]?.[name];
    return range === undefined ? [] : [{ minor, range }];
  });
  const late = found.find(({ range: { before } }) => before !== undefined && admits(`>=${before}`, exact));
  if (late !== undefined)
    return `asks for ${name} ${exact}, which wants a later Python than ${late.minor}, which a host has; write a version before ${String(late.range.before)}, or ${ANOTHER_HOST}`;
  const early = elsewhere ? undefined : found.find(({ range: { from } }) => !admits(`>=${from}`, exact));
  return early === undefined
    ? undefined
    : `asks for ${name} ${exact}, of which PyPI has no wheel for Python ${early.minor}, which a host has; write ${early.range.from} or a later version, or ${ANOTHER_HOST}`;
}
