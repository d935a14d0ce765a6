import type { Finding, Policy } from "../../core/types";
import type { Host } from "../../graph/network/hosts";
import type { NetworkInterface } from "../../graph/network/network-interface";
import { describe, networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { mayBe } from "../../graph/network/targets";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "backend-no-public-address",
  severity: "critical",
  control: "NET-2",
  tags: ["network", "instance", "public-access"],
  description:
    "No backend host has a public IPv4 or IPv6 address: not by itself, by its subnet, by a template, by an elastic address or by a second interface.",
  why: "With an address of its own the backend can be reached past the gateway as soon as one security group rule is wrong.",
  remediationSteps:
    "Set associatePublicIpAddress: false, remove the elastic address, and place the host in a subnet that gives out no public addresses.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Eip("debug", { instance: backend.id });`,
  good: `new aws.ec2.Instance("backend", { subnetId: privateSubnet.id, associatePublicIpAddress: false, ... });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    return distinct(
      network.backends.flatMap((host) => {
        const found = [
          ...host.networkInterfaces.flatMap((networkInterface) => interfaceFindings(network, host, networkInterface)),
          ...elasticAddresses(network, host),
        ];
        return host.backend === "maybe" ? found.map((one): Finding => ({ ...one, verdict: "unknown" })) : found;
      }),
    );
  },
};

function interfaceFindings(network: Network, host: Host, networkInterface: NetworkInterface): Finding[] {
  const where =
    networkInterface.path === ""
      ? describe(networkInterface.resource)
      : `${networkInterface.path} of ${describe(networkInterface.resource)}`;
  const who = `${describe(host.resource)}${host.backend === "role" ? "" : ", which carries the backend's group,"}`;
  const found: Finding[] = [];
  if (networkInterface.publicIp === true)
    found.push(
      finding(
        "violation",
        networkInterface.resource,
        `${where} gives ${who} a public IPv4 address. Set associatePublicIpAddress to false.`,
      ),
    );
  if (networkInterface.publicIp === "unknown")
    found.push(
      finding(
        "unknown",
        networkInterface.resource,
        `Whether ${where} gives ${who} a public IPv4 address is not known yet. Give associatePublicIpAddress a plain false.`,
      ),
    );
  if (networkInterface.ipv6 === true)
    found.push(
      finding(
        "violation",
        networkInterface.resource,
        `${where} gives ${who} IPv6 addresses, which are public ones. Take the IPv6 addresses away.`,
      ),
    );
  if (networkInterface.ipv6 === "unknown")
    found.push(finding("unknown", networkInterface.resource, `Whether ${where} gives ${who} IPv6 addresses is not known yet.`));
  return [...found, ...subnetFindings(network, who, networkInterface)];
}

/** What the network interface leaves open, its subnet decides. */
function subnetFindings(network: Network, who: string, networkInterface: NetworkInterface): Finding[] {
  if (networkInterface.subnets === "open") return [];
  if (networkInterface.subnets === "default-vpc") {
    if (networkInterface.publicIp !== undefined) return [];
    return [
      finding(
        "violation",
        networkInterface.resource,
        `${who} names no subnet, so it is in the default VPC, whose subnets give out public addresses. Name a private subnet.`,
      ),
    ];
  }
  const known = networkInterface.subnets.certain.map((subnet) => [subnet, true] as const);
  const maybe = networkInterface.subnets.maybe.map((subnet) => [subnet, false] as const);
  return [...known, ...maybe].flatMap(([resource, certain]) => {
    const subnet = network.subnets.get(resource.urn);
    if (!subnet) return [];
    const found: Finding[] = [];
    const say = (given: boolean | "unknown" | undefined, option: string, what: string): void => {
      if (given !== true && given !== "unknown") return;
      const verdict = certain && given === true ? "violation" : "unknown";
      found.push(
        finding(
          verdict,
          networkInterface.resource,
          `${who} gets ${what} from its subnet ${resource.name} (${option}). Set ${option} to false.`,
        ),
      );
    };
    if (networkInterface.publicIp === undefined) say(subnet.mapPublicIp, "mapPublicIpOnLaunch", "a public IPv4 address");
    if (networkInterface.ipv6 === undefined) say(subnet.assignIpv6, "assignIpv6AddressOnCreation", "a public IPv6 address");
    return found;
  });
}

function elasticAddresses(network: Network, host: Host): Finding[] {
  const parts = [host.resource, ...host.interfaceResources];
  return network.addresses.flatMap(({ resource, path, on }) => {
    if (!parts.some((part) => mayBe(on, part))) {
      const lost = !on.is && on.maybe.length === 0 && on.literal === undefined;
      return lost
        ? [
            finding(
              "unknown",
              resource,
              `Whether the elastic address ${resource.name} is put on a backend host is not known: its ${path} is not known yet.`,
            ),
          ]
        : [];
    }
    if (on.is)
      return [
        finding("violation", resource, `The elastic address ${resource.name} (${path}) is put on ${describe(host.resource)}. Remove it.`),
      ];
    const what = on.literal ?? `one of ${on.maybe.map((one) => one.name).join(", ")}`;
    return [
      finding(
        "unknown",
        resource,
        `The elastic address ${resource.name} (${path}) is put on ${what}, which may be ${describe(host.resource)}. Name the host by its resource.`,
      ),
    ];
  });
}
