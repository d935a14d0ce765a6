/** How many workers fit a machine. Memory in MiB unless said otherwise. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadedManifest } from "../../models-manifest/manifest";

export interface InstanceSize {
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly architecture: "x86_64" | "arm64";
}

/** type -> size, from instance-types.txt, which says where its figures are from. */
let table: ReadonlyMap<string, InstanceSize> | undefined;

function instanceTypes(): ReadonlyMap<string, InstanceSize> {
  if (table === undefined) {
    const lines = readFileSync(join(__dirname, "instance-types.txt"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    table = new Map(lines.flatMap(parseFamily));
  }
  return table;
}

function parseFamily(line: string): [string, InstanceSize][] {
  const [family = "", architecture, ...sizes] = line.split(" ");
  return sizes.map((entry) => {
    const [size = "", memoryMiB, vcpus] = entry.split(/[=/]/);
    return [
      `${family}.${size}`,
      { memoryMiB: Number(memoryMiB), vcpus: Number(vcpus), architecture: architecture as InstanceSize["architecture"] },
    ];
  });
}

/** Memory and processors of an EC2 instance type; undefined when the type is not in the table. */
export function instanceSize(type: string): InstanceSize | undefined {
  return instanceTypes().get(type);
}

/** Types of the same family that there are, smallest first. */
export function siblingTypes(type: string): string[] {
  const family = type.split(".", 1)[0] ?? "";
  return [...instanceTypes().keys()].filter((known) => known.startsWith(`${family}.`));
}

/** Of a type that is newer than the table: Graviton families have a g behind their number (t4g, m7g, c7gn, ...). */
export function architectureOf(type: string): InstanceSize["architecture"] {
  return instanceSize(type)?.architecture ?? (/^[a-z]+\d+g[a-z]*\./.test(type) ? "arm64" : "x86_64");
}

/** What the operating system, nginx, sshd, uvicorn's two supervisors and some page cache need. */
const SYSTEM_MIB = 200;
/** One uvicorn worker with FastAPI, numpy, pandas and scikit-learn imported: 136 MiB (PSS) on a test host, and room for requests. */
const PROCESS_MIB = 150;
/** Unpickled trees take more room than their file. */
const MODEL_GROWTH = 1.3;

export interface MemoryPlan {
  /** Workers of the service, at least 1. */
  readonly workers: number;
  /** Memory of the service and of the candidate that runs beside it during a release. */
  readonly neededMiB: number;
  /** False when even one worker and the candidate need more than the machine has: releases may then run out of memory. */
  readonly fits: boolean;
  readonly perWorkerMiB: number;
}

/**
 * One worker per vCPU as far as memory goes, with room kept for one candidate worker. Measured: on two cores two workers answer twice as
 * many requests as four.
 */
export function memoryPlan(size: { memoryMiB: number; modelBytes: number; vcpus: number }): MemoryPlan {
  const perWorkerMiB = Math.ceil(PROCESS_MIB + (MODEL_GROWTH * size.modelBytes) / 2 ** 20);
  const room = Math.floor((size.memoryMiB - SYSTEM_MIB - perWorkerMiB) / perWorkerMiB);
  const workers = Math.max(1, Math.min(size.vcpus, room));
  const neededMiB = SYSTEM_MIB + (workers + 1) * perWorkerMiB;
  return { workers, neededMiB, fits: room >= 1, perWorkerMiB };
}

export function workersFor(size: { memoryMiB: number; modelBytes: number; vcpus: number }): number {
  return memoryPlan(size).workers;
}

/** Workers that a host is given: as many as are written, else as many as fit. @param bytes of the models that each of them loads */
export function plannedWorkers(
  {
    workers,
    instanceType,
    memoryMiB,
  }: { readonly workers: number | "auto"; readonly instanceType: string; readonly memoryMiB?: number | undefined },
  bytes: number,
): number {
  if (workers !== "auto") return workers;
  // Of a type that the table does not have, nothing is known to fit.
  const size = instanceSize(instanceType) ?? { memoryMiB: 0, vcpus: 2 };
  return workersFor({ memoryMiB: memoryMiB ?? size.memoryMiB, vcpus: size.vcpus, modelBytes: bytes });
}

/** What a worker may have in memory at once: all of it, since roles are the application's own words. */
export function modelBytes(models: Pick<LoadedManifest, "files">): number {
  return models.files.filter((file) => file.absent !== true).reduce((sum, file) => sum + file.size, 0);
}
