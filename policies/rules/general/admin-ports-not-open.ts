import type { Finding, Policy } from "../../core/types";
import { describeGroup, mayBeIn } from "../../graph/network/groups";
import { byTraffic, publicSources, widestWritten } from "../../graph/network/exposure";
import { networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { covers } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import type { Rule } from "../../graph/network/rules";
import { nodeGroups } from "./node-groups";
import { lightsailPorts } from "./lightsail-ports";
import type { Ports } from "./lightsail-ports";

/** Ports by which a machine is taken over or its data read, where the whole internet may try. */
const PORTS: Ports = [
  [22, "SSH"],
  [3389, "RDP"],
  [5985, "WinRM"],
  [5986, "WinRM"],
  [2375, "the Docker API"],
  [2376, "the Docker API"],
  [3306, "MySQL"],
  [5432, "PostgreSQL"],
  [1433, "SQL Server"],
  [27017, "MongoDB"],
  [6379, "Redis"],
  [9200, "Elasticsearch"],
];

export const policy: Policy = {
  id: "admin-ports-not-open",
  severity: "high",
  control: "NET-4",
  tags: ["network", "security-group", "ssh", "public-access"],
  description: "No security group opens SSH, RDP or a database to a large part of the internet (sshWidestPrefix, default /15; IPv6 /38).",
  why: "These ports are tried by everybody all day: one weak password, one old key or one unpatched server is enough.",
  remediationSteps: "Name your own addresses or a security group as the source, or connect by SSM Session Manager and open no port.",
  enforcementLevel: "mandatory",
  bad: `new aws.ec2.SecurityGroup("web", { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }] });`,
  good: `new aws.ec2.SecurityGroup("web", { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["198.51.100.7/32"] }] });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const groups = new Map<string, Rule[]>();
    for (const rule of network.rules.filter((one) => one.direction === "ingress" && isStrange(network, one))) {
      const key = describeGroup(rule.group);
      groups.set(key, [...(groups.get(key) ?? []), rule]);
    }
    return [
      ...[...groups.values()].flatMap((rules) => check(rules, settings.sshWidestPrefix)),
      ...nodeGroups(graph),
      ...lightsailPorts(
        graph,
        PORTS,
        settings.sshWidestPrefix,
        (ports, block) => `opens ${named(ports)} to ${block}. Name your own addresses in cidrs.`,
      ),
    ];
  },
};

/** The groups of the gateway and the backend have policies of their own. */
function isStrange({ gateways, guards, maybeGuards }: Network, { group }: Rule): boolean {
  return ![gateways, guards, maybeGuards].some((known) => mayBeIn(group, known));
}

/** One finding a rule, with all the ports that it opens. */
function check(rules: readonly Rule[], prefix: number): Finding[] {
  const found = new Map<Rule, { readonly ports: string[]; readonly block: string }>();
  for (const [port, name] of PORTS) {
    const open = rules.filter(({ traffic }) => covers(traffic, port) === "yes");
    for (const together of byTraffic(open)) {
      const block = widestWritten(together, prefix);
      if (block === undefined) continue;
      for (const rule of together.filter((one) => publicSources([one]).v4.length + publicSources([one]).v6.length > 0)) {
        const { ports } = found.get(rule) ?? { ports: [] };
        found.set(rule, { block, ports: [...ports, `${name} (${String(port)})`] });
      }
    }
  }
  return [...found].map(([rule, { ports, block }]) => ({
    verdict: "violation",
    urn: rule.resource.urn,
    message: `${place(rule)} opens ${named(ports)} of ${describeGroup(rule.group)} to ${block}. Name your own addresses or a group as the source.`,
  }));
}

function named(ports: readonly string[]): string {
  return ports.length > 4 ? `every port, ${ports.slice(0, 3).join(", ")} among them,` : ports.join(", ");
}
