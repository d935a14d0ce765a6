/** Where a command reads and writes; tests give their own. */
import { dirname } from "node:path";
import { EXIT } from "./exit";
import { Progress } from "./progress";
import { systemSentence } from "./system-errors";
import { fitted, screenOf } from "./terminal";
import type { Screen } from "./terminal";

export interface Io {
  /** Results: a text to which a line end is added. */
  out(text: string): void;
  /** Everything else that the reader should know. */
  err(text: string): void;
  readonly screen: Screen;
  readonly progress: Progress;
  /** The folder that relative paths of the command line start from. */
  readonly from: string;
}

/** npm runs a script in the package's folder and says in INIT_CWD where the user is. */
export function userFolder(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const { npm_package_json: manifest, INIT_CWD: typed } = env;
  return manifest !== undefined && typed !== undefined && dirname(manifest) === cwd ? typed : cwd;
}

/** The process's own; `end` ends the process when everything is written. */
export function processIo(): { readonly io: Io; readonly end: (code: number) => Promise<void> } {
  let failed: Error | undefined;
  process.stdout.on("error", (error: Error) => {
    failed ??= error;
  });
  process.stderr.on("error", () => undefined); // there is nowhere left to say it
  const progress = new Progress(process.stderr);
  const messages = screenOf(process.stderr, process.env);
  const io: Io = {
    out: (text) => {
      progress.hide(); // both streams may be one terminal
      process.stdout.write(`${text}\n`);
    },
    err: (text) => void process.stderr.write(`${fitted(text, messages)}\n`),
    screen: screenOf(process.stdout, process.env),
    progress,
    from: userFolder(process.env, process.cwd()),
  };
  // Pulumi's SDK warns this way where there is no engine.
  console.warn = (text: unknown) => io.err(String(text).replace(/^warning: \[runtime\] /, "warning: "));
  const flushed = (stream: NodeJS.WriteStream): Promise<void> => new Promise((done) => void stream.write("", () => done()));
  const end = async (code: number): Promise<void> => {
    await flushed(process.stdout);
    // Whoever closed the pipe (`| head`) has read what they wanted; a disk that is full has lost something.
    const lost = failed !== undefined && (failed as NodeJS.ErrnoException).code !== "EPIPE";
    if (lost) io.err(`the output could not be written: ${systemSentence(failed) ?? failed?.message ?? ""}`);
    await flushed(process.stderr);
    process.exit(lost ? EXIT.cannotTell : code);
  };
  return { io, end };
}
