/** Findings of this area. */
import type { Finding, Resource } from "../../core/types";

export function finding(verdict: Finding["verdict"], resource: Resource, message: string): Finding {
  return { verdict, urn: resource.urn, message };
}

/** The same thing said twice of one resource (two legs in one subnet, two unknown sources) is said once. */
export function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.verdict} ${one.urn} ${one.message}`, one])).values()];
}
