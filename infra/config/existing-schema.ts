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
  form: "a group with vpcId, gatewaySubnetId and webserverSubnetIds",
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
  },
};
