/** Everything that is asked of AWS about a bucket of others, before anything is registered. */
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/types";
import { backendIds } from "../hosts/ids";
import type { Surroundings } from "../network/check-existing";
import { isKnown, whyUnknown } from "../network/facts";
import { partition } from "../naming";
import { refuse } from "../refusal";
import type { BucketFacts } from "./bucket-facts";
import { encryptionOf, examineBucket } from "./examine-bucket";
import { lookUpBucket } from "./look-up-bucket";

/**
 * @returns what was found of `models.existing`; undefined where the program makes the bucket.
 * @throws RunError with everything that the models need of it and it does not have
 */
export async function checkBucket(
  config: StackConfig,
  { account, bucketName, last, warn }: Surroundings,
): Promise<BucketFacts | undefined> {
  const { project, region, models } = config;
  const before = last.outputs.modelBucket;
  const moved = before !== bucketName;
  if (moved && typeof before === "string" && before !== "") {
    await warn(
      `${project}:models: this stack moves from the bucket ${before} to ${bucketName}: its models are uploaded there, and the next backup begins there. ` +
        `What is in ${before} stays, backups included, and is no longer looked after`,
    );
  }
  const { existing } = models;
  if (existing === undefined) return undefined;
  const hosts = config.backup.enabled ? backendIds(config) : [];
  const facts = await lookUpBucket({ bucket: existing.bucket, prefix: existing.prefix ?? "", hosts });
  const { problems, warnings } = examineBucket({ project, region, account, existing, moved }, facts);
  const policy = existing.manage.includes("tlsPolicy") ? unreadPolicy(config, facts) : undefined;
  // A preview asks AWS nothing where it is offline, and changes nothing; an update would write over what others wrote.
  const refused = policy !== undefined && !pulumi.runtime.isDryRun() ? [policy] : [];
  for (const text of [...warnings, ...(policy !== undefined && refused.length === 0 ? [policy] : [])]) await warn(text);
  refuse([...problems, ...refused]);
  return facts;
}

function unreadPolicy({ project, models }: StackConfig, { policy }: BucketFacts): string | undefined {
  const why = whyUnknown(policy);
  if (why === undefined) return undefined;
  return `${project}:models.existing.manage: names tlsPolicy, and the policy that ${models.existing?.bucket ?? ""} has could not be read (${why}): an update is refused, because it would write over it; allow s3:GetBucketPolicy, or remove tlsPolicy`;
}

/**
 * ARN of the key that a bucket of others encrypts with: the hosts' roles need it, and so does who uploads.
 * @param named that of `kms.bucketKey`, followed to its ARN
 * @throws RunError where the two contradict each other
 */
export function bucketKey(config: StackConfig, facts: BucketFacts, account: string, named: string | undefined): string | undefined {
  const { project, region, models } = config;
  const { existing } = models;
  if (existing === undefined || existing.manage.includes("encryption") || !isKnown(facts.settings)) return named;
  const { SSEAlgorithm: algorithm = "", KMSMasterKeyID: given } = encryptionOf(facts.settings);
  const found = algorithm.startsWith("aws:kms") ? keyArn(given, `arn:${partition(region)}:kms:${region}:${account}`) : undefined;
  const place = `${project}:kms.bucketKey`;
  const remedy = "or add encryption to models.existing.manage";
  // An alias is of no use to the rights of a role.
  if (found === "alias") {
    if (named === undefined)
      refuse([
        `${place}: not set, and ${existing.bucket} names its key by an alias (${given ?? ""}), which does not say which key that is; write the key's ARN`,
      ]);
    return named;
  }
  if (named !== undefined && named !== found) {
    const has = found === undefined ? "encrypts with a key of AWS" : `encrypts with ${found}`;
    refuse([
      `${place}: found ${named}, and ${existing.bucket}, which is there already, ${has}; ${found === undefined ? "remove the key" : "write that"}, ${remedy}`,
    ]);
  }
  return found;
}

/** Undefined for the key that AWS keeps for S3, which everybody in the account may use through S3. */
function keyArn(given: string | undefined, place: string): string | undefined {
  if (given === undefined || given === "" || /alias\/aws\//.test(given)) return undefined;
  if (/alias\//.test(given)) return "alias";
  return given.startsWith("arn:") ? given : `${place}:key/${given}`;
}
