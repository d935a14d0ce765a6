/** Roles, policies and keys. */
import type { Entry } from "./entry";

export const ACCESS: readonly Entry[] = [
  {
    types: "iam/rolePolicy: iam/rolePolicyAttachment: iam/policyAttachment: iam/rolePolicyAttachmentsExclusive: iam/rolePoliciesExclusive:",
    properties: "*",
    modelled: "least-privilege-role models-read-only-role",
  },
  { types: "iam/policy: iam/userPolicy: iam/groupPolicy:", properties: "policy", modelled: "least-privilege-role models-read-only-role" },
  {
    types: "iam/instanceProfile:",
    properties: "role",
    modelled: "least-privilege-role",
    becomes: "the instance profile of the backend's role",
  },
  {
    types: "iam/role:",
    properties: "assumeRolePolicy inlinePolicies managedPolicyArns permissionsBoundary",
    modelled: "role-trust least-privilege-role models-read-only-role",
  },
  { types: "kms/grant:", properties: "keyId granteePrincipal retiringPrincipal", modelled: "not-shared-with-strangers" },
  { types: "kms/alias:", properties: "targetKeyId", harmless: "A name for the key." },
  {
    types: "kms/keyPolicy: kms/key: kms/replicaKey:",
    properties: "keyId policy primaryKeyArn",
    harmless: "Who may use a key decides nothing alone: the data has its own policy, which is evaluated.",
  },
  {
    types: "sqs/queuePolicy: sqs/queue: sns/topicPolicy: sns/topic: lambda/resourcePolicy:",
    properties: "policy",
    modelled: "not-shared-with-strangers",
  },
  { types: "lambda/permission:", properties: "sourceArn", harmless: "It narrows who may call a function." },
  { types: "ebs/defaultKmsKey:", properties: "keyArn", harmless: "Disks are encrypted with it by default." },
  {
    types:
      "s3/ rds/ dynamodb/ sns/ sqs/ secretsmanager/ efs/ kinesis/ ecr/ cloudwatch/ backup/ lambda/ elasticache/ opensearch/ redshift/ cloudtrail/",
    properties: "kmsKeyId kmsKeyArn kmsMasterKeyId kmsDataKeyReusePeriodSeconds encryptionConfigurations serverSideEncryption rules",
    harmless: "It encrypts its own data with the key.",
  },
];
