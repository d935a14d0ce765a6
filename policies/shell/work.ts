/**
 * The budget of an evaluation: counted in work and not in time, so that the answer is the same on every machine. The interpreter runs one
 * script at a time, so that one account is enough, and whatever compares or copies a lot can charge it without being handed a context.
 */

/** What a host's scripts may cost, in statements; a large set-up takes some thousands. */
export const MOST_STATEMENTS = 160_000;
/** What is compared (paths, patterns) and what is copied (characters) for the cost of one statement. */
const COMPARED = 100;
const COPIED = 1000;
/** Loops inside one command go on a little after the budget is spent; then they are left. */
const OVERDRAFT = 20_000;

export interface Account {
  budget: number;
}

/** Leaves whatever is going on; `runOnHost` turns it into "cannot tell". */
export class OutOfWork extends Error {
  constructor() {
    super("the budget of this evaluation is spent");
  }
}

let account: Account | undefined;

/** Runs `body` at the cost of an account. */
export function charged<T>(to: Account, body: () => T): T {
  const outer = account;
  account = to;
  try {
    return body();
  } finally {
    account = outer;
  }
}

function spend(statements: number): void {
  if (!account) return;
  account.budget -= statements;
  if (account.budget < -OVERDRAFT) throw new OutOfWork();
}

export const compared = (count: number): void => {
  spend(count / COMPARED);
};
export const copied = (characters: number): void => {
  spend(characters / COPIED);
};

/** The engine's own limits (its stack, the length of a string), which text that nests or doubles without end runs into. */
export const isTooMuch = (error: unknown): boolean => error instanceof OutOfWork || error instanceof RangeError;
