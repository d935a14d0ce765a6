/** What verify, repair and releases have in common: whom they ask, and the options that say so. */
import { Problem } from "../../policies/cli";

/** @returns undefined where nothing is given. @throws Problem naming the option, the word and those that there are */
export function chosen<T extends string>(option: string, given: readonly string[], known: readonly T[]): readonly T[] | undefined {
  const wrong = given.filter((word) => !known.some((one) => one === word));
  if (wrong.length > 0) throw new Problem(`${option}: found ${wrong.join(", ")}; expected ${known.join(", ")}`);
  return given.length === 0 ? undefined : known.filter((one) => given.includes(one));
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
