/** AWS's partitions and what differs between them. Pure. */

export interface Partition {
  readonly id: string;
  /** Form of its regions, existing and future ones. */
  readonly regions: RegExp;
  /** Those that there are. */
  readonly known: readonly string[];
  /** End of its host names. */
  readonly dnsSuffix: string;
  /** Account of Canonical, which publishes Ubuntu's images; where it is not known, the image has to be named. */
  readonly ubuntuOwner?: string;
}

const words = (text: string): string[] => text.split(" ");
const COMMERCIAL = words(
  "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 " +
    "ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 " +
    "eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 " +
    "us-east-1 us-east-2 us-west-1 us-west-2",
);

/** Source: botocore 1.44.5, data/partitions.json (regionRegex, regions, dnsSuffix); owners: docs of Canonical, "Find Ubuntu images on AWS". */
export const PARTITIONS: readonly Partition[] = [
  {
    id: "aws",
    regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    known: COMMERCIAL,
    dnsSuffix: "amazonaws.com",
    ubuntuOwner: "099720109477",
  },
  {
    id: "aws-cn",
    regions: /^cn-\w+-\d+$/,
    known: words("cn-north-1 cn-northwest-1"),
    dnsSuffix: "amazonaws.com.cn",
    ubuntuOwner: "837727238323",
  },
  {
    id: "aws-us-gov",
    regions: /^us-gov-\w+-\d+$/,
    known: words("us-gov-east-1 us-gov-west-1"),
    dnsSuffix: "amazonaws.com",
    ubuntuOwner: "513442679011",
  },
  { id: "aws-eusc", regions: /^eusc-(de)-\w+-\d+$/, known: words("eusc-de-east-1"), dnsSuffix: "amazonaws.eu" },
  { id: "aws-iso", regions: /^us-iso-\w+-\d+$/, known: words("us-iso-east-1 us-iso-west-1"), dnsSuffix: "c2s.ic.gov" },
  { id: "aws-iso-b", regions: /^us-isob-\w+-\d+$/, known: words("us-isob-east-1 us-isob-west-1"), dnsSuffix: "sc2s.sgov.gov" },
  { id: "aws-iso-e", regions: /^eu-isoe-\w+-\d+$/, known: words("eu-isoe-west-1"), dnsSuffix: "cloud.adc-e.uk" },
  { id: "aws-iso-f", regions: /^us-isof-\w+-\d+$/, known: words("us-isof-east-1 us-isof-south-1"), dnsSuffix: "csp.hci.ic.gov" },
];

/** The partition of a region; undefined when no partition has regions of that form. */
export function partitionOf(region: string): Partition | undefined {
  return PARTITIONS.find(({ regions }) => regions.test(region));
}

export const REGIONS: readonly string[] = PARTITIONS.flatMap(({ known }) => known);

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
