/** The versions of Node that the project runs on, each with the npm of its generation. The exact ones are what CI tries. */
export interface Version {
  readonly node: string;
  readonly npm: string;
}

/** Node 20 reached its end of life in April 2026; CONTRIBUTING.md says what changes here when it is dropped. */
export const VERSIONS: Readonly<Record<string, Version>> = {
  20: { node: "20.20.2", npm: "10.8.3" },
  22: { node: "22.23.3", npm: "10.9.9" },
  24: { node: "24.21.0", npm: "11.19.1" },
};

/** Versions of the Pulumi SDK after the pinned one need this. */
export const NEXT_SDK_NODE = "22";

/** @throws naming those that are supported */
export function versionOf(major: string): Version {
  const found = VERSIONS[major];
  if (found === undefined) throw new Error(`Node "${major}": the project runs on ${Object.keys(VERSIONS).join(", ")}; give one of these.`);
  return found;
}
