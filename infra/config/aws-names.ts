/** Names that AWS gives or takes: what is wrong with one, in words that follow `found "…"`. Pure. */
import { partitionOf } from "../partitions";

/** Words in the middle of every region's name so far. Source: the regions of botocore 1.44.5, data/partitions.json. */
const DIRECTIONS = ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];

/** undefined for a region that there is, or could be. */
export function regionProblem(region: string): string | undefined {
  if (region === "") {
    return `missing, and AWS_REGION is not set either; name a region: pulumi config set aws:region us-east-1`;
  }
  const direction = region.split("-").at(-2) ?? "";
  if (partitionOf(region) !== undefined && DIRECTIONS.includes(direction)) {
    return undefined;
  }
  const zone = /^(.+\d)[a-z]$/.exec(region)?.[1];
  const meant = zone !== undefined && partitionOf(zone) !== undefined ? ` (that is an availability zone; its region is ${zone})` : "";
  return `found ${JSON.stringify(region)}, which is no region of AWS${meant}; write one in lower case, for example aws:region: us-east-1 (aws ec2 describe-regions lists them)`;
}

const RESERVED_STARTS = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** What S3 refuses of a name that has the right letters (docs of S3, "General purpose bucket naming rules"); undefined when nothing. */
export function bucketProblem(name: string): string | undefined {
  const start = RESERVED_STARTS.find((part) => name.startsWith(part));
  const end = RESERVED_ENDS.find((part) => name.endsWith(part));
  if (start !== undefined || end !== undefined) {
    return `${start === undefined ? `which ends in ${end ?? ""}` : `which begins with ${start}`}, and S3 keeps such names for itself; choose another one`;
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    return "which has the form of an IP address, and S3 refuses such names; choose another one";
  }
  return /\.\.|\.-|-\./.test(name)
    ? "which has two dots, or a dot and a hyphen, beside each other, and S3 refuses such names; use hyphens alone"
    : undefined;
}

/** Zone ids name a zone for all accounts, and stand where a name is needed. */
export function isZoneId(text: string): boolean {
  return /^[a-z]{3,5}\d+-[a-z]{2,4}\d+$/.test(text);
}
