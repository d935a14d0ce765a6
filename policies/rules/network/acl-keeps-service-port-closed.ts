import type { Finding, Policy } from "../../core/types";
import { allAcls, mayOpen, opensTo, strayAclRules } from "../../graph/network/acls";
import type { Acl } from "../../graph/network/acls";
import { networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { backendSubnets } from "../../graph/network/placement";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "acl-keeps-service-port-closed",
  severity: "medium",
  control: "NET-1",
  tags: ["network", "subnet"],
  description: "A network ACL on a private subnet does not let the Internet in on the service port or on port 22.",
  why: "The ACL is the second layer: it holds when a security group rule is wrong. An ACL of your own starts closed; only what it allows is open.",
  remediationSteps:
    "Allow the ports from the public subnets' blocks; answers need only the ephemeral ports (from 1024 to 65535, after a deny for the service port).",
  enforcementLevel: "mandatory",
  bad: `new aws.ec2.NetworkAcl("private", { vpcId, subnetIds: [privateSubnet.id], ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 9000, toPort: 9000, cidrBlock: "0.0.0.0/0" }] });`,
  good: `new aws.ec2.NetworkAcl("private", { vpcId, subnetIds: [privateSubnet.id], ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 9000, toPort: 9000, cidrBlock: "10.0.1.0/24" }] });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const ports = [...new Set([settings.servicePort, 22])];
    const strays = strayAclRules(graph).filter((rule) => ports.some((port) => mayOpen(rule, port)));
    return distinct([
      ...allAcls(graph).flatMap((acl) => ports.flatMap((port) => check(network, acl, port))),
      ...strays.map((rule) =>
        finding(
          "unknown",
          rule.resource,
          `The ACL rule ${rule.resource.name} lets ${rule.text} in on an ACL that is not part of this program: whether a private subnet uses it is not known.`,
        ),
      ),
    ]);
  },
};

function check(network: Network, acl: Acl, port: number): Finding[] {
  const own = backendSubnets(network).map(({ resource }) => resource);
  const certain = own.filter((subnet) => acl.subnets.has(subnet));
  const maybe = own.filter((subnet) => acl.maybeSubnets.has(subnet));
  const opened = opensTo(acl, port);
  if (!opened || certain.length + maybe.length === 0) return [];
  const { rule } = opened;
  const where = rule.path === "" ? rule.resource.name : `${rule.path} of ${rule.resource.name}`;
  const subnets = [...certain, ...maybe].map(({ name }) => name).join(", ");
  const sure = opened.certain && certain.length > 0;
  return [
    finding(
      sure ? "violation" : "unknown",
      rule.resource,
      `${where} ${sure ? "lets" : "may let"} ${rule.text} in on port ${String(port)} of the private subnets ${subnets} (${acl.label}). Allow the gateway's subnets alone.`,
    ),
  ];
}
