/** What makes sense for any program of AWS, with or without roles. */
import type { Policy } from "../../core/types";
import { policy as accountGuardsOn } from "./account-guards-on";
import { policy as adminPortsNotOpen } from "./admin-ports-not-open";
import { policy as bucketsNotPublic } from "./buckets-not-public";
import { policy as databasesEncrypted } from "./databases-encrypted";
import { policy as databasesNotPublic } from "./databases-not-public";
import { policy as endpointsRestricted } from "./endpoints-restricted";
import { policy as notSharedWithStrangers } from "./not-shared-with-strangers";
import { policy as rolesNotOpen } from "./roles-not-open";

export const policies: Policy[] = [
  accountGuardsOn,
  adminPortsNotOpen,
  bucketsNotPublic,
  databasesEncrypted,
  databasesNotPublic,
  endpointsRestricted,
  notSharedWithStrangers,
  rolesNotOpen,
];
