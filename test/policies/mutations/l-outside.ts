/** Area L: what lies outside the program, or outside what AWS calls a network: templates of others, lists of ports, rights and notices of their own. */
import type { Handle, Program } from "../core/builder";
import { one } from "./j-carriers";
import type { Mutation } from "./frame";

const TEMPLATE = { id: "lt-0123456789abcdef0", version: "$Latest" };
const SAFE = { metadataOptions: { httpTokens: "required" }, rootBlockDevice: { encrypted: true }, associatePublicIpAddress: false };
const subnet = (p: Program): Handle => p.find("aws:ec2/subnet:Subnet", "network-webserver-us-east-1b");
const group = (p: Program): Handle =>
  p.add("aws:ec2/securityGroup:SecurityGroup", "other", {
    vpcId: p.find("aws:ec2/vpc:Vpc").id,
    description: "Lets nobody in",
  });
const ports = (p: Program, info: object): Handle =>
  p.add("aws:lightsail/instancePublicPorts:InstancePublicPorts", "ports", { instanceName: "blog", portInfos: [info] });
const access = (p: Program, dst: string): Handle =>
  p.add("tailscale:index/acl:Acl", "tailnet", { acl: `{ // HuJSON\n "acls": [{"action": "accept", "src": ["*"], "dst": ["${dst}"]}] }` });
const notified = (p: Program, account: string): Handle =>
  p.add("aws:s3/bucketNotification:BucketNotification", "notices", {
    bucket: p.find("aws:s3/bucket:Bucket", "models-bucket").id,
    queues: [{ queueArn: `arn:aws:sqs:us-east-1:${account}:models`, events: ["s3:ObjectCreated:*"] }],
  });
const delegated = (p: Program, principal: unknown): Handle =>
  p.add("aws:organizations/resourcePolicy:ResourcePolicy", "delegation", {
    content: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: principal, Action: "organizations:DescribePolicy", Resource: "*" }],
    }),
  });
const host = (p: Program, more: object): Handle =>
  p.add("aws:ec2/instance:Instance", "tool", { subnetId: subnet(p).id, vpcSecurityGroupIds: [group(p).id], ...SAFE, ...more });
const unknown = (mutation: Mutation): Mutation => ({ ...mutation, verdict: "unknown" });

export const mutations: Mutation[] = [
  unknown(
    one("L01", "an instance that says all but its user data, which a template of others may hold", "host-setup-readable", (p) =>
      host(p, { launchTemplate: TEMPLATE }),
    ),
  ),
  unknown(
    one("L01-group", "a group of machines from a template of others", "host-setup-readable", (p) =>
      p.add("aws:autoscaling/group:Group", "tools", {
        vpcZoneIdentifiers: [subnet(p).id],
        minSize: 1,
        maxSize: 1,
        launchTemplate: TEMPLATE,
      }),
    ),
  ),
  one("L01-own", "an instance from a template of the program that has no user data", [], (p) =>
    host(p, {
      launchTemplate: {
        id: p.add("aws:ec2/launchTemplate:LaunchTemplate", "tool", {
          imageId: "ami-0123456789abcdef0",
          metadataOptions: SAFE.metadataOptions,
        }).id,
      },
    }),
  ),
  one("L01-data", "an instance whose own user data goes before a template's", [], (p) =>
    host(p, { launchTemplate: TEMPLATE, userData: "#!/bin/bash\nset -eu\necho ready\n" }),
  ),
  one("L02", "SSH of a Lightsail machine, open to everybody because no source is named", "admin-ports-not-open", (p) =>
    ports(p, { protocol: "tcp", fromPort: 22, toPort: 22 }),
  ),
  one("L02-halves", "two halves of the internet are the whole", "admin-ports-not-open", (p) =>
    ports(p, { protocol: "all", fromPort: 0, toPort: 65535, cidrs: ["0.0.0.0/1", "128.0.0.0/1"] }),
  ),
  one("L02-own", "SSH of a Lightsail machine for one office, and its site for everybody", [], (p) =>
    p.add("aws:lightsail/instancePublicPorts:InstancePublicPorts", "ports", {
      instanceName: "blog",
      portInfos: [
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrs: ["198.51.100.7/32"] },
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrs: ["0.0.0.0/0"] },
        { protocol: "udp", fromPort: 22, toPort: 22 },
      ],
    }),
  ),
  one("L03", "everybody may ask an organization", "not-shared-with-strangers", (p) => delegated(p, "*")),
  one("L03-own", "the own account may", [], (p) => delegated(p, { AWS: "arn:aws:iam::123456789012:root" })),
  one("L04", "a queue of another account hears of each model", "bucket-own-account", (p) => notified(p, "210987654321")),
  unknown(one("L05", "a tailnet's rules lead to the backend's subnet", "judgeable-resources", (p) => access(p, "10.0.101.0/24:9000"))),
  unknown(one("L05-host", "a tailnet's rules lead to an address in it", "judgeable-resources", (p) => access(p, "10.0.101.10:*"))),
  one("L05-own", "a tailnet's rules about its own addresses", [], (p) => access(p, "100.101.102.103:443")),
];
