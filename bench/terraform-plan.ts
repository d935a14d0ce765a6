/** A graph of bench/policies-graph.ts as Terraform's plan in JSON, for programs that read that. What only Pulumi has (Commands) is left out. */
import type { PlainGraph } from "../test/policies/core/builder";

const TYPES: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": "aws_vpc",
  "aws:ec2/subnet:Subnet": "aws_subnet",
  "aws:ec2/routeTable:RouteTable": "aws_route_table",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
  "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
  "aws:iam/role:Role": "aws_iam_role",
  "aws:iam/instanceProfile:InstanceProfile": "aws_iam_instance_profile",
  "aws:ec2/instance:Instance": "aws_instance",
  "aws:s3/bucket:Bucket": "aws_s3_bucket",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "aws_s3_bucket_public_access_block",
};

/** Blocks are lists in Terraform. */
const BLOCKS = ["metadataOptions", "rootBlockDevice"];
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function values(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      snake(name),
      BLOCKS.includes(name) ? [values(value as Record<string, unknown>)] : value,
    ]),
  );
}

export function terraformPlan({ resources }: PlainGraph): object {
  const known = resources.flatMap(({ type, urn, inputs }) => {
    const of = TYPES[type];
    if (of === undefined) return [];
    const name = urn.split("::").pop() ?? "";
    return [
      {
        address: `${of}.${name}`,
        mode: "managed",
        type: of,
        name,
        provider_name: "registry.terraform.io/hashicorp/aws",
        values: values(inputs),
      },
    ];
  });
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources: known } },
    resource_changes: known.map(({ values: after, ...one }) => ({
      ...one,
      change: { actions: ["create"], before: null, after, after_unknown: {} },
    })),
    configuration: { root_module: {} },
  };
}
