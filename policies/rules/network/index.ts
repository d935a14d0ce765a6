/** Policies on who can reach what. */
import type { Policy } from "../../core/types";
import { policy as backendInPrivateSubnet } from "./backend-in-private-subnet";
import { policy as backendNoPublicAddress } from "./backend-no-public-address";
import { policy as backendSshOnlyFromGateway } from "./backend-ssh-only-from-gateway";
import { policy as privateSubnetGivesNoPublicAddress } from "./private-subnet-gives-no-public-address";
import { policy as privateSubnetIsPrivate } from "./private-subnet-is-private";
import { policy as servicePortOnlyFromGateway } from "./service-port-only-from-gateway";

export const policies: Policy[] = [
  backendNoPublicAddress,
  backendInPrivateSubnet,
  privateSubnetIsPrivate,
  privateSubnetGivesNoPublicAddress,
  servicePortOnlyFromGateway,
  backendSshOnlyFromGateway,
];
