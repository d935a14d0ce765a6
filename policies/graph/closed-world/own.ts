/** Properties of the guarded things themselves: what no policy knows of them is reported like an unknown receiver. */
import type { Graph, Resource } from "../../core/types";
import { isAbsent } from "../../core/values";
import { templatesOf } from "../network/launch";

const HOST =
  "ami associatePublicIpAddress availabilityZone capacityReservationSpecification cpuCoreCount cpuOptions cpuThreadsPerCore creditSpecification disableApiStop disableApiTermination " +
  "ebsBlockDevices ebsOptimized enablePrimaryIpv6 enclaveOptions ephemeralBlockDevices forceDestroy getPasswordData hibernation hostId iamInstanceProfile " +
  "instanceInitiatedShutdownBehavior instanceMarketOptions instanceType ipv6AddressCount ipv6Addresses keyName launchTemplate maintenanceOptions metadataOptions monitoring " +
  "networkInterfaces placementGroup placementGroupId placementPartitionNumber primaryNetworkInterface privateDnsNameOptions privateIp rootBlockDevice secondaryPrivateIps " +
  "securityGroups sourceDestCheck subnetId tenancy userData userDataBase64 userDataReplaceOnChange volumeTags vpcSecurityGroupIds " +
  "blockDurationMinutes instanceInterruptionBehavior launchGroup spotPrice spotType validFrom validUntil waitForFulfillment";

/** By type: what is evaluated, and what has no part in who reaches the thing. Left out on purpose: what is evaluated nowhere and may open it. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^aws:ec2\/(instance|spotInstanceRequest):/, HOST],
  [
    /^aws:ec2\/networkInterface:/,
    "attachments description enaSrdSpecification enablePrimaryIpv6 interfaceType ipv4PrefixCount ipv4Prefixes ipv6AddressCount ipv6AddressListEnabled " +
      "ipv6AddressLists ipv6Addresses ipv6PrefixCount ipv6Prefixes privateIp privateIpListEnabled privateIpLists privateIps privateIpsCount securityGroups sourceDestCheck subnetId",
  ],
  [
    /^aws:ec2\/subnet:/,
    "assignIpv6AddressOnCreation availabilityZone availabilityZoneId cidrBlock enableDns64 enableResourceNameDnsARecordOnLaunch enableResourceNameDnsAaaaRecordOnLaunch " +
      "ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock ipv6IpamPoolId ipv6Native ipv6NetmaskLength mapPublicIpOnLaunch privateDnsHostnameTypeOnLaunch vpcId",
  ],
  [/^aws:ec2\/securityGroup:/, "description egress ingress name namePrefix revokeRulesOnDelete vpcId"],
  [/^aws:ec2\/routeTable:/, "propagatingVgws routes vpcId"],
  [
    /^aws:s3\/bucket(V2)?:/,
    "accelerationStatus acl bucket bucketNamespace bucketPrefix corsRules forceDestroy grants lifecycleRules logging loggings objectLockConfiguration objectLockEnabled policy " +
      "replicationConfiguration replicationConfigurations requestPayer serverSideEncryptionConfiguration serverSideEncryptionConfigurations versioning versionings website websites",
  ],
  [
    /^aws:iam\/role:/,
    "assumeRolePolicy description forceDetachPolicies inlinePolicies managedPolicyArns maxSessionDuration name namePrefix path permissionsBoundary",
  ],
];
const READ = KNOWN.map(([type, names]) => ({ type, names: new Set([...names.split(" "), "tags", "tagsAll", "region"]) }));

/** Properties that are given and that no policy knows. */
export function unknownProperties(graph: Graph, resource: Resource): string[] {
  const known = READ.find(({ type }) => type.test(resource.type));
  if (!known) return [];
  return Object.entries(resource.inputs)
    .filter(([name, value]) => !name.startsWith("__") && !known.names.has(name) && !isAbsent(value) && !isEmptyList(value))
    .map(([name]) => name)
    .concat(isFromElsewhere(graph, resource) ? ["launchTemplate"] : []);
}

/** A template that is not part of the program adds what the host leaves out: a role, a disk, a key, an interface. */
function isFromElsewhere(graph: Graph, resource: Resource): boolean {
  if (!/^aws:ec2\/(instance|spotInstanceRequest):/.test(resource.type)) return false;
  const templates = templatesOf(graph, resource, ["launchTemplate"]);
  return templates !== undefined && (templates.literals.length > 0 || (templates.blind && templates.certain.length === 0));
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
