/**
 * Quotas of an account that two hosts and their network count against.
 *
 * Source of the codes: github.com/brennerm/aws-quota-checker, aws_quota/check/ec2.py and vpc.py; names: AWS General Reference, "Amazon EC2
 * endpoints and quotas" and "Amazon VPC endpoints and quotas" (looked up 2026-11-27). Pure.
 */

export interface Quota {
  readonly service: "ec2" | "vpc";
  readonly code: string;
  readonly name: string;
}

export const ELASTIC_IPS: Quota = { service: "ec2", code: "L-0263D0A3", name: "EC2-VPC Elastic IPs" };
export const VPCS: Quota = { service: "vpc", code: "L-F678F1CE", name: "VPCs per Region" };

const STANDARD: Quota = {
  service: "ec2",
  code: "L-1216C47A",
  name: "vCPUs of Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
};

/** Letters in front of the first digit of a type (t3.micro: t) to their quota. */
const FAMILIES: Readonly<Record<string, Quota>> = {
  ...Object.fromEntries(["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"].map((family) => [family, STANDARD])),
  f: { service: "ec2", code: "L-74FC7D96", name: "vCPUs of Running On-Demand F instances" },
  g: { service: "ec2", code: "L-DB2E81BA", name: "vCPUs of Running On-Demand G and VT instances" },
  inf: { service: "ec2", code: "L-1945791B", name: "vCPUs of Running On-Demand Inf instances" },
  p: { service: "ec2", code: "L-417A185B", name: "vCPUs of Running On-Demand P instances" },
  x: { service: "ec2", code: "L-7295265B", name: "vCPUs of Running On-Demand X instances" },
};

/** The quota of a type's vCPUs; undefined where it is not known. */
export function vcpuQuota(type: string): Quota | undefined {
  const family = /^[a-z]+(?=\d)/.exec(type)?.[0] ?? "";
  return Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
}

/** Asks AWS for more. */
export function requestIncrease({ service, code }: Quota, value: number, region: string): string {
  return `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value} --region ${region}`;
}
