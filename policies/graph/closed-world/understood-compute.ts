/** Hosts, containers, functions, databases: what runs beside the backend. */
import type { Entry } from "./entry";

const BESIDE = "It is placed beside the backend; whether it reaches the backend is decided by its groups, which are evaluated.";
const GROUPS = "gateway-group-only-on-gateway backend-in-private-subnet backend-no-public-address";

/** Types whose groups `graph/network/other-hosts.ts` reads by name, each with the properties that hold groups, subnets or both. */
const WITH_GROUPS =
  "vpcSecurityGroupIds securityGroupIds securityGroups securityGroupNames securityGroupArns vpcConfig vpcConfigs vpcOptions networkConfiguration networkConfig";
const SUBNETS = "subnetIds subnetId subnetGroupName dbSubnetGroupName clusterSubnetGroupName vpcId vpcSubnetIds";

export const COMPUTE: readonly Entry[] = [
  {
    types:
      "ec2/instance: ec2/spotInstanceRequest: ec2/launchTemplate: ec2/launchConfiguration: ec2/fleet: ec2/spotFleetRequest: autoscaling/group:",
    properties:
      "subnetId vpcSecurityGroupIds securityGroups securityGroupNames networkInterfaces primaryNetworkInterface launchTemplate launchTemplateConfigs launchSpecifications launchConfiguration mixedInstancesPolicy vpcZoneIdentifiers targetGroupArns loadBalancers trafficSources tags",
    modelled: `${GROUPS} backend-groups`,
  },
  {
    types: "ec2/instance: ec2/spotInstanceRequest: ec2/launchTemplate: ec2/launchConfiguration: ec2/spotFleetRequest:",
    properties: "iamInstanceProfile rootBlockDevice ebsBlockDevices blockDeviceMappings",
    modelled: "least-privilege-role models-read-only-role volumes-encrypted",
  },
  {
    types: "ec2/instance: ec2/spotInstanceRequest: ec2/launchTemplate: ec2/launchConfiguration:",
    properties: "userData userDataBase64",
    modelled: "secret-in-user-data host-setup-readable",
  },
  {
    types: "ec2/instance: ec2/spotInstanceRequest: ec2/launchTemplate: ec2/launchConfiguration:",
    properties: "keyName",
    harmless: "The public half of a key pair.",
  },
  {
    types: "autoscaling/attachment: autoscaling/trafficSourceAttachment:",
    properties: "*",
    modelled: "backend-not-load-balanced-publicly",
  },
  {
    types: "autoscaling/policy: autoscaling/schedule: autoscaling/notification: autoscaling/tag: autoscaling/lifecycleHook:",
    properties: "autoscalingGroupName groupNames",
    harmless: "It changes how many hosts of one template run, not what they are.",
  },
  {
    types:
      "cloudwatch/metricAlarm: cloudwatch/compositeAlarm: cloudwatch/dashboard: cloudwatch/logGroup: cloudwatch/logStream: cloudwatch/logMetricFilter:",
    properties: "dimensions metricQueries dashboardBody name alarmRule kmsKeyId namePrefix",
    harmless: "Names in metrics and logs; nothing is reached by them.",
  },
  {
    types: "dlm/lifecyclePolicy:",
    properties: "policyDetails defaultPolicy",
    modelled: "not-shared-with-strangers judgeable-resources",
  },
  {
    types: "cloudwatch/eventRule:",
    properties: "eventPattern name",
    harmless: "It says which events are taken; what happens then is the target's, which is evaluated.",
  },
  {
    types: "backup/selection:",
    properties: "resources selectionTags conditions",
    harmless: "Copies into a vault of the account, whose own policy and copy actions name where else they go.",
  },
  {
    types:
      "rds/ docdb/ neptune/ elasticache/ memorydb/ redshift/ dms/ efs/ fsx/ opensearch/ elasticsearch/ mq/ msk/ dax/ ecs/ eks/ lambda/ batch/ codebuild/ sagemaker/ glue/ apprunner/ mwaa/ workspaces/ directoryservice/ emr/ emrserverless/ mskconnect/ kinesisanalyticsv2/ synthetics/ appstream/ transfer/ datasync/ imagebuilder/ bedrock/ pipes/ scheduler/",
    properties: WITH_GROUPS,
    modelled: GROUPS,
  },
  {
    types:
      "rds/ docdb/ neptune/ elasticache/ memorydb/ redshift/ dms/ efs/ fsx/ opensearch/ elasticsearch/ mq/ msk/ dax/ ecs/ eks/ lambda/ batch/ codebuild/ sagemaker/ glue/ mwaa/ synthetics/",
    properties: SUBNETS,
    harmless: BESIDE,
  },
  {
    types: "apprunner/vpcConnector: imagebuilder/infrastructureConfiguration: quicksight/vpcConnection:",
    properties: "subnets subnetId subnetIds",
    harmless: BESIDE,
  },
  {
    types: "quicksight/vpcConnection: msk/cluster: glue/connection: transfer/server:",
    properties: "securityGroupIds brokerNodeGroupInfo physicalConnectionRequirements endpointDetails",
    modelled: GROUPS,
  },
  {
    types: "directoryservice/directory:",
    properties: "vpcSettings",
    harmless: "A directory answers its clients; it opens no connection to hosts.",
  },
  { types: "ecs/service:", properties: "loadBalancers", modelled: "backend-not-load-balanced-publicly" },
  { types: "mskconnect/connector:", properties: "kafkaCluster", modelled: GROUPS },
  { types: "emr/cluster:", properties: "ec2Attributes", modelled: GROUPS },
  { types: "batch/computeEnvironment:", properties: "computeResources", modelled: GROUPS },
  {
    types: "ssm/parameter: secretsmanager/secretVersion: appconfig/hostedConfigurationVersion:",
    properties: "value secretString content",
    harmless: "A name kept as text; nothing is reached by it.",
  },
  { types: "ssm/association: ssm/maintenanceWindowTask:", properties: "targets", modelled: "judgeable-resources" },
  {
    types: "ssm/maintenanceWindowTarget: ssm/resourceDataSync:",
    properties: "targets",
    harmless: "A list of hosts; what a task does with them is the task's, which is evaluated.",
  },
  { types: "ec2/tag:", properties: "resourceId", harmless: "A tag; roles are read from the program's own tags." },
  {
    types: "ec2/ami: ec2/amiFromInstance: ec2/amiCopy: ebs/snapshot: ebs/snapshotCopy:",
    properties: "sourceInstanceId sourceAmiId volumeId sourceSnapshotId ebsBlockDevices",
    harmless: "A copy that stays in the account; what it is handed to is evaluated.",
    becomes: "a copy of the backend's disk",
  },
  { types: "ebs/volume:", properties: "snapshotId kmsKeyId", modelled: "volumes-encrypted", becomes: "a copy of the backend's disk" },
  { types: "ec2/volumeAttachment:", properties: "instanceId volumeId", modelled: "volumes-encrypted" },
];
