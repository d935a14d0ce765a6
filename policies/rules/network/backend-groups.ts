import type { Finding, Policy } from "../../core/types";
import type { Host } from "../../graph/network/hosts";
import type { NetworkInterface } from "../../graph/network/network-interface";
import { describe, networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "backend-groups",
  severity: "critical",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The backend names its security groups, all of them are groups of this program, and none of them is the gateway's.",
  why: "Without a group AWS takes the VPC's default group. With the gateway's group the backend is open like the gateway. Groups from elsewhere cannot be evaluated.",
  remediationSteps: "Give the backend its own group alone: vpcSecurityGroupIds: [backendGroup.id].",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Instance("backend", { subnetId: privateSubnet.id, vpcSecurityGroupIds: [backendGroup.id, gatewayGroup.id] });`,
  good: `new aws.ec2.Instance("backend", { subnetId: privateSubnet.id, vpcSecurityGroupIds: [backendGroup.id] });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const backends = network.backends.filter(({ backend, gateway }) => backend === "role" && !gateway);
    return distinct(
      backends.flatMap((host) => host.networkInterfaces.flatMap((networkInterface) => check(network, host, networkInterface))),
    );
  },
};

function check({ gateways }: Network, host: Host, { resource, path, groups }: NetworkInterface): Finding[] {
  const who = `${describe(resource)}${path === "" ? "" : ` (${path})`}${resource === host.resource ? "" : `, an interface of ${describe(host.resource)},`}`;
  if (groups === "open") return [];
  if (groups === "default") {
    const message = `${who} names no security group, so AWS takes the default group of the VPC. Name the backend's group.`;
    // An attachment that names a group may still be registered.
    return [{ ...finding("violation", resource, message), whole: true }];
  }
  const wrong = groups.certain.filter(({ key }) => gateways.has(key));
  const doubtful = groups.maybe.filter(({ key }) => gateways.has(key));
  const found = wrong.map(({ label }) =>
    finding(
      "violation",
      resource,
      `${who} carries the gateway's group ${label}: what is open on the gateway is open on it. Remove the group.`,
    ),
  );
  if (doubtful.length > 0)
    found.push(finding("unknown", resource, `${who} may carry the gateway's group ${doubtful.map(({ label }) => label).join(", ")}.`));
  if (groups.blind || groups.literals.length > 0) {
    const what = groups.literals.length > 0 ? `the group ${groups.literals.join(", ")}` : "a group that is not known yet";
    found.push(
      finding("unknown", resource, `${who} carries ${what}, which is not part of this program: what that group allows is not known.`),
    );
  }
  return found;
}
