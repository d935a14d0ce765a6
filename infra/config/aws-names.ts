/** Names that AWS gives or takes: what is wrong with one, in words that follow `found "…"`. Pure. */
import { nearest } from "../../policies/cli/nearest";
import { shown, unpasted } from "../../policies/cli/schema-words";
import { partitionOf, REGIONS } from "../partitions";
import { parseJson } from "./values";

/**
 * undefined for a region that there is.
 *
 * @param skip whether one of the right form that this program does not know is to be taken (aws:skipRegionValidation, as for the provider).
 */
export function regionProblem(region: string, skip = false): string | undefined {
  if (region === "") {
    return `missing, and AWS_REGION is not set either; name a region: pulumi config set aws:region us-east-1`;
  }
  if (REGIONS.includes(region) || (skip && partitionOf(region) !== undefined)) {
    return undefined;
  }
  const parsed = parseJson(region);
  const found = parsed !== null && typeof parsed === "object" ? shown(parsed) : shown(region);
  const zone = /^(.+\d)[a-z]$/.exec(region)?.[1] ?? "";
  if (REGIONS.includes(zone)) {
    return `found ${found}, which is an availability zone; write its region: aws:region: ${zone}`;
  }
  if (partitionOf(region) !== undefined) {
    return (
      `found ${found}, which is none of the regions that this program knows${meant(region)} write one of your account's ` +
      "(aws ec2 describe-regions lists them). If AWS has that region by now: pulumi config set aws:skipRegionValidation true"
    );
  }
  return `found ${found}, which is no region of AWS${meant(region)} write one in lower case, for example aws:region: us-east-1 (aws ec2 describe-regions lists them)`;
}

/** A key that was meant as aws:region. */
export function isRegionKey(key: string): boolean {
  const name = key.split(":").at(-1) ?? "";
  return /^(aws[_-]?(default[_-]?)?)?region$/i.test(name) || (/^aws:/.test(key) && nearest(name, ["region"]) !== undefined);
}

function meant(region: string): string {
  const clean = unpasted(region).toLowerCase();
  const close = REGIONS.includes(clean) ? clean : nearest(clean, REGIONS);
  return close === undefined ? ";" : `; did you mean ${close}? Otherwise`;
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
