import { computed, program, secret, stringAsset } from "../core/builder";
import type { Program } from "../core/builder";

/** A value that looks like a secret and is none; it may appear in no message. */
export const SECRET_KEY = "hq83kd02mdnwq9d8alskdj3k";

/** A program with flaws of every area, unknown values everywhere, and marked secrets that are fine. */
export function flawed(): Program {
  const p = program();
  const vpc = p.add("aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.0.0.0/16" });
  const subnet = p.add("aws:ec2/subnet:Subnet", "private", { vpcId: vpc.id, mapPublicIpOnLaunch: true, tags: { Role: "private" } });
  const groups = ["backend", "gateway"].map((role) =>
    p.add("aws:ec2/securityGroup:SecurityGroup", role, { vpcId: vpc.id, tags: { Role: role } }),
  );
  const [backendGroup, gatewayGroup] = groups;
  if (!backendGroup || !gatewayGroup) throw new Error("groups");
  p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "hole", {
    securityGroupId: backendGroup.id,
    cidrIpv4: "0.0.0.0/0",
    ipProtocol: "tcp",
    fromPort: 9000,
    toPort: 9000,
  });
  const instance = { ami: "ami-1", instanceType: "t3.micro", subnetId: subnet.id };
  const backend = p.add("aws:ec2/instance:Instance", "api", {
    ...instance,
    vpcSecurityGroupIds: [backendGroup.id],
    tags: { Role: "backend" },
    metadataOptions: { httpTokens: "optional" },
    userData: `export API_KEY=${SECRET_KEY}`,
  });
  p.add("aws:ec2/instance:Instance", "proxy", { ...instance, vpcSecurityGroupIds: [gatewayGroup.id], tags: { Role: "gateway" } });
  const bucket = p.add("aws:s3/bucket:Bucket", "models", { forceDestroy: true, tags: { Role: "models" } });
  p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "open", { bucket: bucket.id, blockPublicAcls: false });
  p.add("command:remote:Command", "env", {
    connection: {
      host: backend.out("privateIp"),
      user: "ubuntu",
      privateKey: secret("-----BEGIN OPENSSH PRIVATE KEY-----"),
      hostKey: "ssh-ed25519 AAAA",
    },
    create: "install -m 644 /dev/stdin /home/ddos/app/.env",
    stdin: secret(`SECRET_KEY=${SECRET_KEY}`),
  });
  p.add("command:remote:Command", "later", { connection: computed(backend), create: computed(backend) });
  p.add("command:remote:CopyToRemote", "copy", {
    connection: computed(backend),
    source: stringAsset(`SECRET_KEY=${SECRET_KEY}`),
    remotePath: "/x",
  });
  return p;
}
