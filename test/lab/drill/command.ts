/** `npm run drill`: from the command line to the report. */
import { environmentRegion } from "../../../infra/region";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { EXIT, Problem, systemSentence, type ExitCode, type Io } from "../../../policies/cli";
import { drill, type DrillReport } from "./main";
import { backendIds } from "../../../infra/hosts/ids";
import type { BackendId } from "../../../infra/release/types";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { readStackFile } from "../../../infra/offline/stack-file";
import { repositoryRoot } from "../paths";
import { below, bucketSource, folderSource, type Source } from "./source";

export interface DrillWords {
  readonly stack: string;
  readonly from?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly lab: string;
  readonly keep: boolean;
  readonly json: boolean;
}

function bucketOf(stack: string): string {
  try {
    const args = ["stack", "output", "--stack", stack, "modelBucket"];
    return execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  } catch (error) {
    const why = systemSentence(error) ?? "it failed; what it said stands above";
    throw new Problem(
      `pulumi stack output --stack ${stack} modelBucket: ${why}. Name the bucket with --bucket, or a copy of it with --from`,
      EXIT.cannotTell,
    );
  }
}

function sourceOf({ stack, from, bucket, region }: DrillWords, prefix: string, io: Io): Source {
  if (from !== undefined && bucket !== undefined) throw new Problem("--from and --bucket both say where the backup is: give one of them");
  const all =
    from === undefined
      ? bucketSource(bucket ?? bucketOf(stack), region ?? environmentRegion() ?? "us-east-1")
      : folderSource(resolve(io.from, from));
  return below(all, prefix);
}

interface Wanted {
  /** `models.existing.prefix` */
  readonly prefix: string;
  readonly hosts: readonly BackendId[];
}

/** Of the stack's file. @throws StackFileError */
export function wantedOf(stack: string, root: string = repositoryRoot): Wanted {
  const { project, config } = readStackFile(root, stack, { privateKey: placeholderKey });
  const section = (name: string): unknown => JSON.parse(config[`${project}:${name}`] ?? "{}");
  const { existing } = section("models") as { existing?: { prefix?: string } };
  const { mode = "single", count = 1 } = section("backend") as { mode?: "single" | "fleet"; count?: number };
  return { prefix: existing?.prefix ?? "", hosts: backendIds({ backend: { mode, count } }) };
}

export function renderDrill({ stack, source, backups, checks, models, seconds }: DrillReport): string {
  const asked =
    checks === 0
      ? "the manifest records no checks (npm run models -- record-checks), so the health and the proof request were asked alone"
      : `${checks} recorded checks were answered as they have to be`;
  return [
    ...backups.map(
      ({ host, at, release }) => `${stack}: the backup of ${host} of ${at} (release ${release}) from ${source} was restored and serves.`,
    ),
    `  ${models.length} models: ${models.join(", ")}; ${asked}`,
    `  read ${seconds.read} s, machines ${seconds.machines} s, restore ${seconds.restore} s, release ${seconds.release} s`,
    `${seconds.all} s from the start to a service that answers.`,
  ].join("\n");
}

export async function runDrill(words: DrillWords, io: Io): Promise<ExitCode> {
  const { stack, lab, keep } = words;
  const { prefix, hosts } = wantedOf(stack);
  const source = sourceOf(words, prefix, io);
  const report = await drill({ stack, hosts, lab, keep, source, say: (line) => io.err(line) });
  io.out(words.json ? JSON.stringify(report, null, 2) : renderDrill(report));
  return EXIT.ok;
}
