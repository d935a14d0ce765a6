/** Findings of this area. */
import type { Finding, Resource } from "../../core/types";

/** Types that have a place in the network, or a way into it: whatever is of AWS, but for storage, rights and parameters. */
export const NETWORK_TYPES = /^aws:(?!s3\/|s3control\/|iam\/|ssm\/)/;

export function finding(verdict: Finding["verdict"], resource: Resource, message: string): Finding {
  return { verdict, urn: resource.urn, message };
}

/** The same thing said twice of one resource (two network interfaces in one subnet, two unknown sources) is said once. */
export function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.verdict} ${one.urn} ${one.message}`, one])).values()];
}
