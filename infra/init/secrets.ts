/** Secret settings, from the reader to the Pulumi CLI: through standard input, never on a command line, in a file or on the screen. */
import { spawn } from "child_process";

export type Feed = (args: readonly string[], text: string) => Promise<{ readonly code: number; readonly err: string }>;

/** The command for the reader: it asks for the value itself. */
export function setCommand(stack: string, name: string): string {
  return `pulumi config set --stack ${stack} --secret --path 'secretEnv.${name}'`;
}

export interface SetResult {
  readonly set: readonly string[];
  /** Commands that are left to the reader. */
  readonly left: readonly string[];
  /** Why, where the CLI could not be used. */
  readonly reason?: string;
}

/** Sets the values that are known; what has none, and all of them where the CLI cannot, is left as commands. */
export async function setSecrets(
  stack: string,
  names: readonly string[],
  values: ReadonlyMap<string, string>,
  feed: Feed,
): Promise<SetResult> {
  const commands = (list: readonly string[]): string[] => list.map((name) => setCommand(stack, name));
  const known = names.filter((name) => values.has(name));
  if (known.length === 0) return { set: [], left: commands(names) };
  const made = await feed(["stack", "init", stack, "--no-select", "--non-interactive"], "");
  const there = made.code === 0 || /already exists/i.test(made.err);
  if (!there) return { set: [], left: [`pulumi stack init ${stack} --no-select`, ...commands(names)], reason: reasonOf(made) };
  const set: string[] = [];
  for (const name of known) {
    const done = await feed(
      ["config", "set", "--stack", stack, "--secret", "--path", `secretEnv.${name}`, "--non-interactive"],
      values.get(name) ?? "",
    );
    if (done.code !== 0) return { set, left: commands(names.filter((one) => !set.includes(one))), reason: reasonOf(done) };
    set.push(name);
  }
  return { set, left: commands(names.filter((name) => !set.includes(name))) };
}

/** The last line; what the CLI says of a secret it takes from its arguments, and there is none in these. */
function reasonOf({ code, err }: { readonly code: number; readonly err: string }): string {
  return err.trim().split("\n").at(-1) ?? `it ended with ${code}`;
}

const LIMIT_MS = 60_000;

export function pulumiFeed(cwd: string): Feed {
  return (args, text) =>
    new Promise((resolve) => {
      const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
      const child = spawn("pulumi", args, { cwd, env, stdio: ["pipe", "ignore", "pipe"], timeout: LIMIT_MS });
      let err = "";
      child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
      child.stdin.on("error", () => undefined); // it ended without reading; its exit code says why
      child.on("error", (error: NodeJS.ErrnoException) =>
        resolve({ code: -1, err: error.code === "ENOENT" ? "the Pulumi CLI is not installed, or not on PATH" : error.message }),
      );
      child.on("close", (code) => resolve({ code: code ?? -1, err: code === null ? `it did not end within ${LIMIT_MS / 1000} s` : err }));
      child.stdin.end(text);
    });
}
