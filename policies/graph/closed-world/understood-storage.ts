/** The models bucket: what is part of it, what copies it and what opens it. */
import type { Entry } from "./entry";

export const STORAGE: readonly Entry[] = [
  { types: "s3/bucketPolicy:", properties: "*", modelled: "bucket-not-public bucket-own-account bucket-tls-only" },
  { types: "s3/bucketAcl:", properties: "*", modelled: "bucket-acl-private" },
  { types: "s3/bucketPublicAccessBlock:", properties: "*", modelled: "bucket-public-access-block" },
  { types: "s3/bucketOwnershipControls:", properties: "*", modelled: "bucket-ownership-enforced" },
  { types: "s3/bucketVersioning:", properties: "*", modelled: "bucket-versioning" },
  { types: "s3/bucketServerSideEncryptionConfiguration:", properties: "*", modelled: "bucket-encryption" },
  { types: "s3/bucketLifecycleConfiguration:", properties: "*", modelled: "bucket-lifecycle-keeps-models" },
  { types: "s3/bucketCorsConfiguration:", properties: "*", modelled: "bucket-cors" },
  {
    types: "s3/bucketWebsiteConfiguration: cloudfront/distribution: cloudfront/multitenantDistribution:",
    properties: "bucket origins",
    modelled: "bucket-not-published",
  },
  {
    types: "s3/bucketReplicationConfig: s3/inventory: s3/analyticsConfiguration: s3/bucketLogging:",
    properties: "*",
    modelled: "bucket-own-account",
  },
  { types: "s3/bucketObject: s3/bucketObjectv2:", properties: "*", modelled: "bucket-acl-private bucket-force-destroy" },
  { types: "s3/objectCopy:", properties: "bucket", modelled: "bucket-acl-private bucket-force-destroy" },
  {
    types: "s3/accessPoint:",
    properties: "bucket policy",
    modelled: "bucket-access-point bucket-not-public bucket-own-account",
    becomes: "an access point of the models bucket",
  },
  { types: "s3/accessPoint:", properties: "vpcConfiguration", modelled: "bucket-access-point" },
  {
    types: "s3control/multiRegionAccessPoint:",
    properties: "details",
    modelled: "bucket-access-point",
    becomes: "an access point of the models bucket",
  },
  { types: "s3control/accessPointPolicy:", properties: "accessPointArn policy", modelled: "bucket-not-public bucket-own-account" },
  {
    types:
      "s3/bucketNotification: s3/bucketMetric: s3/bucketIntelligentTieringConfiguration: s3/bucketRequestPaymentConfiguration: s3/bucketAccelerateConfiguration: s3/bucketObjectLockConfiguration:",
    properties: "bucket",
    harmless: "It hands out no object: events name keys only, the rest is about cost, speed or locks.",
  },
  {
    types: "s3control/storageLensConfiguration:",
    properties: "storageLensConfiguration",
    modelled: "not-shared-with-strangers",
  },
  {
    types: "guardduty/malwareProtectionPlan: macie2/classificationJob:",
    properties: "protectedResource s3JobDefinition",
    harmless: "AWS looks into objects for malware or personal data, and hands out no object.",
  },
  {
    types: "cloudtrail/trail: cfg/deliveryChannel:",
    properties: "s3BucketName",
    harmless: "Logs are written to a prefix of the bucket; nothing is read.",
  },
  { types: "cloudtrail/trail:", properties: "eventSelectors advancedEventSelectors", harmless: "It records who uses the bucket." },
];
