/** Programs and rules that make a port of a host reachable on another way than its security group says. */
import type { Executed } from "../../shell/state";
import { nameOf } from "../../shell/paths";
import { show } from "../../shell/text";
import { programOf, wordsOf } from "./runs";

/** What a command opens, as the end of a sentence; undefined for others. */
export function tunnelOf(run: Executed): string | undefined {
  const program = programOf(run);
  const words = wordsOf(run);
  const line = words.join(" ");
  if (words.some((w) => /^(--version|-V|--help|-h|version|help)$/u.test(w))) return undefined;
  if (SERVICES.test(program) && !IDLE.test(words.find((w) => !w.startsWith("-")) ?? ""))
    return `\`${program}\` makes the host reachable through its operator`;
  if (/^tailscale$/u.test(program) && /^(up|funnel|serve|set|login)$/u.test(words.find((w) => !w.startsWith("-")) ?? ""))
    return "`tailscale` puts the host into another network";
  if (
    /^(tailscaled|zerotier-cli|zerotier-one|netbird|nebula|headscale|twingate|wg-quick|openvpn|netclient|tincd|n2n|edge)$/u.test(program) &&
    !/^(status|show|down|info|list\w*)\b/u.test(line)
  )
    return `\`${program}\` puts the host into another network`;
  if (
    program === "ip" &&
    /\b(link|tunnel|tuntap|fou|l2tp)\b.*\badd\b/u.test(line) &&
    (NETWORKS.test(line) || /^(-\S+ )*(tunnel|tuntap|l2tp)\b/u.test(line))
  )
    return `\`ip ${show(line)}\` puts the host into another network`;
  if (program === "wg" && /^(set|setconf|addconf|syncconf)\b/u.test(line)) return "`wg` puts the host into another network";
  if (program === "caddy" && /^(reverse-proxy|file-server|respond|run|start)\b/u.test(line)) return "`caddy` is a front of its own";
  const behind = startedBy(program, words);
  if (behind !== undefined) return `\`${program} ${show(behind)}\` starts what makes the host reachable on another way`;
  if (program === "kubectl") return ofCluster(words, line);
  if (/^(ssh|autossh)$/u.test(program)) return sshTunnel(words);
  if (/^socat\d?$/u.test(program) && /\b(TCP|UDP|OPENSSL|SSL|SCTP)\d?-L(ISTEN)?:/iu.test(line))
    return `\`socat ${show(words.slice(0, 2).join(" "))}\` forwards a port`;
  if (
    /^(nc|ncat|netcat)$/u.test(program) &&
    words.some((w) => /^-\w*l|^--listen$/u.test(w)) &&
    words.some((w) => /^-\w*[ec]$|^--(exec|sh-exec)$/u.test(w))
  )
    return `\`${program} -l\` hands a port to a program`;
  if (
    /^(rinetd|redir|simpleproxy|balance|pen|goproxy|gost|3proxy|microsocks|dante|sockd|tinyproxy|systemd-socket-proxyd|proxychains4?|sshuttle|stunnel4?|haproxy|bore|rathole|iodine|dnscat2?|ptunnel)$/u.test(
      program,
    ) &&
    !/^-c\b|\s-c\s|^-(vv?|t)$/u.test(line)
  )
    return `\`${program}\` forwards a port`;
  if (/^(iptables|ip6tables)(-legacy|-nft)?$/u.test(program)) return natRule(words, line);
  if (program === "iptables-restore" || program === "ip6tables-restore")
    return /-j\s+(DNAT|REDIRECT|TPROXY)/u.test(run.stdin + (run.code ?? "")) ? "`iptables-restore` forwards a port" : undefined;
  if (program === "nft" && /\b(dnat|redirect)\b/u.test(line + run.stdin + (run.code ?? ""))) return "`nft` forwards a port";
  if (program === "firewall-cmd" && /--add-forward-port/u.test(line)) return "`firewall-cmd --add-forward-port` forwards a port";
  if (program === "ipvsadm" && /^-A|-a/u.test(line)) return "`ipvsadm` forwards a port";
  return undefined;
}

/** Services of a cluster that every address of the host answers for, and forwards that do not stay on the loopback interface. */
function ofCluster(words: readonly string[], line: string): string | undefined {
  const action = words.find((w) => !w.startsWith("-"));
  const opens =
    (action === "expose" && /--type[= ](NodePort|LoadBalancer)|--external-ip/u.test(line)) ||
    (action === "create" && /\b(service|svc) (nodeport|loadbalancer)\b/u.test(line)) ||
    ((action === "port-forward" || action === "proxy") && /--address[= ](?!127\.|localhost)/u.test(line));
  return opens ? `\`kubectl ${show(line)}\` opens a port of the host` : undefined;
}

const NETWORKS = /\btype\s+(wireguard|gre|gretap|erspan|ip6gre\S*|ipip|sit|vti6?|vxlan|geneve|xfrm|gtp|bareudp)\b/u;
const JOINS =
  /^(tailscaled?|zerotier(-one|-cli)?|netbird|nebula|twingate(-connector)?|wg-quick(@.*)?|openvpn(-client)?(@.*)?|netclient|tincd?(@.*)?|autossh(@.*)?|sing-box|v2ray|xray|hysteria\S*|shadowsocks\S*|ss-server|trojan\S*|wireguard|headscale)$/u;

/** The program that another one starts: a unit of its package, an image of its maker, a package that is run without being installed. */
function startedBy(program: string, words: readonly string[]): string | undefined {
  const [action = "", ...rest] = words.filter((word) => !word.startsWith("-"));
  const opens = (name: string): boolean => SERVICES.test(name) || JOINS.test(name);
  const opensUnit = (unit: string): boolean => opens(unit.replace(/\.service$/u, ""));
  if (program === "systemctl") return /^(start|restart|enable|reenable)$/u.test(action) ? rest.find(opensUnit) : undefined;
  if (program === "service") return (rest.includes("start") || rest.includes("restart")) && opensUnit(action) ? action : undefined;
  if (/^(docker|podman|nerdctl)$/u.test(program) && /^(run|create)$/u.test(action))
    return rest.find((word) => /\//u.test(word) && opens(nameOf(word).replace(/[:@].*$/u, "")));
  if (/^(npx|bunx|pnpx|npm|pnpm|yarn|uvx|pipx)$/u.test(program))
    return [action, ...rest].find((word) => opens(word.replace(/(?<=.)@.*$/u, "")));
  return undefined;
}

const SERVICES =
  /^(ngrok|cloudflared|frpc|frps|chisel|lt|localtunnel|pagekite(\.py)?|inlets|boringproxy|telebit|localxpose|loclx|expose|zrok|serveo|tunnelto|playit|pinggy|devtunnel|bore|teleconsole|tmate|sish|holesail)$/u;
const IDLE = /^(version|update|config|authtoken|help|login|diagnose|completion)$/u;

/** `-R` makes a port of this host reachable from the other one, `-L` with a bind address and `-D` another's from here. */
function sshTunnel(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const match = /^-[a-vx-zA-CE-KM-QS-Z0-9]*([RLDw])(.*)$/u.exec(word);
    if (!match) continue;
    const value = match[2] === "" ? (words[index + 1] ?? "") : (match[2] ?? "");
    if (match[1] === "R" || match[1] === "w") return `\`ssh -${match[1]} ${show(value)}\` opens a way into the host`;
    if (
      words.some((w) => /^-[a-zA-Z]*g/u.test(w)) ||
      /^(\*|0\.0\.0\.0|\[?::\]?|(\d+\.){3}\d+):/u.test(value.replace(/^127\.|^localhost:/u, "x"))
    )
      return `\`ssh -${match[1] ?? ""} ${show(value)}\` forwards a port to everybody who reaches the host`;
  }
  return words.some((w) => /^(-o)?(RemoteForward|Tunnel)\b/u.test(w)) ? "`ssh` with RemoteForward opens a way into the host" : undefined;
}

function natRule(words: readonly string[], line: string): string | undefined {
  const target = words[words.findIndex((w) => w === "-j" || w === "--jump") + 1];
  if (!/^(DNAT|REDIRECT|TPROXY)$/u.test(target ?? "") || words.some((w) => /^(-D|--delete|-C|--check)$/u.test(w))) return undefined;
  if (words.includes("OUTPUT")) return undefined;
  return `\`iptables ${show(line)}\` forwards a port`;
}
