/** A step before its script is composed. */
import type { StepScript } from "./compose";
import type { StepName, StepValues } from "./types";

export type Line = readonly [key: string, value: string | number];
export type Input = readonly Line[] | { readonly lines: readonly Line[]; readonly payload: string };

export interface Plan extends StepScript {
  readonly name: StepName;
  readonly secret?: boolean;
  readonly uses: readonly (keyof StepValues)[];
  input(values: StepValues): Input;
}

/** @throws Error naming the value that is missing */
export function given<T>(step: string, name: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`Step ${step}: the value «${name}» was not given.`);
  return value;
}
