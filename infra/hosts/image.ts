import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Account of Canonical, which publishes Ubuntu's images. */
const CANONICAL = "099720109477";

/** arm64 for Graviton families (t4g, m7g, c7gn, ...), else amd64. */
export function architectureOf(instanceType: string): "amd64" | "arm64" {
  return /^[a-z]+\d+g[a-z]*\./.test(instanceType) ? "arm64" : "amd64";
}

/** Id of the newest Ubuntu 22.04 image for an instance type. Instances ignore later changes of it, so it decides about a first launch only. */
export function ubuntuImage(instanceType: string, opts?: pulumi.InvokeOutputOptions): pulumi.Output<string> {
  const name = `ubuntu/images/hvm-ssh/ubuntu-jammy-22.04-${architectureOf(instanceType)}-server-*`;
  const filters = [
    { name: "name", values: [name] },
    { name: "virtualization-type", values: ["hvm"] },
  ];
  return aws.ec2.getAmiOutput({ owners: [CANONICAL], mostRecent: true, filters }, opts).id;
}
