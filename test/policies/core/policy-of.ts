import type { Policy } from "../../../policies/core/types";
import { policies } from "../../../policies/rules";

/** A policy by its id. */
export function policyOf(id: string): Policy {
  const found = policies.find((policy) => policy.id === id);
  if (!found) throw new Error(`no policy ${id}`);
  return found;
}
