/** Policies on who can reach what. */
import type { Policy } from "../../core/types";
import { policy as aclKeepsServicePortClosed } from "./acl-keeps-service-port-closed";
import { policy as backendEgressLimited } from "./backend-egress-limited";
import { policy as backendGroups } from "./backend-groups";
import { policy as backendInPrivateSubnet } from "./backend-in-private-subnet";
import { policy as backendNoPublicAddress } from "./backend-no-public-address";
import { policy as backendNoPublicIngress } from "./backend-no-public-ingress";
import { policy as backendNotLoadBalancedPublicly } from "./backend-not-load-balanced-publicly";
import { policy as backendNotPublished } from "./backend-not-published";
import { policy as backendSshOnlyFromGateway } from "./backend-ssh-only-from-gateway";
import { policy as componentsShowResources } from "./components-show-resources";
import { policy as defaultGroupClosed } from "./default-group-closed";
import { policy as forwardingOnlyOnGateway } from "./forwarding-only-on-gateway";
import { policy as gatewayGroupOnlyOnGateway } from "./gateway-group-only-on-gateway";
import { policy as gatewayNoServicePort } from "./gateway-no-service-port";
import { policy as gatewayPublicPorts } from "./gateway-public-ports";
import { policy as gatewaySshRestricted } from "./gateway-ssh-restricted";
import { policy as groupStaysInVpc } from "./group-stays-in-vpc";
import { policy as privateSubnetGivesNoPublicAddress } from "./private-subnet-gives-no-public-address";
import { policy as privateSubnetIsPrivate } from "./private-subnet-is-private";
import { policy as privateSubnetNoOtherNetwork } from "./private-subnet-no-other-network";
import { policy as rulesInOneForm } from "./rules-in-one-form";
import { policy as servicePortOnlyFromGateway } from "./service-port-only-from-gateway";
import { policy as servicePortOpenToGateway } from "./service-port-open-to-gateway";
import { policy as sshClosedBehindTunnel } from "./ssh-closed-behind-tunnel";
import { policy as stateMatchesProgram } from "./state-matches-program";

export const policies: Policy[] = [
  aclKeepsServicePortClosed,
  backendEgressLimited,
  backendGroups,
  backendInPrivateSubnet,
  backendNoPublicAddress,
  backendNoPublicIngress,
  backendNotLoadBalancedPublicly,
  backendNotPublished,
  backendSshOnlyFromGateway,
  componentsShowResources,
  defaultGroupClosed,
  forwardingOnlyOnGateway,
  gatewayGroupOnlyOnGateway,
  gatewayNoServicePort,
  gatewayPublicPorts,
  gatewaySshRestricted,
  groupStaysInVpc,
  privateSubnetGivesNoPublicAddress,
  privateSubnetIsPrivate,
  privateSubnetNoOtherNetwork,
  rulesInOneForm,
  servicePortOnlyFromGateway,
  servicePortOpenToGateway,
  sshClosedBehindTunnel,
  stateMatchesProgram,
];
