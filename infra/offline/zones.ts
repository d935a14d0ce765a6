/** Availability zones as an account would see them, for previews without AWS. */
import type { Properties } from "./engine";

/**
 * Letters of the regions that have others than a, b and c. Source: moto 5.2.5, ec2/models/availability_zones_and_regions.py and
 * ec2/resources/instance_type_offerings/availability-zone/*.json.gz (data of AWS).
 */
const LETTERS: Readonly<Record<string, string>> = {
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ca-central-1": "abd",
  "cn-north-1": "ab",
  "us-east-1": "abcdef",
  "us-west-1": "ab",
  "us-west-2": "abcd",
};

/** Answers `aws:index/getAvailabilityZones:getAvailabilityZones`. */
export function zonesOf(region: string, args: Properties): Properties {
  const names = [...(LETTERS[region] ?? "abc")].map((letter) => region + letter);
  return { ...args, id: region, names, groupNames: [region], region };
}
