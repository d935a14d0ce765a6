/** Exact versions of which one asks for others of the other: pip finds no set of packages then, and the release ends while it installs. Pure. */
import { admits, exactVersion } from "./packages";
import type { RequirementSet } from "./requirements";

/** What FastAPI asks for from each version on (its pyproject.toml at each tag, up to 0.141.1). Neither ever asked for less again. */
const OF_FASTAPI: Readonly<Record<"starlette" | "pydantic", readonly (readonly [from: string, specifier: string])[]>> = {
  starlette: [
    ["0.85.0", "==0.20.4"],
    ["0.87.0", "==0.21.0"],
    ["0.88.0", "==0.22.0"],
    ["0.90.0", ">=0.22.0,<=0.23.0"],
    ["0.90.1", ">=0.22.0,<0.24.0"],
    ["0.91.0", ">=0.24.0,<0.25.0"],
    ["0.92.0", ">=0.25.0,<0.26.0"],
    ["0.94.0", ">=0.26.0,<0.27.0"],
    ["0.94.1", ">=0.26.1,<0.27.0"],
    ["0.95.2", ">=0.27.0,<0.28.0"],
    ["0.107.0", ">=0.28.0,<0.29.0"],
    ["0.108.0", ">=0.29.0,<0.33.0"],
    ["0.109.0", ">=0.35.0,<0.36.0"],
    ["0.109.2", ">=0.36.3,<0.37.0"],
    ["0.110.1", ">=0.37.2,<0.38.0"],
    ["0.112.1", ">=0.37.2,<0.39.0"],
    ["0.115.2", ">=0.37.2,<0.41.0"],
    ["0.115.3", ">=0.40.0,<0.42.0"],
    ["0.115.7", ">=0.40.0,<0.46.0"],
    ["0.115.10", ">=0.40.0,<0.47.0"],
    ["0.116.1", ">=0.40.0,<0.48.0"],
    ["0.116.2", ">=0.40.0,<0.49.0"],
    ["0.120.1", ">=0.40.0,<0.50.0"],
    ["0.121.3", ">=0.40.0,<0.51.0"],
    ["0.128.3", ">=0.40.0,<1.0.0"],
    ["0.133.0", ">=0.40.0"],
    ["0.134.0", ">=0.46.0"],
  ],
  pydantic: [
    ["0.69.0", ">=1.6.2,!=1.7,!=1.7.1,!=1.7.2,!=1.7.3,!=1.8,!=1.8.1,<2.0.0"],
    ["0.96.1", ">=1.7.4,!=1.8,!=1.8.1,<2.0.0"],
    ["0.100.0", ">=1.7.4,!=1.8,!=1.8.1,!=2.0.0,!=2.0.1,<3.0.0"],
    ["0.101.0", ">=1.7.4,!=1.8,!=1.8.1,!=2.0.0,!=2.0.1,!=2.1.0,<3.0.0"],
    ["0.126.0", ">=2.7.0"],
    ["0.135.2", ">=2.9.0"],
  ],
};

/** One sentence for each version that the other's excludes; both have to be written down, and for every host. */
export function versionBounds({ requirements, constraints }: RequirementSet): string[] {
  const pinned = [...requirements, ...constraints].flatMap(({ name, specifier, marker, place }) => {
    const version = marker ? undefined : exactVersion(specifier);
    return name === undefined || version === undefined ? [] : [{ name, version, place }];
  });
  const fastapi = pinned.find(({ name }) => name === "fastapi");
  if (fastapi === undefined || !requirements.some(({ name }) => name === "fastapi")) return [];
  return Object.entries(OF_FASTAPI).flatMap(([other, rows]) => {
    const wanted = rows.filter(([from]) => admits(`>=${from}`, fastapi.version)).at(-1)?.[1];
    const against = pinned.find(({ name, version }) => name === other && wanted !== undefined && !admits(wanted, version));
    return wanted === undefined || against === undefined
      ? []
      : [
          `${against.place}: asks for ${other} ${against.version}, and fastapi ${fastapi.version} (${fastapi.place}) for ${other}${wanted}, so pip would find no set of packages and install none; write a version that both allow, or leave ${other} out (fastapi brings it)`,
        ];
  });
}
