/** AWS's partitions and what differs between them. Pure. */

export interface Partition {
  readonly id: string;
  /** Its regions, existing and future ones. */
  readonly regions: RegExp;
  /** End of its host names. */
  readonly dnsSuffix: string;
  /** Account of Canonical, which publishes Ubuntu's images; where it is not known, the image has to be named. */
  readonly ubuntuOwner?: string;
}

/** Source: botocore 1.44.5, data/partitions.json (regionRegex, dnsSuffix); owners: docs of Canonical, "Find Ubuntu images on AWS". */
export const PARTITIONS: readonly Partition[] = [
  { id: "aws", regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, dnsSuffix: "amazonaws.com", ubuntuOwner: "099720109477" },
  { id: "aws-cn", regions: /^cn-\w+-\d+$/, dnsSuffix: "amazonaws.com.cn", ubuntuOwner: "837727238323" },
  { id: "aws-us-gov", regions: /^us-gov-\w+-\d+$/, dnsSuffix: "amazonaws.com", ubuntuOwner: "513442679011" },
  { id: "aws-eusc", regions: /^eusc-(de)-\w+-\d+$/, dnsSuffix: "amazonaws.eu" },
  { id: "aws-iso", regions: /^us-iso-\w+-\d+$/, dnsSuffix: "c2s.ic.gov" },
  { id: "aws-iso-b", regions: /^us-isob-\w+-\d+$/, dnsSuffix: "sc2s.sgov.gov" },
  { id: "aws-iso-e", regions: /^eu-isoe-\w+-\d+$/, dnsSuffix: "cloud.adc-e.uk" },
  { id: "aws-iso-f", regions: /^us-isof-\w+-\d+$/, dnsSuffix: "csp.hci.ic.gov" },
];

/** The partition of a region; undefined when no partition has regions of that form. */
export function partitionOf(region: string): Partition | undefined {
  return PARTITIONS.find(({ regions }) => regions.test(region));
}

/** Letters of the two zones that are used where the configuration names none. */
const ZONE_LETTERS: Readonly<Record<string, readonly string[]>> = {
  // New accounts have no ap-northeast-1b.
  "ap-northeast-1": ["a", "c"],
};

/**
 * Two zones of a region. Zone letters are given out per account: what an account really has is asked for before anything is registered
 * (hosts/placement.ts). Source: the zones in moto 5.2.5, ec2/resources/instance_type_offerings/availability-zone/*.json.
 */
export function defaultZones(region: string): string[] {
  return (ZONE_LETTERS[region] ?? ["a", "b"]).map((letter) => region + letter);
}
