/** Workers and models that a host's memory has no room for, in words. Pure. */
import { instanceSize, memoryPlan } from "./sizing";

export interface Wanted {
  readonly instanceType: string;
  /** Of an instance type that is not in the table. */
  readonly memoryMiB?: number;
  readonly workers: "auto" | number;
}

/** @param key such as `ml-gateway:backend` @param modelBytes what each worker loads @returns undefined when there is nothing to say */
export function memoryNotice(key: string, { instanceType, memoryMiB, workers }: Wanted, modelBytes: number): string | undefined {
  const size = instanceSize(instanceType);
  const memory = memoryMiB ?? size?.memoryMiB;
  if (memory === undefined) return undefined;
  const plan = memoryPlan({ memoryMiB: memory, vcpus: 64, modelBytes });
  const has = `${instanceType} has ${memory} MiB`;
  const each = `about ${plan.perWorkerMiB} MiB${modelBytes === 0 ? "" : " with the models"}`;
  if (!plan.fits) {
    return `${key}.instanceType: ${has}, and one worker (${each}), the one that a new release is tried with and the system need about ${plan.neededMiB} MiB, so releases may run out of memory; choose a larger type${modelBytes === 0 ? "" : ", or smaller models"}`;
  }
  return workers === "auto" || workers <= plan.workers
    ? undefined
    : `${key}.workers: is ${workers}, and ${has}, in which ${plan.workers} have room beside the one that a new release is tried with (${each} each); write ${plan.workers} or auto, or choose a larger ${key}.instanceType`;
}
