/** The questions to AWS, by its own clients. */
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeVpcs,
  type Instance as Ec2Instance,
  type Tag,
} from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Aws, Instance } from "./surroundings";

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
    async quota(service, code) {
      const answer = await new ServiceQuotasClient(settings).send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }));
      const value = answer.Quota?.Value;
      if (value === undefined) throw new Error(`Service Quotas has no value for ${code}`);
      return value;
    },
  };
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
