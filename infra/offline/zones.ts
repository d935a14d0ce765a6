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
  const names = namesIn(region);
  return { ...args, id: region, names, groupNames: [region], region };
}

const namesIn = (region: string): string[] => [...(LETTERS[region] ?? "abc")].map((letter) => region + letter);

/** Answers `aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings`. Which type a zone lacks is not made up: each has all. */
export function offeringsOf(region: string, args: Properties): Properties {
  const [filter] = args.filters as readonly { readonly values: readonly string[] }[];
  const rows = (filter?.values ?? []).flatMap((type) => namesIn(region).map((zone) => [type, zone] as const));
  const kind = String(args.locationType);
  const lists = { instanceTypes: rows.map(([type]) => type), locations: rows.map(([, zone]) => zone), locationTypes: rows.map(() => kind) };
  return { ...args, id: region, region, ...lists };
}
