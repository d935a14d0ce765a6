/** How a command is described. `command.ts` runs it, `usage.ts` prints its help. */
import type { Given, Options, Syntax } from "./arguments";
import type { ExitCode } from "./exit";
import type { Io } from "./io";

export interface Command<O extends Options = Options> extends Syntax<O> {
  /** As it is typed behind "npm run": `policies:check`. */
  readonly name: string;
  /** What is typed in place of "npm run NAME --", for a program that is installed as one. */
  readonly program?: string;
  /** One sentence. */
  readonly summary: string;
  /** What is typed behind the name; at least one. */
  readonly examples: readonly [string, ...string[]];
  /** More to know, below the options. */
  readonly notes?: readonly string[];
  /** What the exit codes say here, where that is more than EXIT_MEANING says. */
  readonly exitCodes?: Readonly<Partial<Record<ExitCode, string>>>;
  run(given: Given<O>, io: Io): number | Promise<number>;
}

export interface Group {
  readonly name: string;
  readonly summary: string;
  readonly commands: Readonly<Record<string, Command>>;
}

export type AnyCommand = Command | Group;
