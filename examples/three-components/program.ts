/** One public host in a network of its own, with a package installed over SSH. The three components do it; the rest is plain @pulumi/aws. */
import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import { bastionHostKey, Host, hostKeyScript, Network, RemoteSetup, type RemoteStep } from "ml-gateway/components";

export async function program(): Promise<pulumi.Inputs> {
  const config = new pulumi.Config();
  const region = new pulumi.Config("aws").require("region");
  const sshFrom = config.require("sshFrom");
  const network = new Network("network", {
    config: {
      cidr: "10.1.0.0/16",
      availabilityZones: [`${region}a`],
      gatewaySubnets: ["10.1.1.0/24"],
      webserverSubnets: ["10.1.101.0/24"],
    },
    region,
    bucketName: config.require("bucket"),
  });
  const group = new ec2.SecurityGroup("group", { vpcId: network.vpcId, description: "SSH from one place, packages from anywhere" });
  const rule = { securityGroupId: group.id, ipProtocol: "tcp" };
  new vpc.SecurityGroupIngressRule("ssh", { ...rule, fromPort: 22, toPort: 22, cidrIpv4: sshFrom });
  new vpc.SecurityGroupEgressRule("packages", { ...rule, fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" });
  const image = await ec2.getAmi({
    owners: ["099720109477"],
    mostRecent: true,
    filters: [{ name: "name", values: ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20*"] }],
  });
  const { instance } = new Host("host", {
    role: "gateway",
    config: { instanceType: "t3.micro", rootVolumeGiB: 10 },
    image: image.id,
    subnetId: network.publicSubnetIds[0] ?? "",
    groupId: group.id,
    keyName: new ec2.KeyPair("key", { publicKey: config.require("publicKey") }).keyName,
    userData: "",
    statements: [],
    publicAddress: true,
    forwards: false,
  });
  const asked = { address: instance.publicIp, instanceId: instance.id, script: hostKeyScript(), allowed: [sshFrom] };
  const setup = new RemoteSetup<RemoteStep>("host", {
    connection: {
      host: instance.publicIp,
      user: "ubuntu",
      privateKey: config.requireSecret("privateKey"),
      hostKey: bastionHostKey("host-key", asked, {}),
    },
    scripts: { create: "exec sudo -n /bin/bash -s\n", stdin: "install -d -m 755 /srv/hello\n" },
    valuesFor: () => ({}),
  });
  setup.add({
    name: "packages",
    create: "exec sudo -n timeout -k 10 300 /bin/bash -s\n",
    secret: false,
    stdin: () => "set -eu\nexport DEBIAN_FRONTEND=noninteractive\napt-get -q -o DPkg::Lock::Timeout=300 install -y jq\n",
  });
  return { address: instance.publicIp };
}
