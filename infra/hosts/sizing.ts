/** How many workers fit a machine. Memory in MiB unless said otherwise. */

export interface InstanceSize {
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly architecture: "x86_64" | "arm64";
}

/** Burstable sizes: memory in MiB and vCPUs. Source: the EC2 instance type pages of AWS. */
const BURSTABLE: Readonly<Record<string, readonly [memoryMiB: number, vcpus: number]>> = {
  nano: [512, 2],
  micro: [1024, 2],
  small: [2048, 2],
  medium: [4096, 2],
  large: [8192, 2],
  xlarge: [16384, 4],
  "2xlarge": [32768, 8],
};

/** GiB per vCPU by the letter of the family. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** The families of today, general and compute and memory; metal and local-disk variants have the same memory. */
const FAMILY = /^([cmr])([5-8])(a|i|g|n|d|ad|gd|gn|id|in|zn|dn)?$/;

/** Memory and processors of an EC2 instance type; undefined when the type is not in the table. */
export function instanceSize(type: string): InstanceSize | undefined {
  const [family = "", size = ""] = type.split(".", 2);
  if (/^t(2|3|3a|4g)$/.test(family)) {
    const found = Object.hasOwn(BURSTABLE, size) ? BURSTABLE[size] : undefined;
    if (found === undefined) return undefined;
    const oneCpu = family === "t2" && ["nano", "micro", "small"].includes(size);
    return { memoryMiB: found[0], vcpus: oneCpu ? 1 : found[1], architecture: family === "t4g" ? "arm64" : "x86_64" };
  }
  const match = FAMILY.exec(family);
  const vcpus = vcpusOf(size);
  const gib = GIB_PER_VCPU[match?.[1] ?? ""];
  if (match === null || vcpus === undefined || gib === undefined) return undefined;
  return { memoryMiB: gib * 1024 * vcpus, vcpus, architecture: match[3]?.startsWith("g") === true ? "arm64" : "x86_64" };
}

function vcpusOf(size: string): number | undefined {
  if (size === "medium") return 1;
  if (size === "large") return 2;
  const match = /^(\d{0,2})xlarge$/.exec(size);
  return match === null ? undefined : 4 * Number(match[1] === "" ? 1 : match[1]);
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
