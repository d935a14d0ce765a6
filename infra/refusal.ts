/** What AWS says when it does not answer a question of the program, and how the program refuses what it names. Pure. */
import * as pulumi from "@pulumi/pulumi";

/** What the configuration names and AWS does not have so. A RunError: its message says it all. */
class Refused extends pulumi.RunError {
  constructor(readonly problems: readonly string[]) {
    super(`what the configuration names cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

/** @throws RunError with all of them, where there are any */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Refused(problems);
}

/** All answers. @throws RunError with what each of them refuses, in one message; else the first error */
export async function allOrRefuse<T extends readonly unknown[]>(questions: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(questions);
  const errors = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  refuse(errors.flatMap((error) => (error instanceof Refused ? error.problems : [])));
  if (errors.length > 0) throw errors[0];
  return settled.map((one) => (one.status === "fulfilled" ? one.value : undefined)) as { -readonly [K in keyof T]: Awaited<T[K]> };
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
