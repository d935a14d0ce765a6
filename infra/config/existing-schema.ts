/** What a stack takes over from others by its id. Part of schema.ts. */

const subnetId = {
  type: "string",
  pattern: "^subnet-[0-9a-f]{8,17}$",
  form: "the id of a subnet, subnet- and 8 to 17 hex digits",
  example: "subnet-0123456789abcdef0",
};

/** `network.existing` */
export const existingNetwork = {
  type: "object",
  additionalProperties: false,
  required: ["vpcId", "gatewaySubnetId", "webserverSubnetIds"],
  form: "a group with vpcId, gatewaySubnetId, webserverSubnetIds, and perhaps balancerSubnets",
  example: { vpcId: "vpc-0123456789abcdef0", gatewaySubnetId: subnetId.example, webserverSubnetIds: ["subnet-0fedcba9876543210"] },
  description:
    "A VPC and subnets that are there already, in place of those of the program: it then makes no VPC, subnet, route table, gateway and endpoint, and changes none. What is named is checked at preview (docs/how-to/use-an-existing-network.md). `cidr`, `availabilityZones`, `gatewaySubnets` and `webserverSubnets` are not used then, and `egress` is `managed` (the subnets have a way out of their own) or `none`.",
  properties: {
    vpcId: {
      type: "string",
      pattern: "^vpc-[0-9a-f]{8,17}$",
      form: "the id of a VPC, vpc- and 8 to 17 hex digits",
      example: "vpc-0123456789abcdef0",
      description: "The VPC.",
    },
    gatewaySubnetId: { ...subnetId, description: "A public subnet of it, for the gateway." },
    webserverSubnetIds: {
      type: "array",
      items: { ...subnetId, example: "subnet-0fedcba9876543210" },
      minItems: 1,
      maxItems: 6,
      uniqueItems: true,
      form: "a list of ids of subnets, each once",
      example: ["subnet-0fedcba9876543210"],
      description: "Private subnets of it, each in another zone. The backend is in the first; the others are for `backend.loadBalancer`.",
    },
    balancerSubnets: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["id", "cidr"],
        form: "a group with id and cidr",
        example: { id: subnetId.example, cidr: "10.20.1.0/24" },
        properties: {
          id: { ...subnetId, description: "The subnet." },
          cidr: {
            type: "string",
            pattern: "^[0-9.]+/[0-9]{1,2}$",
            form: "an IPv4 block, such as 10.20.1.0/24",
            example: "10.20.1.0/24",
            description: "Its block: the gateway's nginx takes a client's address from what comes from there, and from nothing else.",
          },
        },
      },
      minItems: 2,
      maxItems: 6,
      uniqueItems: true,
      form: "a list of two to six groups with id and cidr, each once",
      example: [
        { id: subnetId.example, cidr: "10.20.1.0/24" },
        { id: "subnet-0aaaaaaaaaaaaaaa2", cidr: "10.20.2.0/24" },
      ],
      description:
        "Public subnets of it with their blocks, each in another zone, for `gateway.loadBalancer` alone. One of them has to be in the gateway's zone, and may be its subnet: a load balancer sends nothing to a zone in which it does not stand.",
    },
  },
};

/** What the program can set on a bucket that it did not make; models/settings.ts makes each of them. */
export const BUCKET_SETTINGS = ["versioning", "publicAccessBlock", "encryption", "ownership", "tlsPolicy"] as const;
export type BucketSetting = (typeof BUCKET_SETTINGS)[number];

/** `models.existing` */
export const existingBucket = {
  type: "object",
  additionalProperties: false,
  required: ["bucket"],
  form: "a group with bucket, and perhaps prefix and manage",
  example: { bucket: "team-models-123456789012", prefix: "ml-gateway/" },
  description:
    "A bucket that is there already, in place of one of the program: it is looked up and never made, emptied or deleted. What the models need of it is checked at preview (docs/how-to/use-an-existing-bucket.md).",
  properties: {
    bucket: {
      type: "string",
      pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
      form: "3 to 63 lower-case letters, digits and hyphens that begin and end with a letter or a digit",
      example: "team-models-123456789012",
      description: "Name of the bucket, in this account and in `aws:region`.",
    },
    prefix: {
      type: "string",
      maxLength: 100,
      pattern: "^([A-Za-z0-9][A-Za-z0-9._-]*/)+$",
      form: "one or more folders of letters, digits and ._- that begin with a letter or a digit, each with a slash behind it, in at most 100 characters",
      example: "ml-gateway/",
      description:
        "What all keys of this stack begin with: models and backups lie below it, and the backend's role reads and writes there alone. Stacks that share a bucket need one each, because their backups have the same names.",
    },
    manage: {
      type: "array",
      items: { enum: BUCKET_SETTINGS, example: "versioning" },
      uniqueItems: true,
      default: [],
      form: `a list of ${BUCKET_SETTINGS.join(", ")}, each once`,
      example: ["versioning", "tlsPolicy"],
      description:
        "Settings of the bucket that the program makes and keeps as the models need them. Those that are not named are demanded as they are and never changed. They stay when the stack is destroyed.",
    },
  },
};
