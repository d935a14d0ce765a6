/** Rules of the host's packet filter in files: what they forward comes past nginx and the security group. */
import type { Format } from "./format";

const FORWARDS = /\b(DNAT|REDIRECT|TPROXY|dnat|redirect|tproxy)\b|forward-port|\bto-(port|addr)\b|\b--to-(destination|ports?)\b/u;

export const PACKETS: readonly Format[] = [
  {
    path: /^\/etc\/(ufw\/[\w.-]*\.rules|iptables\/[\w.-]+|sysconfig\/ip6?tables|nftables\.conf|nftables?(\.d)?\/.+|firewalld\/.+\.xml|shorewall6?\/(rules|snat|masq)|ferm\/.+)$/u,
    decides: "which ports lead where",
    harmless: (line) => !FORWARDS.test(line),
  },
  {
    path: /^\/etc\/ufw\/ufw\.conf$/u,
    decides: "whether the host's firewall is on",
    harmless: (line) => !/^ENABLED\s*=\s*["']?no/iu.test(line),
  },
];
