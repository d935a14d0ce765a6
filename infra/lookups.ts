/** What the configuration names of an account, asked for before anything is registered: keys of KMS, and the permissions boundary. */
import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config/types";
import { fleetNames } from "./fleet/names";
import { keptFrom } from "./hosts/boundary";
import { fleetStatements, hostStatements, watchStatements } from "./hosts/permissions";
import type { Statement } from "./hosts/role";
import { isAbsent, reason, refuse } from "./refusal";

/** ARNs of keys, which aliases have been followed to. */
export interface Keys {
  readonly bucket?: string;
  readonly volume?: string;
  readonly log?: string;
}

/**
 * @throws RunError with everything that would fail later: a key that is not there, of another account or region, switched off or of another
 * kind; a boundary that is not there.
 */
export async function lookUpAccount(config: StackConfig, account: string): Promise<Keys> {
  const problems: string[] = [];
  const key = async (name: "bucketKey" | "volumeKey" | "logKey"): Promise<string | undefined> => {
    const given = config.kms[name];
    if (given === undefined) return undefined;
    const found = await lookUpKey(`${config.project}:kms.${name}`, given, { account, region: config.region });
    if (typeof found === "string") return found;
    problems.push(found.problem);
    return undefined;
  };
  const [bucket, volume, log, boundary] = await Promise.all([
    ...[key("bucketKey"), key("volumeKey"), key("logKey")],
    checkBoundary(config, account),
  ]);
  if (boundary !== undefined) problems.push(boundary);
  refuse(problems);
  return { bucket, volume, log };
}

/** As DescribeKey answers. */
export type KeyFacts = Pick<
  Awaited<ReturnType<typeof aws.getKey>>,
  "arn" | "awsAccountId" | "enabled" | "keyManager" | "keySpec" | "keyState" | "keyUsage"
>;

interface Place {
  readonly account: string;
  readonly region: string;
}

async function lookUpKey(key: string, given: string, place: Place): Promise<string | { readonly problem: string }> {
  try {
    const facts = await aws.getKey({ keyId: given });
    const fault = keyFault(facts, place);
    return fault === undefined ? facts.arn : { problem: `${key}: found ${given}, ${fault}` };
  } catch (error) {
    const said = reason(error);
    if (isAbsent(said)) {
      return {
        problem: `${key}: found ${given}, which is not there in account ${place.account} and ${place.region}; make it, or name one that is`,
      };
    }
    // A role's rights and a group of logs name the key itself: an alias is of no use to them.
    if (/alias\//.test(given)) {
      return {
        problem: `${key}: found ${given}, and which key that is could not be asked (${said}); allow kms:DescribeKey, or name the key's ARN`,
      };
    }
    await pulumi.log.warn(
      `${key}: ${given} was not looked at (${said}), so whether it is there and can be used is not known; kms:DescribeKey allows it`,
    );
    return given;
  }
}

/** Why S3, EBS or CloudWatch could not use the key. Pure. */
export function keyFault(facts: KeyFacts, { account, region }: Place): string | undefined {
  const [, , , keyRegion = ""] = facts.arn.split(":");
  if (keyRegion !== region)
    return `which is in ${keyRegion}, and S3, EBS and CloudWatch in ${region} take keys of their own region alone; name one of ${region}`;
  if (facts.awsAccountId !== account)
    return `a key of account ${facts.awsAccountId}, and this stack is deployed in ${account}, where its rights cannot be checked; name a key of that account`;
  if (facts.keyManager === "AWS")
    return "which AWS manages for one service, so that nobody can say who uses it; name a key of your own, or remove the setting";
  if (!facts.enabled)
    return `which cannot be used now (${facts.keyState}), so that hosts would not start, models not be read and logs not be kept; enable it, or name another`;
  if (facts.keyUsage !== "ENCRYPT_DECRYPT" || facts.keySpec !== "SYMMETRIC_DEFAULT")
    return `a key for ${facts.keyUsage} of the kind ${facts.keySpec}, and S3, EBS and CloudWatch take symmetric keys for encryption (SYMMETRIC_DEFAULT) alone; name one`;
  return undefined;
}

/** The rights of all hosts of the stack; of a bucket only what they do there counts here. */
function rightsOf(config: StackConfig, account: string): Statement[] {
  return (["gateway", "backend"] as const).flatMap((role) => {
    const isFleet = role === "gateway" ? config.gateway.fleet !== undefined : config.backend.mode === "fleet";
    return [
      ...hostStatements(role, config, "any", config.kms.bucketKey === undefined ? {} : { key: "any" }),
      ...watchStatements(role, config, account),
      ...(isFleet ? fleetStatements(config.region, account, "any", fleetNames(config, role)) : []),
    ];
  });
}

async function checkBoundary(config: StackConfig, account: string): Promise<string | undefined> {
  const { project, iam } = config;
  const arn = iam.permissionsBoundary;
  if (arn === undefined) return undefined;
  const key = `${project}:iam.permissionsBoundary`;
  const owner = arn.split(":")[4];
  try {
    const { policy } = await aws.iam.getPolicy({ arn });
    if (owner !== "aws" && owner !== account)
      return `${key}: found ${arn}, of account ${String(owner)}, and roles of ${account} take policies of their own account alone; name one`;
    const kept = typeof policy === "string" ? keptFrom(policy, rightsOf(config, account)) : [];
    return kept.length === 0
      ? undefined
      : `${key}: found ${arn}, which does not allow ${kept.join(", ")}, so that the hosts could not do it whatever their roles say, and their set-up would fail; add ${kept.length === 1 ? "it" : "them"} there, or name another`;
  } catch (error) {
    const said = reason(error);
    // AWS refuses to look into another account, whatever is there.
    if (isAbsent(said)) {
      return `${key}: found ${arn}, which is not there in account ${account}; make it, or name one that is`;
    }
    await pulumi.log.warn(`${key}: ${arn} was not looked at (${said}), so whether it is there is not known; iam:GetPolicy allows it`);
    return undefined;
  }
}
