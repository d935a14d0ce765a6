/**
 * A large, clean graph for timing: one gateway, one backend and one bucket of models, and around them as many other
 * workloads as it takes (each with a subnet, a route table, a group, rules, a host, its role, a bucket and a remote script).
 */
import { program, secret } from "../test/policies/core/builder";
import type { Handle, Mode, PlainGraph, Program } from "../test/policies/core/builder";

const SCRIPT = `set -euo pipefail
umask 077
install -d -m 755 -o app -g app /srv/app /srv/app/logs
cat > /srv/app/settings.tmp
chown app:app /srv/app/settings.tmp
chmod 600 /srv/app/settings.tmp
mv -f /srv/app/settings.tmp /srv/app/settings
for file in /srv/app/*.py; do chmod 644 "$file"; done
systemctl restart app.service
`;
/** Resources of one workload. */
const EACH = 11;

/**
 * Everything in one place: a backend group with hundreds of rules on it and hundreds of backends in it, as a joint that is
 * followed from both sides shows whether work is done once or for each pair.
 */
export function hubGraph(size: number, mode: Mode): PlainGraph {
  const { p, gateway, backend, subnet } = beginning();
  const half = Math.floor((size - 2 - 2 * EACH) / 2);
  for (let index = 0; index < half; index += 1) {
    const rule = { securityGroupId: backend.id, referencedSecurityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 9000, toPort: 9000 };
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", `in-${String(index)}`, rule);
    p.add("aws:ec2/instance:Instance", `backend-${String(index)}`, instance(subnet, backend, { tags: { Role: "backend" } }));
  }
  return p.plain(mode);
}

/** One gateway and `count` backends of one group, each set up by two Commands, as the program does its one. */
export function backendsGraph(count: number, mode: Mode): PlainGraph {
  const { p, gateway, backend, subnet } = beginning();
  for (let index = 1; index < count; index += 1) {
    const name = `backend-${String(index)}`;
    const port = { ipProtocol: "tcp", fromPort: 9000, toPort: 9000, description: name };
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", `${name}-in`, {
      securityGroupId: backend.id,
      referencedSecurityGroupId: gateway.id,
      ...port,
    });
    const host = p.add("aws:ec2/instance:Instance", name, instance(subnet, backend, { tags: { Role: "backend" } }));
    for (const step of ["scripts", "setup"]) p.add("command:remote:Command", `${name}-${step}`, command(`${name} ${step}`, host));
  }
  return p.plain(mode);
}

/** @param size wished number of resources; the graph has at most that many, and at least ten fewer */
export function largeGraph(size: number, mode: Mode): PlainGraph {
  const { p, vpc } = beginning();
  const count = Math.floor((size - 2 - 2 * EACH) / EACH);
  for (let index = 0; index < count; index += 1) workload(p, vpc, `other-${String(index)}`, "other", index + 2);
  return p.plain(mode);
}

/** What every graph begins with: a network, one gateway, and one backend behind it. */
function beginning() {
  const p = program();
  const vpc = p.add("aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.0.0.0/8" });
  const gateway = workload(p, vpc, "gateway", "gateway", 0);
  const backend = workload(p, vpc, "backend", "backend", 1, gateway);
  return { p, vpc, gateway, backend, subnet: p.find("aws:ec2/subnet:Subnet", "backend-subnet") };
}

function workload(p: Program, vpc: Handle, name: string, role: string, index: number, source?: Handle): Handle {
  const tags = { Role: role, Name: name };
  const cidrBlock = `10.${String(index >> 8)}.${String(index & 255)}.0/24`;
  const subnet = p.add("aws:ec2/subnet:Subnet", `${name}-subnet`, {
    vpcId: vpc.id,
    cidrBlock,
    tags: { Role: role === "gateway" ? "public" : "private" },
  });
  const table = p.add("aws:ec2/routeTable:RouteTable", `${name}-routes`, { vpcId: vpc.id });
  p.add("aws:ec2/routeTableAssociation:RouteTableAssociation", `${name}-routes`, { subnetId: subnet.id, routeTableId: table.id });
  const group = p.add("aws:ec2/securityGroup:SecurityGroup", `${name}-sg`, { vpcId: vpc.id, tags });
  const port = { ipProtocol: "tcp", fromPort: 9000, toPort: 9000 };
  const from = source
    ? { referencedSecurityGroupId: source.id, ...port }
    : { cidrIpv4: "203.0.113.0/24", ipProtocol: "tcp", fromPort: 443, toPort: 443 };
  p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", `${name}-in`, { securityGroupId: group.id, ...from });
  const iam = p.add("aws:iam/role:Role", `${name}-role`, { assumeRolePolicy: TRUST });
  const profile = p.add("aws:iam/instanceProfile:InstanceProfile", `${name}-profile`, { role: iam.out("name") });
  const own = { iamInstanceProfile: profile.out("name"), associatePublicIpAddress: role === "gateway", tags };
  const host = p.add("aws:ec2/instance:Instance", name, instance(subnet, group, own));
  const bucket = p.add("aws:s3/bucket:Bucket", `${name}-bucket`, {
    bucket: `${name}-data`,
    tags: role === "backend" ? { Role: "models" } : {},
  });
  const blocked = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${name}-private`, { bucket: bucket.id, ...blocked });
  p.add("command:remote:Command", `${name}-setup`, command(name, host));
  return group;
}

const command = (name: string, host: Handle): Record<string, unknown> => ({
  connection: { host: host.out("privateIp"), user: "ubuntu", privateKey: secret("-----BEGIN KEY-----"), hostKey: "ssh-ed25519 AAAA" },
  create: `# ${name}\n${SCRIPT}`,
  stdin: secret("SECRET_KEY=a-value-that-is-marked"),
});

function instance(subnet: Handle, group: Handle, more: Record<string, unknown>): Record<string, unknown> {
  return {
    ami: "ami-0123456789abcdef0",
    instanceType: "t3.micro",
    subnetId: subnet.id,
    vpcSecurityGroupIds: [group.id],
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { encrypted: true },
    ...more,
  };
}

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
