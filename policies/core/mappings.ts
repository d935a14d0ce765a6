/**
 * Where a policy says the same as a published control. Only exact ones: what the control asks of the resources of a program is what the policy
 * evaluates, or less. Controls of an account as a whole (encryption by default in all regions, users, logging) have no row.
 *
 * Sources:
 * - CIS Amazon Web Services Foundations Benchmark v3.0.0 (2024-01) and v5.0.0 (2025-03): each number as the user guide of AWS Security Hub has
 *   it under "Related requirements" of the controls EC2.2, EC2.8, EC2.53, EC2.54, RDS.2, S3.5 and S3.8.
 * - NIST SP 800-53 Rev. 5 (2020-09, updates to 2020-12-10): the controls' own texts. The same guide relates SC-7(5) to EC2.2, SC-8(1) to S3.5
 *   and SC-28(1) to EC2.3 and S3.17. IA-5(7) names applications and other static storage, such as access scripts.
 */
export interface Mapping {
  readonly framework: "CIS AWS Foundations Benchmark" | "NIST SP 800-53";
  readonly version: string;
  readonly id: string;
}

const cis = (version: "3.0.0" | "5.0.0", ...ids: readonly string[]): Mapping[] =>
  ids.map((id) => ({ framework: "CIS AWS Foundations Benchmark", version, id }));
const nist = (id: string): Mapping => ({ framework: "NIST SP 800-53", version: "Rev. 5", id });

const TABLE: Readonly<Record<string, readonly Mapping[]>> = {
  // CIS: the EC2 metadata service only allows IMDSv2.
  "imds-v2-required": [...cis("3.0.0", "5.6"), ...cis("5.0.0", "5.7")],
  // CIS: no security group allows ingress from 0.0.0.0/0, and none from ::/0, to remote server administration ports.
  "admin-ports-not-open": [...cis("3.0.0", "5.2", "5.3"), ...cis("5.0.0", "5.3", "5.4")],
  // CIS: the default security group of every VPC restricts all traffic. NIST SC-7(5): deny by default, allow by exception.
  "default-group-closed": [...cis("3.0.0", "5.4"), ...cis("5.0.0", "5.5"), nist("SC-7(5)")],
  // CIS: RDS instances are not publicly accessible.
  "databases-not-public": [...cis("3.0.0", "2.3.3"), ...cis("5.0.0", "2.2.3")],
  // CIS: the bucket policy denies HTTP requests. NIST SC-8(1): cryptographic protection in transit.
  "bucket-tls-only": [...cis("3.0.0", "2.1.1"), ...cis("5.0.0", "2.1.1"), nist("SC-8(1)")],
  // CIS: S3 has Block Public Access enabled.
  "bucket-public-access-block": [...cis("3.0.0", "2.1.4"), ...cis("5.0.0", "2.1.4")],
  // NIST SC-28(1): cryptographic protection at rest.
  "volumes-encrypted": [nist("SC-28(1)")],
  "databases-encrypted": [nist("SC-28(1)")],
  "bucket-encryption": [nist("SC-28(1)")],
  // NIST AC-6: least privilege.
  "least-privilege-role": [nist("AC-6")],
  // NIST IA-5(7): no unencrypted static authenticators embedded in applications or other static storage.
  "secret-in-script": [nist("IA-5(7)")],
  "secret-in-user-data": [nist("IA-5(7)")],
  "secret-in-unit": [nist("IA-5(7)")],
  "secret-in-asset": [nist("IA-5(7)")],
  "repository-secret-text": [nist("IA-5(7)")],
  "repository-stack-config": [nist("IA-5(7)")],
};

/** Ids of the policies that have a row. */
export const mappedIds: readonly string[] = Object.keys(TABLE);

export function mappingsOf(policy: string): readonly Mapping[] {
  return TABLE[policy] ?? [];
}

/** `CIS AWS Foundations Benchmark 3.0.0: 5.6`. */
export function mappingTexts(policy: string): string[] {
  return mappingsOf(policy).map(({ framework, version, id }) => `${framework} ${version}: ${id}`);
}

/** For filters: `cis-aws-3.0.0:5.6`, `nist-800-53-r5:SC-28(1)`. */
export function mappingTags(policy: string): string[] {
  return mappingsOf(policy).map(
    ({ framework, version, id }) => `${framework.startsWith("CIS") ? `cis-aws-${version}` : "nist-800-53-r5"}:${id}`,
  );
}
