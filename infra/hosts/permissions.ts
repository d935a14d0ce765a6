/**
 * What a host may do on AWS: IAM statements, as data. Pure.
 */
import type { StackConfig } from "../config/types";
import type { FleetNames } from "../fleet/names";
import type { HostId } from "../release/types";
import type { Statement } from "./role";
import { partition } from "../naming";
import { partitionOf } from "../partitions";
import { LOG_KINDS, logGroupOf, namespaceOf } from "../watch/names";

/** Everything under it is content-addressed; the backend reads it and nothing writes it but the program. */
export const MODEL_PREFIX = "models/";
/** Each host has its backups below a name of its own: two would write over each other's list. */
export const backupPrefix = (host: HostId): string => `backups/${host}/`;

/** What was found out about the model bucket. */
export interface Owned {
  /** ARN of the key that encrypts it. */
  readonly key?: string;
  /** Whose it has to be, where the program did not make it. */
  readonly account?: string;
  /** Whose backups and logs. @default the role's only host */
  readonly host?: HostId;
}

/**
 * What the agent needs for sessions: registering, and the two channels. AmazonSSMManagedInstanceCore would let it read every parameter of the account
 * as well. Source: "Verify or add instance permissions for Session Manager" and "Reference: ec2messages, ssmmessages, and other API operations" of the
 * Systems Manager User Guide; AWS has no resource for the channels. ec2messages is for Run Command without ssmmessages.
 */
export const AGENT_ACTIONS = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
] as const;

/** Statements for one host's role; an empty list means that the host needs no permission. */
export function hostStatements(role: "gateway" | "backend", config: StackConfig, bucketName: string, owned: Owned = {}): Statement[] {
  const s3 = `arn:${partition(config.region)}:s3:::`;
  const statements: Statement[] = [];
  const { prefix = "" } = config.models.existing ?? {};
  const { key: bucketKey, account, host = role } = owned;
  // A name that its owner gives up may be another account's the next day.
  const own = account === undefined ? {} : { Condition: { StringEquals: { "s3:ResourceAccount": account } } };
  if (role === "backend") {
    // Without it, S3 answers 403 for an optional model that is not there, and nobody could tell that from a missing permission.
    // Not for a prefix alone: a request for one object has none, and would be refused.
    statements.push({ ...allow("FindModels", ["s3:ListBucket"], [`${s3}${bucketName}`]), ...own });
    statements.push({ ...allow("ReadModels", ["s3:GetObject"], [`${s3}${bucketName}/${prefix}${MODEL_PREFIX}*`]), ...own });
    if (config.backup.enabled) {
      const actions = ["s3:PutObject", "s3:GetObject"];
      statements.push({ ...allow("OwnBackups", actions, [`${s3}${bucketName}/${prefix}${backupPrefix(host)}*`]), ...own });
    }
  }
  const artefacts = [config.app.kind === "bundle" ? config.app.uri : undefined, config.wheelhouse?.uri].filter((uri) => uri !== undefined);
  if (artefacts.length > 0) {
    statements.push(
      allow(
        "ReadArtefacts",
        ["s3:GetObject"],
        artefacts.map((uri) => s3 + uri.slice("s3://".length)),
      ),
    );
  }
  const proof = config.https?.acme?.zone;
  if (role === "gateway" && proof !== undefined) statements.push(...proofStatements(config.region, proof, config.https?.domain ?? ""));
  if (config.access === "ssm") statements.push(allow("SystemsManagerAgent", AGENT_ACTIONS, ["*"]));
  const fromBucket = artefacts.some((uri) => uri.startsWith(`s3://${bucketName}/`));
  // The release of a fleet lies there as well.
  const fleet = role === "gateway" && config.gateway.fleet !== undefined;
  if (bucketKey !== undefined && (role === "backend" || fromBucket || fleet)) statements.push(useKey(role, config, bucketKey));
  return statements;
}

/**
 * Makes the record by which an authority knows the name: this one, and no other of the zone. The keys are in each such request, with names in lower case
 * and without the dot at the end ("Using IAM policy conditions for fine-grained access control", Route 53 Developer Guide).
 */
function proofStatements(region: string, zone: string, domain: string): Statement[] {
  const arn = `arn:${partition(region)}:route53:::`;
  return [
    {
      ...allow("ProveName", ["route53:ChangeResourceRecordSets"], [`${arn}hostedzone/${zone}`]),
      Condition: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": `_acme-challenge.${domain}`,
          "route53:ChangeResourceRecordSetsRecordTypes": "TXT",
        },
      },
    },
    // The id is made by Route 53; it says whether a change is done, and nothing else.
    allow("AwaitRecord", ["route53:GetChange"], [`${arn}change/*`]),
  ];
}

/**
 * A bundle is named by its digest, and in an ARN of IAM each `?` is one character, also a slash ("IAM JSON policy elements: Resource"). The gateways'
 * bundles lie a folder below those of the backends and have longer keys: with `*` the backends' role would read them as well.
 */
const ANY_DIGEST = "?".repeat(64);

/** What a host of a fleet does before it serves: fetches the release's bundle and its secrets, and says that it is ready. */
export function fleetStatements(region: string, account: string, bucketName: string, names: FleetNames): Statement[] {
  const { group, parameter, releases } = names;
  const arn = `arn:${partition(region)}`;
  const own = `${region}:${account}`;
  return [
    allow("ReadReleases", ["s3:GetObject"], [`${arn}:s3:::${bucketName}/${releases}${ANY_DIGEST}.tar.gz`]),
    allow("ReadSecrets", ["ssm:GetParameter"], [`${arn}:ssm:${own}:parameter${parameter}`]),
    // The middle part is an id that AWS makes.
    allow(
      "SayReady",
      ["autoscaling:CompleteLifecycleAction"],
      [`${arn}:autoscaling:${own}:autoScalingGroup:*:autoScalingGroupName/${group}`],
    ),
  ];
}

/** What a host needs to send metrics and logs: into the stack's namespace, and its own streams. CloudWatch has no resource for metrics. */
export function watchStatements(host: HostId, config: StackConfig, account: string): Statement[] {
  const { region, watch } = config;
  const logs = `arn:${partition(region)}:logs:${region}:${account}:log-group`;
  const metrics = {
    ...allow("SendMetrics", ["cloudwatch:PutMetricData"], ["*"]),
    Condition: { StringEquals: { "cloudwatch:namespace": namespaceOf(config) } },
  };
  const streams = LOG_KINDS.map((kind) => `${logs}:${logGroupOf(config, kind)}:log-stream:${host}-*`);
  return [
    ...(watch.metrics ? [metrics] : []),
    ...(watch.logs ? [allow("SendLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)] : []),
  ];
}

/** S3 asks KMS in the name of whoever reads or writes an object; asked by the host itself, KMS refuses. */
function useKey(role: "gateway" | "backend", { region, backup }: StackConfig, key: string): Statement {
  const actions = ["kms:Decrypt", ...(role === "backend" && backup.enabled ? ["kms:GenerateDataKey"] : [])];
  const service = `s3.${region}.${partitionOf(region)?.dnsSuffix ?? ""}`;
  return { ...allow("UseBucketKey", actions, [key]), Condition: { StringEquals: { "kms:ViaService": service } } };
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
