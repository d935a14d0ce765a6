/**
 * One manner for all commands: `--help` and `-h` show the usage and nothing is done; what is wrong with the command line is an error before
 * anything is done; results go to standard output, all else to standard error; exit codes are those of exit.ts.
 */
import { asksForHelp, readArguments } from "./arguments";
import type { Options } from "./arguments";
import type { AnyCommand, Command, Group } from "./description";
import { EXIT, Problem, UsageProblem } from "./exit";
import type { ExitCode } from "./exit";
import type { Io } from "./io";
import { processIo } from "./io";
import { nearest } from "./nearest";
import { systemSentence } from "./system-errors";
import { groupUsage, helpLine, usage, usageLine } from "./usage";

/** Keeps the types of the options for `run`. */
export function command<const O extends Options>(of: Command<O>): Command<O> {
  return of;
}

/** Runs one command line. Never rejects: whatever happens becomes a message and an exit code. */
export async function runCommand(of: AnyCommand, args: readonly string[], io: Io): Promise<number> {
  try {
    if ("commands" in of) return await runGroup(of, args, io);
    if (asksForHelp(args)) {
      io.out(usage(of, io.screen.width));
      return EXIT.ok;
    }
    return await of.run(readArguments(args, of), io);
  } catch (error) {
    io.progress.end();
    return report(error, of, io);
  } finally {
    io.progress.end();
  }
}

function runGroup(group: Group, args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") {
    io.out(groupUsage(group, io.screen.width));
    return Promise.resolve(EXIT.ok);
  }
  const known = Object.keys(group.commands);
  const chosen = name !== undefined && Object.hasOwn(group.commands, name) ? group.commands[name] : undefined;
  if (chosen !== undefined) return runCommand(chosen, rest, io);
  if (name === undefined) throw new UsageProblem(`a command is missing; there are: ${known.join(", ")}`);
  const close = nearest(name, known);
  throw new UsageProblem(
    `"${name}" is not a command${close === undefined ? `; there are: ${known.join(", ")}` : `; did you mean "${close}"?`}`,
  );
}

function report(error: unknown, of: AnyCommand, io: Io): ExitCode {
  const known = error instanceof Problem ? error.message : systemSentence(error);
  if (known === undefined) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err(`${of.name}: a fault of the command itself, not of what it looked at; please report it:\n${trace}`);
    return EXIT.bug;
  }
  io.err(`${of.name}: ${known}`);
  if (error instanceof UsageProblem) io.err(`${usageLine(of).replaceAll("\u00a0", " ")}\nTo see what each means: ${helpLine(of)}`);
  return error instanceof Problem ? error.code : EXIT.cannotTell;
}

/** The program of a command: ends the process with the exit code. */
export function start(of: AnyCommand, args: readonly string[] = process.argv.slice(2)): void {
  const { io, end } = processIo();
  // An error that nobody waited for would end Node with 1, which is a verdict here.
  process.on("uncaughtException", (error) => void end(report(error, of, io)));
  void runCommand(of, args, io).then(end);
}
