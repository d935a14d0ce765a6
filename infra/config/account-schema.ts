/** Sections about what an account has already or asks for: tags, IAM, keys of KMS. Part of schema.ts. */
import type { Section } from "./section";

const kmsKey = {
  type: "string",
  pattern:
    "^(alias/[\\w/-]+|arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:(alias/[\\w/-]+|key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})))$",
  form: "the ARN of a KMS key or of its alias, or alias/ and the alias's name",
  example: "alias/ml-gateway",
};

export const ACCOUNT_SECTIONS: Readonly<Record<string, Section>> = {
  tags: {
    description:
      "Tags that everything gets, beside the program's own (Name, Role, Stack, ServicePort, SshAccess). Models in the bucket do not, because S3 takes ten on each. Unlike `aws:defaultTags` they are on root volumes too, and on the hosts of a fleet.",
    schema: {
      type: "object",
      additionalProperties: {
        type: "string",
        maxLength: 256,
        pattern: "^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$",
        form: "a text of at most 256 letters, digits, blanks and _.:/=+-@",
        example: "ml-platform",
      },
      default: {},
      form: "a group of names and texts",
      example: { CostCenter: "ml-platform" },
    },
  },
  iam: {
    description: "What the account asks of IAM roles.",
    schema: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        permissionsBoundary: {
          type: "string",
          pattern: "^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[\\w+=,.@/-]{1,512}$",
          form: "the ARN of an IAM policy",
          example: "arn:aws:iam::123456789012:policy/boundary",
          description:
            "Permissions boundary of the hosts' roles. What it does not allow they cannot do: the preview refuses one that allows an action of the hosts nowhere. The backend needs s3:ListBucket, s3:GetObject and s3:PutObject on the model bucket; options add to that (docs/external-names.md lists the actions).",
        },
        path: {
          type: "string",
          maxLength: 512,
          pattern: "^/([!-.0-~]+/)*$",
          form: "a path of IAM in at most 512 characters, which begins and ends with a slash",
          example: "/ml-gateway/",
          description: "Path of the hosts' roles and instance profiles. By default AWS's own, `/`.",
        },
      },
    },
  },
  kms: {
    description: "Keys of KMS in place of those of AWS. They are not made by the program.",
    schema: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        bucketKey: {
          ...kmsKey,
          description:
            "Key that encrypts the model bucket (SSE-KMS with a bucket key). The backend's role may decrypt with it, and encrypt for its backups, through S3 alone. By default S3's own encryption (AES256).",
        },
        volumeKey: {
          ...kmsKey,
          description:
            "Key that encrypts root volumes. By default the account's (alias/aws/ebs). Who deploys needs kms:CreateGrant on it; the hosts need no right. Where an alias later leads to another key, hosts that run keep theirs.",
        },
        logKey: {
          ...kmsKey,
          description:
            "Key that encrypts the groups of logs (`watch.logs`). By default CloudWatch's own. The key's policy has to let CloudWatch Logs use it, which nobody looks at before AWS does (docs/how-to/watch.md has the statement); hosts and who deploys need no right on it.",
        },
      },
    },
  },
  protect: {
    description: "What is not to be deleted by accident. To delete it after all: set the key to false, `pulumi up`, and then.",
    schema: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        hosts: {
          type: "boolean",
          default: false,
          description:
            "Instances and the Elastic IP: the engine refuses to delete or replace them (`pulumi destroy`, another image), and EC2 to terminate the instances.",
        },
        bucket: {
          type: "boolean",
          default: false,
          description: "The model bucket: the engine refuses to let go of it. It is never emptied or deleted in any case.",
        },
      },
    },
  },
};
