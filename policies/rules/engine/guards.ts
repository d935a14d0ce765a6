/** Which properties of which resources the checklist depends on. */

const HOST = [
  "metadataOptions",
  "rootBlockDevice",
  "ebsBlockDevices",
  "blockDeviceMappings",
  "iamInstanceProfile",
  "associatePublicIpAddress",
  "subnetId",
  "vpcSecurityGroupIds",
  "securityGroups",
  "networkInterfaces",
  "launchTemplate",
  "launchTemplateConfigs",
  "ipv6AddressCount",
  "ipv6Addresses",
  "sourceDestCheck",
  "primaryNetworkInterface",
];
const RULE = [
  "type",
  "fromPort",
  "toPort",
  "ipProtocol",
  "protocol",
  "cidrIpv4",
  "cidrIpv6",
  "cidrBlocks",
  "ipv6CidrBlocks",
  "prefixListId",
  "prefixListIds",
  "referencedSecurityGroupId",
  "sourceSecurityGroupId",
  "self",
  "securityGroupId",
];
const BUCKET = [
  "acl",
  "grants",
  "policy",
  "website",
  "corsRules",
  "lifecycleRules",
  "versioning",
  "serverSideEncryptionConfiguration",
  "forceDestroy",
];
const GUARDS4 = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const TABLE: readonly (readonly [type: RegExp, properties: readonly string[]])[] = [
  [
    /^aws:ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|spotFleetRequest|fleet):/,
    [...HOST, "launchSpecifications"],
  ],
  [/^aws:autoscaling\/group:/, ["launchTemplate", "launchConfiguration", "vpcZoneIdentifiers", "mixedInstancesPolicy"]],
  [/^aws:ec2\/(securityGroup|defaultSecurityGroup):/, ["ingress", "egress", "vpcId"]],
  [/^aws:(vpc\/securityGroup(In|E)gressRule|ec2\/securityGroupRule|vpc\/securityGroupRule):/, RULE],
  [
    /^aws:ec2\/(networkInterface|networkInterfaceSecurityGroupAttachment|networkInterfaceAttachment):/,
    ["securityGroups", "securityGroupId", "subnetId", "attachments", "ipv6AddressCount", "ipv6Addresses", "sourceDestCheck"],
  ],
  [/^aws:ec2\/(subnet|defaultSubnet):/, ["mapPublicIpOnLaunch", "assignIpv6AddressOnCreation", "ipv6Native"]],
  [
    /^aws:ec2\/(route|routeTable|defaultRouteTable|routeTableAssociation|mainRouteTableAssociation):/,
    [
      "routes",
      "destinationCidrBlock",
      "destinationIpv6CidrBlock",
      "egressOnlyGatewayId",
      "transitGatewayId",
      "gatewayId",
      "natGatewayId",
      "networkInterfaceId",
      "vpcPeeringConnectionId",
      "routeTableId",
      "subnetId",
      "propagatingVgws",
    ],
  ],
  [
    /^aws:ec2\/(networkAcl|networkAclRule|networkAclAssociation|defaultNetworkAcl):/,
    ["subnetIds", "networkAclId", "subnetId", "ingress", "egress", "cidrBlock", "ipv6CidrBlock", "fromPort", "toPort", "ruleAction"],
  ],
  [/^aws:ec2\/managedPrefixList(Entry)?:/, ["entries", "cidr"]],
  [/^aws:ec2\/(eip|eipAssociation):/, ["instance", "networkInterface", "instanceId", "networkInterfaceId"]],
  [/^aws:ec2\/vpcEndpointService:/, ["allowedPrincipals", "networkLoadBalancerArns", "gatewayLoadBalancerArns"]],
  [/^aws:ec2transitgateway\/instanceConnectEndpoint:/, ["subnetId", "securityGroupIds"]],
  [/^aws:elb\/loadBalancer:/, ["internal", "instances", "listeners", "subnets", "securityGroups"]],
  [/^aws:ec2\/vpcEndpoint:/, ["policy", "securityGroupIds"]],
  [/^aws:s3\/bucket(V2)?:/, BUCKET],
  [/^aws:s3\/(bucket|account)PublicAccessBlock:/, GUARDS4],
  [/^aws:s3\/bucketPolicy:/, ["policy"]],
  [/^aws:s3\/bucketVersioning(V2)?:/, ["versioningConfiguration"]],
  [/^aws:s3\/bucketServerSideEncryptionConfiguration(V2)?:/, ["rules"]],
  [/^aws:s3\/bucketOwnershipControls:/, ["rule"]],
  [/^aws:s3\/bucketLifecycleConfiguration(V2)?:/, ["rules"]],
  [/^aws:s3\/bucketAcl(V2)?:/, ["acl", "accessControlPolicy"]],
  [/^aws:s3\/accessPoint:/, ["policy", "publicAccessBlockConfiguration"]],
  [/^aws:iam\/role:/, ["assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "permissionsBoundary"]],
  [/^aws:iam\/(rolePolicy|policy|userPolicy|groupPolicy):/, ["policy"]],
  [/^aws:iam\/(rolePolicyAttachment|policyAttachment|rolePolicyAttachmentsExclusive):/, ["policyArn", "policyArns", "role", "roles"]],
  [/^aws:iam\/instanceProfile:/, ["role"]],
  [/^aws:ebs\/(volume|encryptionByDefault):/, ["encrypted", "enabled", "kmsKeyId"]],
  [/^aws:ec2\/(serialConsoleAccess|instanceMetadataDefaults):/, ["enabled", "httpTokens", "httpPutResponseHopLimit"]],
  [/^aws:ssm\/parameter:/, ["type"]],
  // What is ignored runs as it was: then the script that is read here is not the one on the host, and neither is the pinned key.
  [/^command:(local|remote):Command$/, ["create", "update", "delete", "stdin", "environment", "connection"]],
  [/^command:remote:Copy(ToRemote|File)$/, ["source", "localPath", "remotePath", "connection"]],
  [
    /^aws:(lb|alb)\/(loadBalancer|listener|targetGroup|targetGroupAttachment):/,
    ["internal", "subnets", "securityGroups", "defaultActions", "targetId"],
  ],
];

/** The guarded properties of a type; none for types that this checklist is not about. */
export function guardsOf(type: string): readonly string[] {
  return TABLE.filter(([pattern]) => pattern.test(type)).flatMap(([, properties]) => properties);
}

/**
 * What may be frozen on a resource of such a type: it decides nothing of who reaches what, or (user data, triggers) what it did at the first boot
 * or at the last run is done. Any other property may guard something.
 */
const HARMLESS =
  /^(tags|tagsAll|volumeTags|description|name|namePrefix|comment|timeouts|ami|imageId|instanceType|instanceTypes|availabilityZone|availabilityZoneId|ebsOptimized|monitoring|creditSpecification|disableApi\w+|placement\w*|hostId|tenancy|cpu\w+|hibernation|maintenanceOptions|capacityReservationSpecification|instanceMarketOptions|privateIp|privateIps|privateIpsCount|secondaryPrivateIps|privateDnsNameOptions|enclaveOptions|instanceInitiatedShutdownBehavior|keyName|userData|userDataBase64|userDataReplaceOnChange|updateDefaultVersion|defaultVersion|latestVersion|desiredCapacity|minSize|maxSize|targetGroupArns|loadBalancers|healthCheck\w*|suspendedProcesses|terminationPolicies|metricsGranularity|enabledMetrics|warmPool|instanceRefresh|defaultCooldown|waitFor\w+|forceDelete\w*|spotPrice|priceClass|idleTimeout|enable(DeletionProtection|Http2|CrossZone\w*|DropInvalidHeaderFields)|deregistrationDelay|slowStart|stickiness|contentType|cacheControl|contentDisposition|contentEncoding|contentLanguage|metadata|storageClass|etag|sourceHash|serverSideEncryption|objectLock\w*|accelerationStatus|requestPayer|maxSessionDuration|path|forceDetachPolicies|deletionWindowInDays|enableKeyRotation|rotationPeriodInDays|finalSnapshot|size|iops|throughput|type|logging|triggers|archiveHash|customTimeouts|dir|addPreviousOutputInEnv|assetPaths|archivePaths|interpreter|cidrBlock|ipv6CidrBlock\w*|ipv4Ipam\w*|ipv6Ipam\w*|enableDns\w+|instanceTenancy|assignGeneratedIpv6CidrBlock|dnsOptions|ipAddressType|privateDnsEnabled|revokeRulesOnDelete)$/;

/** A property of a guarded type that is neither known to be guarded nor known to be harmless. */
export function mayGuard(type: string, property: string): boolean {
  const typed = TABLE.some(([pattern]) => pattern.test(type)) || FILLED.test(type);
  return typed && !HARMLESS.test(property);
}

/** What holds a key, or hands one on. */
const FILLED = /^aws:(ec2\/keyPair|kms\/(key|grant|keyPolicy)|ebs\/snapshot\w*|ram\/\w+|vpc\/securityGroupVpcAssociation):/;
