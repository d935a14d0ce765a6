/** What AWS says when it does not answer a question of the program, and how the program refuses what it names. Pure. */
import * as pulumi from "@pulumi/pulumi";

/** @throws RunError with all of them, where there are any */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new pulumi.RunError(`what the configuration names cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
}

/** In one line, as far as it is about the reason. */
export function reason(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const lines = said
    .replace(/^invocation of \S+ returned an error: /, "")
    .split("\n")
    .map((line) => line.trim().replace(/^\* /, ""));
  // The bridge says first how many errors there are.
  const [first = "", ...more] = lines.filter((line) => line !== "");
  return (/\d+ errors? occurred:?$/.test(first) ? more[0] : undefined) ?? first;
}

/** AWS has looked, and there is no such thing. */
export function isAbsent(said: string): boolean {
  return /NotFound|NoSuchEntity|no matching|no results|couldn't find resource|not found/i.test(said);
}
