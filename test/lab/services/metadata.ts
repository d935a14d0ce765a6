/** EC2's instance metadata (version 2 only), as far as the AWS tools on a machine ask. Pure. */
import type { Host } from "../topology";

export interface MetadataReply {
  readonly status: number;
  readonly body: string;
}

const TOKEN = "test-hosts-metadata-token";
const HOUR = 3600_000;

/** Credentials that the S3 stand-in takes like any others. */
function credentials(host: Host, now: Date): string {
  return JSON.stringify({
    Code: "Success",
    Type: "AWS-HMAC",
    LastUpdated: now.toISOString(),
    Expiration: new Date(now.getTime() + 6 * HOUR).toISOString(),
    AccessKeyId: `test-${host.instanceId}`,
    SecretAccessKey: "not-a-secret",
    Token: "not-a-token",
  });
}

function document(host: Host, region: string): string {
  return JSON.stringify({
    instanceId: host.instanceId,
    region,
    availabilityZone: host.availabilityZone,
    privateIp: host.address,
    architecture: "x86_64",
  });
}

/** @param host who asks, known by its address */
export function metadata(method: string, path: string, token: string | undefined, host: Host | undefined, region: string): MetadataReply {
  if (host === undefined) return { status: 404, body: "no machine has this address\n" };
  if (method === "PUT" && path === "/latest/api/token") return { status: 200, body: TOKEN };
  if (token !== TOKEN) return { status: 401, body: "IMDSv2: a token is required\n" };
  const role = host.instanceProfile;
  const known: Record<string, string | undefined> = {
    "/latest/meta-data/instance-id": host.instanceId,
    "/latest/meta-data/local-ipv4": host.address,
    "/latest/meta-data/public-ipv4": host.publicAddress,
    "/latest/meta-data/placement/region": region,
    "/latest/meta-data/placement/availability-zone": host.availabilityZone,
    "/latest/meta-data/placement/availability-zone/": host.availabilityZone,
    "/latest/dynamic/instance-identity/document": document(host, region),
    "/latest/meta-data/iam/security-credentials/": role,
    "/latest/meta-data/iam/security-credentials": role,
  };
  if (role !== undefined) known[`/latest/meta-data/iam/security-credentials/${role}`] = credentials(host, new Date());
  for (const [key, value] of Object.entries(host.tags ?? {})) known[`/latest/meta-data/tags/instance/${key}`] = value;
  const body = known[path];
  return body === undefined ? { status: 404, body: "" } : { status: 200, body };
}
