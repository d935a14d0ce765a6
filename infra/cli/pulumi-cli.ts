/** What the pulumi CLI says of a deployed stack: asked here, or from files of what it printed elsewhere. */
import { execFileSync } from "child_process";
import { EXIT, Problem, readNamed, systemSentence } from "../../policies/cli";

/** `pulumi config --json`. */
export type ConfigDump = Readonly<Record<string, { readonly value?: string; readonly secret?: boolean }>>;

export interface DeployedJson {
  readonly config: ConfigDump;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Sources {
  readonly stack: string;
  readonly config?: string;
  readonly outputs?: string;
}

/** @throws Problem naming the file, or the pulumi command and what to do. */
export function deployedJson({ stack, config, outputs }: Sources, from: string): DeployedJson {
  const read = (file: string | undefined, option: string, args: readonly string[]): object =>
    file === undefined
      ? parsed(runPulumi(args), `pulumi ${args.join(" ")}`, EXIT.cannotTell)
      : parsed(readNamed(file, option, from), file, EXIT.usage);
  return {
    config: read(config, "--config", ["config", "--stack", stack, "--show-secrets", "--json"]) as ConfigDump,
    outputs: read(outputs, "--outputs", ["stack", "output", "--stack", stack, "--json"]) as DeployedJson["outputs"],
  };
}

function runPulumi(args: readonly string[]): string {
  try {
    return execFileSync("pulumi", args, { encoding: "utf8", env: process.env, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 28 });
  } catch (error) {
    const { status } = error as { status?: number | null };
    const why = systemSentence(error) ?? `ended with ${status ?? "a signal"}; what it said stands above`;
    const remedy =
      "Log in (pulumi login) and check the stack's name, or give what it printed elsewhere with --config FILE and --outputs FILE";
    throw new Problem(`pulumi ${args.join(" ")}: ${why}. ${remedy}.`, EXIT.cannotTell);
  }
}

/** Never quotes the text: it may hold secrets. */
function parsed(text: string, source: string, code: 2 | 3): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The message below says it: JSON.parse would quote the text.
  }
  throw new Problem(`${source}: found no JSON object; expected what the command prints with --json`, code);
}
