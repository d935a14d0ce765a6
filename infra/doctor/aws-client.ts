/** The questions to AWS, by its own clients. */
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeVpcs,
  type Instance as Ec2Instance,
  type Tag,
} from "@aws-sdk/client-ec2";
import { GetRoleCommand, IAMClient, ListRolesCommand, paginateSimulatePrincipalPolicy, type EvaluationResult } from "@aws-sdk/client-iam";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Aws, Decision, Instance } from "./surroundings";

const LIMIT_MS = 5_000;

export function awsClient(region: string, profile: string | undefined): Aws {
  // What the SDK would print of an old Node on standard error is in doctor's first line.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const settings = {
    region,
    profile,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: LIMIT_MS, requestTimeout: LIMIT_MS, throwOnRequestTimeout: true },
  };
  const ec2 = new EC2Client(settings);
  return {
    async identity() {
      const { Account: account = "", Arn: arn = "" } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
      return { account, arn };
    },
    async zones() {
      const filter = { Filters: [{ Name: "zone-type", Values: ["availability-zone"] }] };
      return ((await ec2.send(new DescribeAvailabilityZonesCommand(filter))).AvailabilityZones ?? []).map((zone) => zone.ZoneName ?? "");
    },
    async instances() {
      const states = { Filters: [{ Name: "instance-state-name", Values: ["pending", "running"] }] };
      const found: Instance[] = [];
      for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, states)) {
        found.push(...Reservations.flatMap(({ Instances = [] }) => Instances.filter(isOnDemand).map(toInstance)));
      }
      return found;
    },
    async addresses() {
      return ((await ec2.send(new DescribeAddressesCommand({}))).Addresses ?? []).map(({ Tags }) => stackOf(Tags));
    },
    async vpcs() {
      const found: (string | undefined)[] = [];
      for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: ec2 }, {})) found.push(...Vpcs.map(({ Tags }) => stackOf(Tags)));
      return found;
    },
    async bucketRegion(name) {
      // Loaded here: few stacks have a bucket of others.
      const { ListBucketsCommand, S3Client } = await import("@aws-sdk/client-s3");
      const { Buckets = [] } = await new S3Client(settings).send(new ListBucketsCommand({ Prefix: name, MaxBuckets: 1000 }));
      return Buckets.find(({ Name }) => Name === name)?.BucketRegion;
    },
    async offerings(types) {
      const question = {
        LocationType: "availability-zone" as const,
        Filters: [{ Name: "instance-type", Values: [...types] }],
      };
      const found = new Map<string, string[]>(types.map((type) => [type, []]));
      for await (const { InstanceTypeOfferings = [] } of paginateDescribeInstanceTypeOfferings({ client: ec2 }, question)) {
        for (const { InstanceType = "", Location = "" } of InstanceTypeOfferings) found.get(InstanceType)?.push(Location);
      }
      return found;
    },
    async hasServiceRole(service) {
      // By its path: the names of these roles follow no rule.
      const question = new ListRolesCommand({ PathPrefix: `/aws-service-role/${service}/`, MaxItems: 1 });
      return ((await new IAMClient(settings).send(question)).Roles ?? []).length > 0;
    },
    async quota(service, code) {
      const answer = await new ServiceQuotasClient(settings).send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }));
      const value = answer.Quota?.Value;
      if (value === undefined) throw new Error(`Service Quotas has no value for ${code}`);
      return value;
    },
    async simulate(identity, { actions, resources, context }) {
      const iam = new IAMClient(settings);
      const question = {
        PolicySourceArn: await principalOf(identity, (name) => roleArn(iam, name)),
        ActionNames: [...actions],
        ...(resources.length === 0 ? {} : { ResourceArns: [...resources] }),
        ContextEntries: context.map(({ key, values }) => ({
          ContextKeyName: key,
          ContextKeyType: "stringList" as const,
          ContextKeyValues: [...values],
        })),
      };
      const found: Decision[] = [];
      for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy({ client: iam }, question)) {
        found.push(...EvaluationResults.flatMap(decisionsOf));
      }
      return found;
    },
  };
}

/** A session is no source of policies, its role is; the session's ARN has the role's name without its path. */
export async function principalOf(identity: string, roleNamed: (name: string) => Promise<string | undefined>): Promise<string> {
  const [, partition = "", account = "", name] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(identity) ?? [];
  if (name === undefined) return identity;
  return (await roleNamed(name)) ?? `arn:${partition}:iam::${account}:role/${name}`;
}

/** Undefined where this identity may not ask: then only the path is not known, which most roles do not have. */
async function roleArn(iam: IAMClient, name: string): Promise<string | undefined> {
  try {
    return (await iam.send(new GetRoleCommand({ RoleName: name }))).Role?.Arn;
  } catch (error) {
    if ((error as Error).name === "AccessDenied") return undefined;
    throw error;
  }
}

export function decisionsOf(result: EvaluationResult): Decision[] {
  const { EvalActionName: action = "", EvalResourceName: resource = "*", EvalDecision, MissingContextValues: missing = [] } = result;
  const single: Decision = { action, resource, allowed: EvalDecision === "allowed", missing };
  const each = (result.ResourceSpecificResults ?? []).map((one) => ({
    action,
    resource: one.EvalResourceName ?? "*",
    allowed: one.EvalResourceDecision === "allowed",
    missing: one.MissingContextValues ?? missing,
  }));
  return each.length === 0 ? [single] : each;
}

/** Spot instances have quotas of their own. */
function isOnDemand({ InstanceLifecycle }: Ec2Instance): boolean {
  return InstanceLifecycle === undefined || InstanceLifecycle === "scheduled";
}

function toInstance({ InstanceType, CpuOptions, Tags }: Ec2Instance): Instance {
  return { type: InstanceType ?? "", vcpus: (CpuOptions?.CoreCount ?? 0) * (CpuOptions?.ThreadsPerCore ?? 0), stack: stackOf(Tags) };
}

function stackOf(tags: readonly Tag[] | undefined): string | undefined {
  return tags?.find(({ Key }) => Key === "Stack")?.Value;
}
