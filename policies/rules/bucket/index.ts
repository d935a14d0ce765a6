import type { Policy } from "../../core/types";
import { policy as accessLogsGuarded } from "./access-logs-guarded";
import { policy as bucketAccessPoint } from "./bucket-access-point";
import { policy as bucketAclPrivate } from "./bucket-acl-private";
import { policy as bucketCors } from "./bucket-cors";
import { policy as bucketEncryption } from "./bucket-encryption";
import { policy as bucketForceDestroy } from "./bucket-force-destroy";
import { policy as bucketKept } from "./bucket-kept";
import { policy as bucketLifecycleKeepsModels } from "./bucket-lifecycle-keeps-models";
import { policy as bucketNotPublic } from "./bucket-not-public";
import { policy as bucketNotPublished } from "./bucket-not-published";
import { policy as bucketOwnAccount } from "./bucket-own-account";
import { policy as bucketOwnershipEnforced } from "./bucket-ownership-enforced";
import { policy as bucketPublicAccessBlock } from "./bucket-public-access-block";
import { policy as bucketTlsOnly } from "./bucket-tls-only";
import { policy as bucketVersioning } from "./bucket-versioning";

export const policies: Policy[] = [
  accessLogsGuarded,
  bucketAccessPoint,
  bucketAclPrivate,
  bucketCors,
  bucketEncryption,
  bucketForceDestroy,
  bucketKept,
  bucketLifecycleKeepsModels,
  bucketNotPublic,
  bucketNotPublished,
  bucketOwnAccount,
  bucketOwnershipEnforced,
  bucketPublicAccessBlock,
  bucketTlsOnly,
  bucketVersioning,
];
