/** What verify and repair have in common: whom they ask, and the options that say so. */
import { Problem } from "../../policies/cli";
import { HOST_IDS } from "../hosts/ids";
import type { HostId } from "../release/types";

/** @returns undefined where none is named. @throws Problem for a name that no host of any stack has */
export function namedHosts(given: readonly string[]): readonly HostId[] | undefined {
  const wrong = given.filter((word) => !HOST_IDS.some((id) => id === word));
  if (wrong.length > 0) throw new Problem(`--host: found ${wrong.join(", ")}; expected ${HOST_IDS.join(", ")}`);
  return given.length === 0 ? undefined : HOST_IDS.filter((id) => given.includes(id));
}

/** What every command takes that asks the hosts of a deployed stack. */
export const DEPLOYED_STACK = {
  stack: { kind: "text", value: "NAME", short: "s", required: true, help: "the deployed stack" },
} as const;

/** Where its values come from, and how the answer is printed. */
export const DEPLOYED_VALUES = {
  config: { kind: "text", value: "FILE", help: 'what "pulumi config --show-secrets --json" printed, in place of running it' },
  outputs: { kind: "text", value: "FILE", help: 'what "pulumi stack output --json" printed, in place of running it' },
  json: { kind: "flag", help: "print one JSON document instead of text" },
} as const;
