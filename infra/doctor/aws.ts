/** AWS: who one is there, whether the region can be used, and whether the quotas leave room for the stack. */
import { systemSentence } from "../../policies/cli/system-errors";
import { mostHosts } from "../fleet/limits";
import { instanceSize } from "../hosts/sizing";
import { named, type Line } from "./line";
import { PERMISSIONS, permissionsLine, type Identity } from "./permissions";
import type { StackConfig } from "../config/types";
import type { AwsQuestion } from "./question";
import { ELASTIC_IPS, requestIncrease, vcpuQuota, VPCS, type Quota } from "./quotas";
import { SERVICE_ROLES, serviceRolesLine, servicesOf, TYPES, typesLine } from "./placement";
import type { Aws, Surroundings } from "./surroundings";

const CHECKS = ["AWS region", "vCPU quota", "Elastic IP quota", "VPC quota", PERMISSIONS, TYPES] as const;

export async function awsLines(question: AwsQuestion, surroundings: Surroundings): Promise<Line[]> {
  const who = named("AWS identity");
  const { region, profile } = question;
  if (region === undefined) return [who, ...CHECKS.map(named)].map((check) => check.unknown("which region is meant is not known"));
  try {
    const aws = await surroundings.aws(region, profile);
    const { account, arn } = await aws.identity();
    return [who.good(`${arn} in account ${account}`), ...(await accountLines({ ...question, region }, { account, arn }, aws))];
  } catch (error) {
    const { verdict, found, fix } = accessProblem(error, profile ?? surroundings.env["AWS_PROFILE"]);
    const line = verdict === "bad" ? who.bad(found, fix) : who.unknown(found, fix);
    return [line, ...CHECKS.map((check) => named(check).unknown("needs an AWS identity"))];
  }
}

interface Access {
  readonly verdict: "bad" | "not checked";
  readonly found: string;
  readonly fix?: string;
}

const EXPIRED = /expired|refresh this SSO session/i;
const REFUSED =
  /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|AuthFailure|IncompleteSignature|InvalidAccessKeyId|InvalidSignature/;
const DENIED = /AccessDenied|UnauthorizedOperation/;

/** What the SDK threw, in words. */
export function accessProblem(error: unknown, profile: string | undefined): Access {
  const { name = "", message = "" } = (error ?? {}) as { name?: string; message?: string };
  const suffix = profile === undefined ? "" : ` --profile ${profile}`;
  if (DENIED.test(name)) return { verdict: "not checked", found: `this identity may not ask (${name})` };
  if (EXPIRED.test(`${name} ${message}`)) {
    return { verdict: "bad", found: "the credentials, or the session that they come from, have expired", fix: `aws sso login${suffix}` };
  }
  if (REFUSED.test(name)) {
    return { verdict: "bad", found: `AWS does not accept the credentials (${name})`, fix: `aws configure${suffix}` };
  }
  if (name === "CredentialsProviderError") {
    const what = profile === undefined ? "no credentials were found" : `no credentials were found for the profile "${profile}"`;
    return { verdict: "bad", found: `${what}, so nothing can be previewed or created on AWS`, fix: `aws configure${suffix}` };
  }
  const sentence = systemSentence(error) ?? (/timeout|timed out/i.test(`${name} ${message}`) ? "no answer in time" : `${name}: ${message}`);
  return { verdict: "not checked", found: `AWS could not be asked (${sentence})` };
}

interface Known extends AwsQuestion {
  readonly region: string;
}

async function accountLines(known: Known, identity: Identity, aws: Aws): Promise<Line[]> {
  const rights = (): Promise<Line> => permissionsLine(known, identity, aws);
  return Promise.all([
    regionLine(known, aws),
    vcpuLine(known, aws),
    elasticIpLine(known, aws),
    vpcLine(known, aws),
    known.config === undefined ? notKnown(PERMISSIONS) : asked(PERMISSIONS, rights),
    ...placementLines(known, aws),
    ...bucketLine(known, identity, aws),
  ]);
}

function placementLines({ config }: Known, aws: Aws): Promise<Line>[] {
  if (config === undefined) return [Promise.resolve(notKnown(TYPES))];
  const roles = servicesOf(config).length === 0 ? [] : [asked(SERVICE_ROLES, () => serviceRolesLine(config, aws))];
  return [asked(TYPES, () => typesLine(config, aws)), ...roles];
}

/** One question that AWS may refuse while it answers the others. */
async function asked(check: string, question: () => Promise<Line>): Promise<Line> {
  try {
    return await question();
  } catch (error) {
    return named(check).unknown(accessProblem(error, undefined).found);
  }
}

/** Of a bucket that is there already; how it is set is for the preview. */
function bucketLine({ region, config }: Known, { account }: Identity, aws: Aws): Promise<Line>[] {
  const { existing } = config?.models ?? {};
  if (existing === undefined) return [];
  const check = "model bucket";
  const line = named(check);
  const look = async (): Promise<Line> => {
    const found = await aws.bucketRegion(existing.bucket);
    if (found === region) return line.good(`${existing.bucket} in ${region}; "pulumi preview" looks at its settings`);
    const what = found === undefined ? `is not among the buckets of account ${account}` : `is in ${found}, and this stack in ${region}`;
    return line.bad(`${existing.bucket} (models.existing.bucket) ${what}; name one of that account and region`);
  };
  return [asked(check, look)];
}

function regionLine({ region, config }: Known, aws: Aws): Promise<Line> {
  const check = named(CHECKS[0]);
  return asked(CHECKS[0], async () => {
    let there: readonly string[];
    try {
      there = await aws.zones();
    } catch (error) {
      // The identity is good, so what is refused here is the region.
      if (!/AuthFailure|OptInRequired/.test((error as Error).name)) throw error;
      return check.bad(`${region} is not enabled for this account`, `aws account enable-region --region-name ${region}`);
    }
    // Subnets that are there already have zones that there are.
    const wantedZones = config?.network.existing === undefined ? (config?.network.availabilityZones ?? []) : [];
    const missing = wantedZones.filter((zone) => !there.includes(zone));
    if (config === undefined || missing.length === 0) return check.good(`${region}, with ${there.length} zones`);
    const wanted = JSON.stringify(there.slice(0, config.network.availabilityZones.length));
    return check.bad(
      `${missing.join(" and ")} (network.availabilityZones) is not among the zones of this account in ${region}: ${there.join(", ")}; name ${wanted}`,
      setZones(config, there),
    );
  });
}

function setZones({ stack, network }: StackConfig, there: readonly string[]): string {
  const set = network.availabilityZones.map(
    (_, index) => `pulumi config set --stack ${stack} --path 'network.availabilityZones[${index}]' ${there[index] ?? "ZONE"}`,
  );
  return set.join(" && ");
}

/** Whether the quota has room for what the stack adds; what bears the stack's tag already is counted once. */
async function room(
  check: string,
  quota: Quota,
  { used, own, needs }: { readonly used: number; readonly own: number; readonly needs: number },
  { region }: Known,
  aws: Aws,
): Promise<Line> {
  const limit = await aws.quota(quota.service, quota.code);
  const adds = Math.max(0, needs - own);
  const text = `${quota.name}: ${used} of ${limit} used, this stack adds ${adds}${own > 0 ? ` (${own} of its own are there)` : ""}`;
  const line = named(check);
  return used + adds <= limit ? line.good(text) : line.bad(`${text}, so AWS would refuse it`, requestIncrease(quota, used + adds, region));
}

function vcpuLine(known: Known, aws: Aws): Promise<Line> {
  const { config } = known;
  if (config === undefined) return Promise.resolve(notKnown(CHECKS[1]));
  return asked(CHECKS[1], async () => {
    const { gateway, backend } = config;
    const backends = backend.mode === "fleet" ? mostHosts(backend.fleet) : backend.count;
    const gateways = gateway.fleet === undefined ? 1 : mostHosts(gateway.fleet);
    const types = [...Array<string>(gateways).fill(gateway.instanceType), ...Array<string>(backends).fill(backend.instanceType)];
    const strange = types.find((type) => vcpuQuota(type) === undefined || instanceSize(type) === undefined);
    if (strange !== undefined)
      return named(CHECKS[1]).unknown(`how many vCPUs ${strange} has, and which quota counts them, is not known here`);
    const running = await aws.instances();
    const quotas = new Map(types.flatMap((type) => vcpuQuota(type) ?? []).map((quota) => [quota.code, quota]));
    const of =
      ({ code }: Quota) =>
      ({ type }: { readonly type: string }) =>
        vcpuQuota(type)?.code === code;
    return worst(
      await Promise.all(
        [...quotas.values()].map((quota) => {
          const counted = running.filter(of(quota));
          const own = sum(counted.filter(({ stack }) => stack === config.stack));
          const needs = sum(types.map((type) => ({ type, vcpus: instanceSize(type)?.vcpus ?? 0 })).filter(of(quota)));
          return room(CHECKS[1], quota, { used: sum(counted), own, needs }, known, aws);
        }),
      ),
    );
  });
}

function sum(list: readonly { readonly vcpus: number }[]): number {
  return list.reduce((all, { vcpus }) => all + vcpus, 0);
}

/** Two families: the line that matters more, with the text of both. */
function worst(lines: readonly Line[]): Line {
  const order = ["bad", "not checked", "good"];
  const [first, ...others] = [...lines].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  if (first === undefined) throw new Error("no quota was looked at");
  return { ...first, found: [first, ...others].map(({ found }) => found).join("; ") };
}

function elasticIpLine(known: Known, aws: Aws): Promise<Line> {
  const { config } = known;
  if (config === undefined) return Promise.resolve(notKnown(CHECKS[2]));
  const needs = (config.gateway.elasticIp ? 1 : 0) + (config.network.egress === "managed" && config.network.existing === undefined ? 1 : 0);
  return asked(CHECKS[2], async () => {
    const there = await aws.addresses();
    const own = there.filter((stack) => stack === config.stack).length;
    return room(CHECKS[2], ELASTIC_IPS, { used: there.length, own, needs }, known, aws);
  });
}

function vpcLine(known: Known, aws: Aws): Promise<Line> {
  const { config } = known;
  if (config === undefined) return Promise.resolve(notKnown(CHECKS[3]));
  return asked(CHECKS[3], async () => {
    const there = await aws.vpcs();
    const own = there.filter((stack) => stack === config.stack).length;
    return room(CHECKS[3], VPCS, { used: there.length, own, needs: config.network.existing === undefined ? 1 : 0 }, known, aws);
  });
}

function notKnown(check: string): Line {
  return named(check).unknown("what the stack needs is not known while its configuration has problems");
}
