/** What the engine itself needs: the state in a bucket and a KMS key for secrets. Pure. */
import { Problem } from "../../policies/cli";
import type { Scope } from "./names";
import type { Allowed, Purpose } from "./statements";

/**
 * @param url `s3://BUCKET` or `s3://BUCKET/FOLDER`, as in `pulumi login`; what stands behind a question mark is the client's
 * @throws Problem
 */
export function stateRights(url: string, where: string, { partition }: Scope): Allowed[] {
  const [, bucket, folder = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?*]*))?(?:\?.*)?$/.exec(url) ?? [];
  if (bucket === undefined) {
    throw new Problem(`${where}: found "${url}"; expected s3://BUCKET or s3://BUCKET/FOLDER: only a state in S3 needs rights in AWS`);
  }
  const arn = `arn:${partition}:s3:::${bucket}`;
  const prefix = folder.replace(/^\/+|\/+$/g, "");
  // A preview writes as well: the engine locks the stack while it runs.
  const objects = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"];
  return [
    { actions: ["s3:ListBucket"], resources: [arn], conditions: {} },
    { actions: objects, resources: [`${arn}/${prefix === "" ? "" : `${prefix}/`}.pulumi/*`], conditions: {} },
  ];
}

/**
 * @param url `awskms://alias/NAME`, `awskms://KEY-ID` or `awskms:///ARN`, as in `pulumi stack init --secrets-provider`
 * @throws Problem
 */
export function secretsRights(url: string, where: string, purposes: readonly Purpose[], scope: Scope): Allowed[] {
  const [, key = "", query = ""] = /^awskms:\/\/\/?([^?*]+)(?:\?(.*))?$/.exec(url) ?? [];
  if (key === "") {
    throw new Problem(
      `${where}: found "${url}"; expected awskms://alias/NAME, awskms://KEY-ID or awskms:///ARN: only a key in KMS needs rights in AWS`,
    );
  }
  const region = new URLSearchParams(query).get("region") ?? scope.region;
  const keys = `arn:${scope.partition}:kms:${region}:${scope.account}:key/`;
  const alias = /(?:^|:)(alias\/.+)$/.exec(key)?.[1];
  // Every run that writes the state encrypts; a preview only reads.
  const actions = purposes.join() === "preview" ? ["kms:Decrypt"] : ["kms:Decrypt", "kms:Encrypt"];
  if (alias === undefined) return [{ actions, resources: [key.startsWith("arn:") ? key : keys + key], conditions: {} }];
  return [{ actions, resources: [`${keys}*`], conditions: { StringEquals: { "kms:RequestAlias": [alias] } } }];
}
