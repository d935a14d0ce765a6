import type { Finding, Policy } from "../../core/types";
import { comesByTunnel, connectGroups } from "../../graph/network/connect-endpoints";
import { mayBeIn, type Group, type GroupRef } from "../../graph/network/groups";
import { networkOf, type Network } from "../../graph/network/model";
import { covers } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import type { Rule } from "../../graph/network/rules";
import { distinct, finding } from "./report";

const SSH = 22;
const FIX = "Remove the rule, or let it name the group of the EC2 Instance Connect Endpoint as its only source.";

export const policy: Policy = {
  id: "ssh-closed-behind-tunnel",
  severity: "high",
  control: "NET-4",
  tags: ["network", "security-group", "ssh"],
  description:
    "Where remote steps come through a tunnel of Systems Manager or of EC2 Instance Connect (they connect to a port of the machine that runs Pulumi, or the tag SshAccess of a security group says so: ssm, instance-connect, or none where no step logs in), port 22 of gateway and backend is open to the endpoint's group at most.",
  why: "The tunnel is there so that nobody reaches SSH from the network. A port that stays open beside it is tried by everybody, and IAM knows nothing of who comes that way.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection: { host: "127.0.0.1", port: 24022, ... } });
new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "198.51.100.7/32" });`,
  good: `new command.remote.Command("x", { connection: { host: "127.0.0.1", port: 24022, ... } });
new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, referencedSecurityGroupId: endpointGroup.id });`,
  evaluate(graph, settings) {
    if (!comesByTunnel(graph)) return [];
    const network = networkOf(graph, settings);
    const own = new Map([...network.gateways, ...network.guards]);
    const doors = connectGroups(network);
    return distinct(network.rules.flatMap((rule) => judge(network, rule, own, doors)));
  },
};

/** Not known at all, or an id from elsewhere, which may be on one of the hosts. */
const isAnybodys = ({ is, maybe, literal }: GroupRef): boolean => is === undefined && (literal !== undefined || maybe.length === 0);

function judge({ settings }: Network, rule: Rule, own: ReadonlyMap<string, Group>, doors: ReadonlyMap<string, Group>): Finding[] {
  const { direction, group, traffic, source, resource } = rule;
  const opens = covers(traffic, SSH);
  // Where the service itself listens on port 22, its own policies speak.
  if (settings.servicePort === SSH || direction === "egress" || opens === "no" || !(mayBeIn(group, own) || isAnybodys(group))) return [];
  const named = source.kind === "group" ? source.ref : undefined;
  if (named?.is !== undefined && doors.has(named.is.key)) return [];
  const text = `${place(rule)} opens port 22 to ${source.text}, beside the tunnel that the steps come through`;
  const maybeDoor = named !== undefined && named.is === undefined && (named.maybe.length === 0 || mayBeIn(named, doors));
  const certain = direction === "ingress" && opens === "yes" && group.is !== undefined && source.kind !== "unknown" && !maybeDoor;
  return [
    certain ? finding("violation", resource, `${text}. ${FIX}`) : finding("unknown", resource, `Whether ${text} is not known. ${FIX}`),
  ];
}
