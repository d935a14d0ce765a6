/**
 * What a changed input of a resource does on AWS, for every input that the program sets. The engine and the provider decide it; this table is for
 * people, for docs/operations.md ("What a change of a setting does") and for its test, which fails for an input without a row. Pure.
 *
 * Sources: the resource schemas of the Terraform AWS provider that @pulumi/aws 7.48.0 bridges (ForceNew), and for Instance also AWS's page "Change
 * the instance type". Looked up on 2026-11-27.
 */

/** From least to most: a later one includes the earlier. */
export const EFFECTS = ["ignored", "in place", "stops and starts", "replaces"] as const;
export type Effect = (typeof EFFECTS)[number];

type Inputs = Readonly<Record<string, Effect>>;

/** The name of a bucket is the place of its settings. */
const OF_A_BUCKET: Inputs = { bucket: "replaces" };
const RULE: Inputs = {
  securityGroupId: "replaces",
  ipProtocol: "in place",
  fromPort: "in place",
  toPort: "in place",
  cidrIpv4: "in place",
  referencedSecurityGroupId: "in place",
  prefixListId: "in place",
  description: "in place",
  tags: "in place",
};

/** Type, then input; a dot leads into a group. */
export const INPUT_EFFECTS: Readonly<Record<string, Inputs>> = {
  "aws:ec2/instance:Instance": {
    ami: "replaces",
    instanceType: "stops and starts",
    subnetId: "replaces",
    vpcSecurityGroupIds: "in place",
    associatePublicIpAddress: "replaces",
    sourceDestCheck: "in place",
    keyName: "replaces",
    iamInstanceProfile: "in place",
    // Would stop and start the instance without running the new script; the program ignores changes of it.
    userData: "ignored",
    disableApiTermination: "in place",
    "metadataOptions.httpEndpoint": "in place",
    "metadataOptions.httpTokens": "in place",
    "metadataOptions.httpPutResponseHopLimit": "in place",
    "rootBlockDevice.volumeType": "in place",
    // Grows while the host runs; AWS refuses to shrink it.
    "rootBlockDevice.volumeSize": "in place",
    "rootBlockDevice.encrypted": "replaces",
    "rootBlockDevice.kmsKeyId": "replaces",
    "rootBlockDevice.deleteOnTermination": "in place",
    "rootBlockDevice.tags": "in place",
    tags: "in place",
  },
  "aws:ec2/keyPair:KeyPair": { publicKey: "replaces", tags: "in place" },
  "aws:ec2/vpc:Vpc": { cidrBlock: "replaces", enableDnsSupport: "in place", enableDnsHostnames: "in place", tags: "in place" },
  "aws:ec2/subnet:Subnet": {
    vpcId: "replaces",
    cidrBlock: "replaces",
    availabilityZone: "replaces",
    mapPublicIpOnLaunch: "in place",
    tags: "in place",
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    vpcId: "replaces",
    ingress: "in place",
    egress: "in place",
    tags: "in place",
  },
  "aws:ec2/internetGateway:InternetGateway": { vpcId: "in place", tags: "in place" },
  "aws:ec2/routeTable:RouteTable": { vpcId: "replaces", tags: "in place" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { subnetId: "replaces", routeTableId: "in place" },
  "aws:ec2/route:Route": {
    routeTableId: "replaces",
    destinationCidrBlock: "replaces",
    gatewayId: "in place",
    natGatewayId: "in place",
    networkInterfaceId: "in place",
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    vpcId: "replaces",
    serviceName: "replaces",
    vpcEndpointType: "replaces",
    routeTableIds: "in place",
    policy: "in place",
    tags: "in place",
  },
  "aws:ec2/securityGroup:SecurityGroup": { vpcId: "replaces", description: "replaces", tags: "in place" },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": RULE,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": RULE,
  "aws:sns/topic:Topic": { tags: "in place", region: "replaces" },
  "aws:sns/topicSubscription:TopicSubscription": { topic: "replaces", protocol: "replaces", endpoint: "replaces", region: "replaces" },
  "aws:route53/healthCheck:HealthCheck": {
    ipAddress: "in place",
    port: "in place",
    type: "replaces",
    fqdn: "in place",
    enableSni: "in place",
    resourcePath: "in place",
    requestInterval: "replaces",
    failureThreshold: "in place",
    tags: "in place",
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    namespace: "in place",
    metricName: "in place",
    "dimensions.InstanceId": "in place",
    "dimensions.HealthCheckId": "in place",
    statistic: "in place",
    comparisonOperator: "in place",
    threshold: "in place",
    period: "in place",
    evaluationPeriods: "in place",
    alarmDescription: "in place",
    treatMissingData: "in place",
    alarmActions: "in place",
    okActions: "in place",
    region: "replaces",
    tags: "in place",
  },
  "aws:cloudwatch/dashboard:Dashboard": { dashboardName: "replaces", dashboardBody: "in place" },
  "aws:ec2/eip:Eip": { domain: "replaces", tags: "in place" },
  "aws:ec2/eipAssociation:EipAssociation": { allocationId: "replaces", instanceId: "replaces" },
  "aws:ec2/natGateway:NatGateway": { allocationId: "replaces", subnetId: "replaces", tags: "in place" },
  "aws:iam/role:Role": {
    assumeRolePolicy: "in place",
    description: "in place",
    tags: "in place",
    permissionsBoundary: "in place",
    path: "replaces",
  },
  "aws:iam/rolePolicy:RolePolicy": { role: "replaces", policy: "in place" },
  "aws:iam/instanceProfile:InstanceProfile": { role: "in place", tags: "in place", path: "replaces" },
  "aws:s3/bucket:Bucket": { bucket: "replaces", forceDestroy: "in place", tags: "in place" },
  "aws:s3/bucketVersioning:BucketVersioning": { ...OF_A_BUCKET, versioningConfiguration: "in place" },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": { ...OF_A_BUCKET, rules: "in place" },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    ...OF_A_BUCKET,
    blockPublicAcls: "in place",
    blockPublicPolicy: "in place",
    ignorePublicAcls: "in place",
    restrictPublicBuckets: "in place",
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { ...OF_A_BUCKET, rule: "in place" },
  "aws:s3/bucketPolicy:BucketPolicy": { ...OF_A_BUCKET, policy: "in place" },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": { ...OF_A_BUCKET, rules: "in place" },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    ...OF_A_BUCKET,
    key: "replaces",
    source: "in place",
    contentType: "in place",
    tags: "in place",
  },
};
