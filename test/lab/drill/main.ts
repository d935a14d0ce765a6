/**
 * A rehearsal of the worst day: a stack's latest backup on machines of this computer. The program sets all hosts up, each backend loses its models,
 * its data and its history, restore.sh brings them back from its backup, and a release of what is there has to answer the recorded checks.
 * The command line is in ../commands.ts (`npm run drill`).
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeLab, type Lab } from "../lab";
import { cacheDir } from "../paths";
import type { BackendId } from "../../../infra/release/types";
import { labS3 } from "../s3-client";
import { up } from "../system";
import { readChecksFile } from "../../../models-manifest/checks";
import { readManifest } from "../../../models-manifest/manifest";
import { configuration } from "../system";
import { repositoryRoot } from "../paths";
import { fetchBackups, type Fetched, type Source } from "./source";

export interface DrillOptions {
  readonly stack: string;
  /** Each has a backup of its own. */
  readonly hosts: readonly BackendId[];
  readonly lab: string;
  readonly source: Source;
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface RestoredBackup {
  readonly host: BackendId;
  readonly at: string;
  readonly release: string;
  readonly objects: number;
  readonly bytes: number;
}

export interface DrillReport {
  readonly stack: string;
  readonly source: string;
  readonly backups: readonly RestoredBackup[];
  /** Rows of checks that the restored models answered; 0 where the manifest names none. */
  readonly checks: number;
  readonly models: readonly string[];
  readonly seconds: Readonly<Record<"read" | "machines" | "restore" | "release" | "all", number>>;
}

const LOSE = "systemctl stop ddos-backup.timer; rm -rf /var/lib/ddos/models/* /home/ddos/data/* /var/lib/ddos/history";
const SERVED =
  'cd /home/ddos/current/models && for one in *; do [ ! -f "$one" ] || printf \'%s %s\\n\' "$(sha256sum <"$one" | cut -c 1-64)" "$one"; done';

/** How many rows the stack's manifest has; each of them is asked before a release may serve, and by the verify step. */
function rowsOf(lab: Lab, stack: string): number {
  const { project, config } = configuration(lab, stack);
  const { manifest = "" } = JSON.parse(config[`${project}:models`] ?? "{}") as { manifest?: string };
  const { checks } = manifest === "" ? { checks: undefined } : readManifest(join(repositoryRoot, manifest), repositoryRoot);
  return checks === undefined ? 0 : readChecksFile(checks, repositoryRoot).rows.length;
}

/** Where the backends' backups are. */
interface Place {
  readonly bucket: string;
  readonly prefix: string;
}

async function placeOf(lab: Lab, stack: string): Promise<Place> {
  const conf = await lab.must("backend", "cat /etc/ddos/backup.conf 2>/dev/null || printf ''");
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(conf)?.[1] ?? "";
  if (value("bucket") === "") throw new Error(`stack ${stack} has no backups (backup.enabled): nothing can be restored there`);
  return { bucket: value("bucket"), prefix: value("prefix") };
}

/** The backup's objects in the machines' own bucket, under the same keys. */
async function intoBucket(lab: Lab, { bucket, prefix }: Place, folder: string, { list, listKey }: Fetched): Promise<void> {
  const s3 = labS3(lab.name, lab.state().region);
  // A published model lies there already: the set-up has put it there, and S3 keeps what it has.
  for (const { key, kind } of list.objects) if (kind !== "published") await s3.putFile(bucket, prefix + key, join(folder, key));
  await s3.putFile(bucket, prefix + listKey, join(folder, listKey));
}

/** @throws naming what serves otherwise than the backup has it */
async function sameModels(lab: Lab, { host, list }: Fetched): Promise<string[]> {
  const wanted = list.objects.filter(({ kind }) => kind === "model" || kind === "published").map(({ sha256, name }) => `${sha256} ${name}`);
  const served = (await lab.must(host, SERVED))
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  const missing = wanted.filter((one) => !served.includes(one)).map((one) => `${one.slice(65)} (sha256 ${one.slice(0, 12)})`);
  if (missing.length > 0)
    throw new Error(
      `the backup of ${host} has ${missing.join(", ")}, and other models serve: this working copy's manifest is not the one of the backup. Check out what was deployed at ${list.at}, then run again`,
    );
  return wanted.map((one) => one.slice(65)).sort();
}

export async function drill({ stack, hosts, lab: name, source, keep, say }: DrillOptions): Promise<DrillReport> {
  const began = Date.now();
  let last = began;
  const lap = (): number => {
    const seconds = (Date.now() - last) / 1000;
    last = Date.now();
    return Math.round(seconds * 10) / 10;
  };
  mkdirSync(cacheDir, { recursive: true });
  const folder = mkdtempSync(join(cacheDir, "drill-"));
  try {
    const fetched = await fetchBackups(source, hosts, folder);
    const read = lap();
    for (const { host, list, bytes } of fetched)
      say(`${host}: backup of ${list.at}, release ${list.release}: ${list.objects.length} objects, ${bytes} bytes (all read in ${read} s)`);
    const { lab } = await up({ name, stack, say: () => undefined });
    const machines = lap();
    say(`all hosts are set up (${machines} s)`);
    const place = await placeOf(lab, stack);
    for (const one of fetched) {
      await intoBucket(lab, place, folder, one);
      await lab.must(one.host, LOSE);
      await lab.must(one.host, "/usr/local/lib/ddos/restore.sh");
    }
    const restore = lap();
    say(`models, data, logs and history are restored (${restore} s)`);
    await up({ name, stack, force: true, say: () => undefined });
    const models = new Set<string>();
    for (const one of fetched) for (const model of await sameModels(lab, one)) models.add(model);
    const release = lap();
    const checks = rowsOf(lab, stack);
    say(`a release of them serves, and all hosts are as wanted; ${checks} recorded checks were asked (${release} s)`);
    const seconds = { read, machines, restore, release, all: Math.round((Date.now() - began) / 100) / 10 };
    return {
      stack,
      source: source.name,
      backups: fetched.map(({ host, list, bytes }) => ({ host, at: list.at, release: list.release, objects: list.objects.length, bytes })),
      checks,
      models: [...models].sort(),
      seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (!keep) await removeLab(name);
  }
}
