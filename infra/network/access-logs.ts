import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { LOG_DELIVERY } from "../external-names";
import { bucketSettings, tlsStatement } from "../models/settings";
import { partition, tags } from "../naming";

export interface AccessLogsArgs {
  /** Physical name. */
  readonly bucketName: string;
  readonly region: string;
  /** Number of the account; the log delivery writes below a folder of it. */
  readonly account: string;
  /** How long a log stays. */
  readonly days: number;
  /** The engine may not let go of the bucket. */
  readonly protect: boolean;
}

/** What keys of a load balancer's logs begin with. */
export const FRONT_LOGS = "front";

/**
 * A private bucket for the access logs of a load balancer, which expire. S3 encrypts them with keys of its own: log delivery takes no other. It goes with
 * the stack and all that is in it, as the groups of logs in CloudWatch do.
 */
export class AccessLogs extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;

  constructor(name: string, args: AccessLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:AccessLogs", name, {}, opts);
    const parent = { parent: this };
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { bucket: args.bucketName, forceDestroy: true, tags: tags(args.bucketName) },
      { ...parent, protect: args.protect },
    );
    const wanted = ["encryption", "publicAccessBlock", "ownership", "tlsPolicy"] as const;
    bucketSettings(name, { bucket: bucket.bucket, wanted, policy: delivery(args) }, parent);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "old-logs",
            status: "Enabled",
            filter: { prefix: "" },
            expiration: { days: args.days },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      parent,
    );
    this.bucketName = bucket.bucket;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** One service may write, below one prefix, and nobody without TLS. Source: "Enable access logs for your Application Load Balancer" of AWS's guide. */
function delivery({ bucketName, region, account }: AccessLogsArgs): string {
  const arn = `arn:${partition(region)}:s3:::${bucketName}`;
  const writes = {
    Sid: "LogDelivery",
    Effect: "Allow",
    Principal: { Service: LOG_DELIVERY },
    Action: "s3:PutObject",
    Resource: `${arn}/${FRONT_LOGS}/AWSLogs/${account}/*`,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [tlsStatement(arn), writes] });
}
