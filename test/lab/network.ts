/** A lab's network for real: namespaces, links between them and the router's rules. Everything lives in namespaces; nothing in the root one. */
import { existsSync } from "node:fs";
import { hostLink, renderFirewall, renderRoutes } from "./firewall";
import { must, run } from "./process";
import type { Host, LabState } from "./topology";
import { OPERATOR, SERVICES, hostNamespace, labOfNamespace, namespaceOf } from "./topology";

const namespaceExists = (name: string): boolean => existsSync(`/run/netns/${name}`);

/** Runs `ip` commands, one a line, in a namespace. @throws at the first that fails */
async function ipBatch(namespace: string, lines: readonly string[]): Promise<void> {
  await must(["ip", "-n", namespace, "-batch", "-"], { input: lines.join("\n") + "\n" });
}

const sysctl = (namespace: string, ...settings: string[]): Promise<string> =>
  must(["ip", "netns", "exec", namespace, "sysctl", "-q", "-w", ...settings]);

/** The parts every lab has: router, operator (the outside) and services. */
export async function createNetwork(lab: string): Promise<void> {
  const [router, operator, services] = ["router", "operator", "services"].map((part) => namespaceOf(lab, part)) as [string, string, string];
  for (const name of [router, operator, services]) await must(["ip", "netns", "add", name]);
  await sysctl(router, "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0");
  await must(["ip", "link", "add", "operator", "netns", router, "type", "veth", "peer", "name", "eth0", "netns", operator]);
  await must(["ip", "link", "add", "services", "netns", router, "type", "veth", "peer", "name", "eth0", "netns", services]);
  await ipBatch(router, [
    "link set lo up",
    `address add ${OPERATOR.gateway}/${OPERATOR.prefix} dev operator`,
    `address add ${SERVICES.gateway}/${SERVICES.prefix} dev services`,
    "link set operator up",
    "link set services up",
    `route add ${SERVICES.metadata}/32 dev services`,
    `route add ${SERVICES.resolver}/32 dev services`,
  ]);
  await ipBatch(operator, [
    "link set lo up",
    `address add ${OPERATOR.address}/${OPERATOR.prefix} dev eth0`,
    "link set eth0 up",
    `route add default via ${OPERATOR.gateway}`,
  ]);
  await ipBatch(services, [
    "link set lo up",
    `address add ${SERVICES.address}/${SERVICES.prefix} dev eth0`,
    `address add ${SERVICES.metadata}/32 dev eth0`,
    `address add ${SERVICES.resolver}/32 dev eth0`,
    "link set eth0 up",
    `route add default via ${SERVICES.gateway}`,
  ]);
}

/** A host's namespace and its link to the router. */
export async function createHostNetwork(lab: string, host: Host): Promise<void> {
  const router = namespaceOf(lab, "router");
  const own = hostNamespace(lab, host.name);
  await must(["ip", "netns", "add", own]);
  await must(["ip", "link", "add", host.name, "netns", router, "type", "veth", "peer", "name", "eth0", "netns", own]);
  // Within a subnet, too, packets pass the router: security groups hold between neighbours as on EC2.
  await sysctl(router, `net.ipv4.conf.${host.name}.proxy_arp=1`);
  const link = hostLink(host);
  await ipBatch(router, link.router);
  await ipBatch(own, link.host);
}

/** Makes the router do what the state says: routes first, then the rules in one transaction. */
export async function applyNetwork(state: LabState): Promise<void> {
  const router = namespaceOf(state.name, "router");
  const routes = renderRoutes(state);
  if (routes.length > 0) await ipBatch(router, routes);
  await must(["ip", "netns", "exec", router, "nft", "-f", "-"], { input: renderFirewall(state) });
}

export async function removeHostNetwork(lab: string, host: Host): Promise<void> {
  const router = namespaceOf(lab, "router");
  if (namespaceExists(router)) {
    await run(["ip", "-n", router, "rule", "del", "pref", String(100 + host.index)]);
    // By itself it goes with the namespace, and that with whatever still holds it: too late for the next machine of this name.
    await run(["ip", "-n", router, "link", "del", host.name]);
  }
  if (namespaceExists(hostNamespace(lab, host.name))) await must(["ip", "netns", "del", hostNamespace(lab, host.name)]);
}

/** Namespaces of a lab that exist; of every lab of this checkout when no name is given. */
export async function namespacesOf(lab?: string): Promise<string[]> {
  const listed = (await must(["ip", "netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  return listed.filter((name) => {
    const owner = labOfNamespace(name);
    return owner !== undefined && (lab === undefined || owner === lab);
  });
}

/** Ends what still runs in the lab's namespaces (an `ssh` of a person, say) and removes them. */
export async function removeNetwork(lab: string): Promise<void> {
  for (const name of await namespacesOf(lab)) {
    for (const id of (await must(["ip", "netns", "pids", name])).split("\n").filter((line) => line !== "")) await run(["kill", "-9", id]);
    await must(["ip", "netns", "del", name]);
  }
}
