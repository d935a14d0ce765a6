/** The router as text: security groups, source/destination check and public addresses for nft; routing for `ip`. Pure. */
import type { Host, LabState, Rule } from "./topology";
import { MANAGED_NAT_ADDRESS, SERVICES, prefixLength, routerAddress } from "./topology";

const hostsOf = (state: LabState): readonly Host[] => Object.values(state.hosts);
const set = (items: readonly string[]): string => `{ ${items.join(", ")} }`;
const quoted = (items: readonly string[]): string => set(items.map((item) => `"${item}"`));

/** One security group rule as nft matches; nothing when it speaks about a group that has no member yet. */
function matchOf(rule: Rule, state: LabState): string | undefined {
  const side = rule.direction === "ingress" ? "saddr" : "daddr";
  const peer = rule.peer;
  let addresses: readonly string[];
  if ("cidr" in peer) addresses = [peer.cidr];
  else if ("s3" in peer) addresses = [SERVICES.address];
  else {
    const balancer = state.balancers?.[peer.group];
    const members = hostsOf(state).filter((host) => host.groups.includes(peer.group));
    addresses = [...members.map((host) => host.address), ...(balancer === undefined ? [] : [balancer])];
  }
  if (addresses.length === 0) return undefined;
  // nft refuses a whole-internet prefix inside a set, and needs none of it.
  const from = addresses.includes("0.0.0.0/0") ? "" : `ip ${side} ${set(addresses)} `;
  if (rule.protocol === "-1") return from;
  if (rule.protocol === "icmp") return `${from}meta l4proto icmp `;
  return `${from}${rule.protocol} dport ${rule.fromPort ?? 0}-${rule.toPort ?? 65535} `;
}

function hostChains(host: Host, state: LabState): string {
  const rules = (direction: Rule["direction"]): string[] =>
    host.groups
      .flatMap((group) => state.groups[group] ?? [])
      .filter((rule) => rule.direction === direction)
      .flatMap((rule) => matchOf(rule, state) ?? []);
  const out = rules("egress").map((match) => `    ${match}return`);
  const into = rules("ingress").map((match) => `    ${match}accept`);
  return [`  chain ${host.name}-out {`, ...out, "    drop", "  }", `  chain ${host.name}-in {`, ...into, "    drop", "  }"].join("\n");
}

function sourceDestination(host: Host): string {
  if (!host.sourceDestCheck) return "";
  return `    iifname "${host.name}" ip saddr != ${host.address} drop\n    oifname "${host.name}" ip daddr != ${host.address} drop\n`;
}

/** Who may reach S3 without a NAT instance: by endpoint, by public address or by managed NAT. */
const reaches = (host: Host): boolean => host.s3Endpoint || reachesOutside(host);
const reachesOutside = (host: Host): boolean => host.publicAddress !== undefined || host.egress.via === "managed";

/** The whole rule set; loading it replaces the one before in one transaction. */
export function renderFirewall(state: LabState): string {
  const hosts = hostsOf(state);
  const allow = (ok: (host: Host) => boolean): string => {
    const addresses = hosts.filter(ok).map((host) => host.address);
    return addresses.length === 0 ? "" : `    ip saddr ${set(addresses)} accept\n`;
  };
  const cut = state.cut.length === 0 ? "" : `    iifname ${quoted(state.cut)} drop\n    oifname ${quoted(state.cut)} drop\n`;
  const jumps = (suffix: "in" | "out"): string[] => hosts.map((host) => `"${host.name}" : jump ${host.name}-${suffix}`);
  return `table inet lab {}
delete table inet lab
table inet lab {
  chain forward {
    type filter hook forward priority filter; policy drop;
${cut}${hosts.map(sourceDestination).join("")}    ip daddr ${set([SERVICES.metadata, SERVICES.resolver])} accept
    ct state established,related accept
    iifname vmap ${set([...jumps("out"), `"operator" : jump outside-out`])}
    oifname vmap ${set([...jumps("in"), `"operator" : jump outside-in`, `"services" : jump services-in`])}
  }
  chain outside-out {
    oifname "services" return
    ct status dnat return
    drop
  }
  chain outside-in {
${allow(reachesOutside)}    drop
  }
  chain services-in {
    iifname "operator" accept
${allow(reaches)}    drop
  }
${hosts.map((host) => hostChains(host, state)).join("\n")}
  chain prerouting {
    type nat hook prerouting priority dstnat;
${hosts.map((host) => (host.publicAddress === undefined ? "" : `    iifname "operator" ip daddr ${host.publicAddress} dnat ip to ${host.address}\n`)).join("")}  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
${hosts.map((host) => `${sourceNat(host)}`).join("")}  }
}
`;
}

function sourceNat(host: Host): string {
  const address = host.publicAddress ?? (host.egress.via === "managed" ? MANAGED_NAT_ADDRESS : undefined);
  return address === undefined ? "" : `    oifname "operator" ip saddr ${host.address} snat ip to ${address}\n`;
}

/** Commands for `ip -batch` in the router: how to reach each host, and where each host's packets go. */
export function renderRoutes(state: LabState): string[] {
  return hostsOf(state).flatMap((host) => {
    const table = 100 + host.index;
    return [
      `route replace ${host.address}/32 dev ${host.name}`,
      // "throw": go on in the main table, which knows every host and the services.
      ...[state.cidr, `${SERVICES.metadata}/32`, `${SERVICES.resolver}/32`].map((to) => `route replace throw ${to} table ${table}`),
      host.s3Endpoint
        ? `route replace throw ${SERVICES.address}/32 table ${table}`
        : `${outwardRoute(host, state, `${SERVICES.address}/32`)} table ${table}`,
      `${outwardRoute(host, state, "default")} table ${table}`,
    ];
  });
}

function outwardRoute(host: Host, state: LabState, destination: string): string {
  const egress = host.egress;
  if (egress.via === "none") return `route replace unreachable ${destination}`;
  if (egress.via !== "host") return `route replace throw ${destination}`;
  const next = state.hosts[egress.host];
  return next === undefined
    ? `route replace unreachable ${destination}`
    : `route replace ${destination} via ${next.address} dev ${next.name} onlink`;
}

/** What makes a new host's end of its link: addresses as the subnet has them, everything by the router (also within the subnet). */
export function hostLink(host: Host): { readonly router: string[]; readonly host: string[] } {
  const gateway = routerAddress(host.subnet);
  return {
    router: [
      `address add ${gateway}/32 dev ${host.name}`,
      `link set ${host.name} up`,
      `rule add pref ${100 + host.index} iif ${host.name} lookup ${100 + host.index}`,
    ],
    host: [
      "link set lo up",
      `address add ${host.address}/${prefixLength(host.subnet)} dev eth0`,
      "link set eth0 up",
      `route add default via ${gateway}`,
    ],
  };
}
