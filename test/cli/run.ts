import { Progress, runCommand, type AnyCommand, type Io } from "../../policies/cli";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process, as its program would, and keeps what it says. */
export async function run(of: AnyCommand, args: readonly string[], more: Partial<Io> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    screen: { width: 120, colours: false },
    progress: new Progress({ isTTY: false, columns: 80, write: () => true }),
    from: process.cwd(),
    ...more,
  };
  const code = await runCommand(of, args, io);
  return { code, out: out.join("\n"), err: err.join("\n") };
}
