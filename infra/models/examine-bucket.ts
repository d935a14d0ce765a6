/** Whether a bucket that is there already can hold the models: from what AWS answered to what is wrong with it, all at once. Pure. */
import { refusesPlainHttp } from "../../policies/rules/bucket/bucket-tls-only";
import type { BucketSetting } from "../config/existing-schema";
import type { ExistingBucketConfig } from "../config/types";
import { MODEL_PREFIX } from "../hosts/permissions";
import { isKnown, unanswered, type Asked, type Verdict } from "../network/facts";
import { partition } from "../naming";
import { GUARDS, type BucketFacts, type CloudBucket, type LifecycleRule } from "./bucket-facts";
import { tlsOnly, tlsStatement } from "./settings";

export interface BucketArgs {
  readonly project: string;
  readonly region: string;
  readonly account: string;
  readonly existing: ExistingBucketConfig;
  /** The stack used no other bucket before, or none at all. */
  readonly moved: boolean;
}

export function examineBucket(args: BucketArgs, facts: BucketFacts): Verdict {
  const absent = notThere(args, facts);
  if (absent !== undefined) return { problems: [absent], warnings: [] };
  const { settings } = facts;
  return {
    problems: [
      ...(isKnown(settings) ? [...settingProblems(args, settings), ...lifecycleProblems(args, settings)] : []),
      ...plainHttp(args, facts),
    ],
    warnings: [...unseen(args, facts), ...denials(args, facts), ...othersBackups(args, facts)],
  };
}

const place = ({ project, existing }: BucketArgs): string => `${project}:models.existing.bucket: found ${existing.bucket}`;

function notThere(args: BucketArgs, { region, own }: BucketFacts): string | undefined {
  const found = place(args);
  const remedy = "name one of this account";
  if (region === "absent")
    return `${found}, which is not there; make it (aws s3 mb s3://${args.existing.bucket} --region ${args.region}), or ${remedy}`;
  if (own === false)
    return `${found}, which is not among the buckets of account ${args.account}: another account decides who reads and changes what is in it; ${remedy}`;
  return isKnown(region) && region !== args.region
    ? `${found}, which is in ${region}, and hosts in ${args.region} read and write in their own region alone; name one of ${args.region}, or set aws:region to ${region}`
    : undefined;
}

interface Demand {
  readonly setting: BucketSetting;
  /** What is wrong, to follow "which"; undefined where nothing is. */
  readonly fault: (settings: CloudBucket) => string | undefined;
  readonly why: string;
  /** Options of `aws s3api` behind the bucket. */
  readonly command: string;
  readonly options: string;
}

const DEMANDS: readonly Demand[] = [
  {
    setting: "versioning",
    fault: ({ VersioningConfiguration: given }) =>
      given?.Status === "Enabled" ? undefined : given?.Status === "Suspended" ? "has its versioning suspended" : "keeps no versions",
    why: "a model that is replaced or deleted by mistake would be gone",
    command: "put-bucket-versioning",
    options: "--versioning-configuration Status=Enabled",
  },
  {
    setting: "publicAccessBlock",
    fault: ({ PublicAccessBlockConfiguration: given = {} }) => {
      const off = GUARDS.filter((guard) => given[guard] !== true);
      return off.length === 0 ? undefined : off.length === GUARDS.length ? "blocks no public access" : `has ${off.join(", ")} off`;
    },
    why: "a policy or an ACL could publish the models",
    command: "put-public-access-block",
    options: `--public-access-block-configuration ${GUARDS.map((guard) => `${guard}=true`).join(",")}`,
  },
  {
    setting: "encryption",
    fault: (settings) => {
      const { SSEAlgorithm: algorithm } = encryptionOf(settings);
      return algorithm !== undefined && /^(AES256|aws:kms(:dsse)?)$/.test(algorithm) ? undefined : "declares no encryption";
    },
    why: "what encrypts the models could change unseen",
    command: "put-bucket-encryption",
    options: `--server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'`,
  },
  {
    setting: "ownership",
    fault: ({ OwnershipControls: given }) => {
      const ownership = given?.Rules?.[0]?.ObjectOwnership;
      return ownership === "BucketOwnerEnforced" ? undefined : `lets ACLs decide (its object ownership is ${ownership ?? "not set"})`;
    },
    why: "whoever uploads an object could say who reads it",
    command: "put-bucket-ownership-controls",
    options: "--ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
  },
];

export function encryptionOf({ BucketEncryption: given }: CloudBucket): {
  readonly SSEAlgorithm?: string;
  readonly KMSMasterKeyID?: string;
} {
  return given?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault ?? {};
}

const managed = ({ existing }: BucketArgs, setting: BucketSetting): boolean => existing.manage.includes(setting);
const letManage = (setting: BucketSetting): string => `or add ${setting} to models.existing.manage`;

function settingProblems(args: BucketArgs, settings: CloudBucket): string[] {
  return DEMANDS.flatMap(({ setting, fault, why, command, options }) => {
    const wrong = managed(args, setting) ? undefined : fault(settings);
    return wrong === undefined
      ? []
      : [
          `${place(args)}, which ${wrong}, and ${why}; run: aws s3api ${command} --bucket ${args.existing.bucket} ${options}, ${letManage(setting)}`,
        ];
  });
}

function plainHttp(args: BucketArgs, { policy }: BucketFacts): string[] {
  if (managed(args, "tlsPolicy") || (policy !== "absent" && !isKnown(policy))) return [];
  const { bucket } = args.existing;
  if (policy !== "absent" && refusesPlainHttp(bucket, policy) === "yes") return [];
  const arn = `arn:${partition(args.region)}:s3:::${bucket}`;
  const remedy =
    policy === "absent"
      ? `run: aws s3api put-bucket-policy --bucket ${bucket} --policy '${tlsOnly(arn)}'`
      : `add to its policy (aws s3api get-bucket-policy, put-bucket-policy) the statement ${JSON.stringify(tlsStatement(arn))}`;
  return [
    `${place(args)}, which takes requests without TLS, and models could be read and replaced on the way; ${remedy}, ${letManage("tlsPolicy")}`,
  ];
}

/** Storage from which nothing can be read before it is restored by hand. */
const COLD = /^(GLACIER|DEEP_ARCHIVE)$/;

function lifecycleProblems(args: BucketArgs, { LifecycleConfiguration: given }: CloudBucket): string[] {
  return (given?.Rules ?? []).flatMap((rule, index) => {
    const wrong = rule.Status === "Disabled" || !covers(args, rule) ? undefined : harm(rule);
    return wrong === undefined
      ? []
      : [
          `${place(args)}, whose lifecycle rule ${rule.Id ?? String(index)} ${wrong}, and hosts need models as long as a release names them; limit the rule to other prefixes than ${modelsOf(args)} (aws s3api get-bucket-lifecycle-configuration, put-bucket-lifecycle-configuration), or set models.existing.prefix to one that it does not cover`,
        ];
  });
}

const modelsOf = ({ existing }: BucketArgs): string => `${existing.prefix ?? ""}${MODEL_PREFIX}`;

/** A filter by tags is not for models: they have none of others. */
function covers(args: BucketArgs, { Prefix: prefix = "", TagFilters: tags = [] }: LifecycleRule): boolean {
  const models = modelsOf(args);
  return tags.length === 0 && (models.startsWith(prefix) || prefix.startsWith(models));
}

function harm(rule: LifecycleRule): string | undefined {
  if (rule.ExpirationInDays !== undefined) return `deletes models after ${rule.ExpirationInDays} days`;
  if (rule.ExpirationDate !== undefined) return `deletes models on ${rule.ExpirationDate}`;
  const cold = (rule.Transitions ?? []).map(({ StorageClass }) => StorageClass ?? "").find((name) => COLD.test(name));
  return cold === undefined ? undefined : `moves models to ${cold}, from which no host reads`;
}

/** One sentence for everything that nobody has looked at. */
function unseen({ project, existing, account }: BucketArgs, facts: BucketFacts): string[] {
  const questions: readonly (readonly [string, Asked<unknown>])[] = [
    ["whether it is there, and where", facts.region],
    [`whether it is one of account ${account}`, facts.own],
    ["its settings", facts.settings === "absent" ? { unknown: "Cloud Control does not know the bucket" } : facts.settings],
    ["its policy", facts.policy],
    ["whether backups lie in it", facts.backups],
  ];
  const open = unanswered(questions);
  if (open === undefined) return [];
  return [
    `${project}:models.existing.bucket: ${existing.bucket} was not looked at as a whole (${open.why}): ${open.what}. Whether it is what the models need is not known there; ` +
      "s3:ListBucket, s3:ListAllMyBuckets, s3:GetBucketPolicy, cloudformation:GetResource and the rights to read each setting allow it (npm run deploy-role prints them)",
  ];
}

/** What a policy refuses to others it may refuse to the hosts as well; its conditions are not evaluated. */
function denials(args: BucketArgs, { policy }: BucketFacts): string[] {
  if (!isKnown(policy)) return [];
  const { Statement: given = [] } = JSON.parse(policy) as { Statement?: Denial | Denial[] };
  const named = [given]
    .flat()
    .filter(
      ({ Effect, Condition }) =>
        Effect === "Deny" && !/^\{"\w+":\{"(aws:SecureTransport|s3:TlsVersion)":[^,{]*\}\}$/i.test(JSON.stringify(Condition ?? {})),
    )
    .map(({ Sid }, index) => Sid ?? `number ${index + 1}`);
  return named.length === 0
    ? []
    : [
        `${place(args)}, whose policy denies more than requests without TLS (${named.join(", ")}), which was not evaluated; it has to let who deploys write below ${modelsOf(args)}, and the backend's role read there and write its backups`,
      ];
}

interface Denial {
  readonly Effect?: string;
  readonly Sid?: string;
  readonly Condition?: unknown;
}

function othersBackups(args: BucketArgs, { backups }: BucketFacts): string[] {
  return args.moved && isKnown(backups) && backups.length > 0
    ? [
        `${place(args)}, where backups of ${backups.join(", ")} lie already${args.existing.prefix === undefined ? "" : ` below ${args.existing.prefix}`}: where another stack writes them, the two replace each other's list; set models.existing.prefix to one of this stack alone`,
      ]
    : [];
}
