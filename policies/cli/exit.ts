/** What a command's exit code says; the same for every command of the project. The table in docs/commands.md is made of it. */
export type ExitCode = 0 | 1 | 2 | 3 | 70;

export const EXIT = { ok: 0, wrong: 1, usage: 2, cannotTell: 3, bug: 70 } as const;

export const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  0: "done; what was looked at is right",
  1: "what was looked at is wrong: a violation, drift, a mismatch, a failed test",
  2: "the command line, the configuration or a file given cannot be used; nothing was done",
  3: "cannot tell: a host, a program or a service did not answer, or this machine is in the way (disk full, no permission)",
  70: "a fault of the command itself; please report it",
};

/** A failure that was foreseen: `message` is for the reader and says what to do. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly code: ExitCode = EXIT.usage,
  ) {
    super(message);
  }
}

/** The command line itself: the usage line is shown with it. */
export class UsageProblem extends Problem {}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Runs `work`; errors of the given classes are mistakes in what the user gave, and become problems with exit code 2. */
export async function asProblems<T>(kinds: readonly ErrorClass[], work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw kinds.some((kind) => error instanceof kind) ? new Problem((error as Error).message) : error;
  }
}
