/** Where names lead and whom a host trusts: hosts, resolvers, certificate authorities, sources of packages. */
import type { Format } from "./format";
import { linesOf, never, only } from "./format";

const OWN_ADDRESS =
  /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cde][0-9a-f]{2}:|fe80:|ff0[0-9a-f]::|fd|0\.0\.0\.0$|::$)/iu;
const OWN_NAME = /^[^.]+$|\.(internal|local|lan|localdomain|home\.arpa|test|invalid|intranet|corp)\.?$/iu;

/** A name of one's own network, or an address that stays on the host. */
const hostsHarmless = (line: string): boolean => {
  const [address = "", ...names] = line.replace(/#.*/u, "").trim().split(/\s+/u);
  return /^(127\.|::1$|0\.0\.0\.0$|f[ef]0)/iu.test(address) || names.every((name) => OWN_NAME.test(name));
};

const addressesOf = (text: string): string[] =>
  text.match(/(?<![\w.])(\d{1,3}\.){3}\d{1,3}|(?<![\w:])[0-9a-f]{0,4}:[0-9a-f:]{2,40}/giu) ?? [];
const namesOwnServers = (line: string): boolean => addressesOf(line).every((address) => OWN_ADDRESS.test(address));

const OFFICIAL =
  /^https?:\/\/([\w.-]+\.)?(ubuntu\.com|debian\.org|amazonaws\.com|canonical\.com|launchpadcontent\.net|kernel\.org)(:\d+)?(\/|$)/iu;
/** A source of the distribution, or one over TLS whose packages are signed with a key of its own. */
const sourceHarmless = (line: string): boolean => {
  if (/\b(trusted|allow-insecure|allow-weak|allow-downgrade-to-insecure)\s*=\s*yes/iu.test(line)) return false;
  const urls = line.match(/\b[\w+]{1,20}:\/{1,2}\S+/gu) ?? [];
  return /^deb(-src)?\s/u.test(line) && urls.every((url) => OFFICIAL.test(url) || (/^https:/iu.test(url) && /signed-by=/u.test(line)));
};
const stanza = (text: string): string[] => text.split(/\n\s*\n/u).filter((part) => linesOf(part).length > 0);
const stanzaHarmless = (part: string): boolean => {
  const urls = part.match(/\b[\w+]{1,20}:\/{1,2}\S+/gu) ?? [];
  return (
    !/^\s*(Trusted|Allow-Insecure|Allow-Weak)\s*:\s*yes/imu.test(part) &&
    urls.every((url) => OFFICIAL.test(url) || (/^https:/iu.test(url) && /^Signed-By:/imu.test(part)))
  );
};

/** On the host itself, or a file that its mode guards. */
const listensInside = (line: string): boolean => {
  const [, address] = /^Listen(?:Stream|Datagram|SequentialPacket)\s*=\s*(\S*)/u.exec(line) ?? [];
  return address === undefined || address === "" || /^(\/|@|%t|127\.|\[::1\]|vsock:)/u.test(address);
};

export const NAMES: readonly Format[] = [
  {
    path: /^\/(etc|run|usr\/lib|lib)\/systemd\/system\/[^/]+\.socket(\.d\/[^/]+)?$/u,
    decides: "on which addresses the host listens",
    harmless: listensInside,
  },
  { path: /^\/etc\/hosts$|^\/etc\/cloud\/templates\/hosts\./u, decides: "where names lead", harmless: hostsHarmless },
  {
    path: /^\/etc\/(resolv\.conf|resolvconf\/.*|dhcp\/dhclient\.conf|dnsmasq\.conf|dnsmasq\.d\/.*)$/u,
    decides: "who answers for names",
    harmless: (line) => !/^(address|server|include|option routers)\b/u.test(line) && namesOwnServers(line),
  },
  {
    path: /^\/(etc|run)\/(systemd\/resolved\.conf|systemd\/network\/|netplan\/|NetworkManager\/(NetworkManager\.conf|conf\.d|system-connections))/u,
    decides: "who answers for names, and where packets go",
    harmless: namesOwnServers,
  },
  {
    path: /^\/(usr\/local\/share\/ca-certificates|usr\/share\/ca-certificates|etc\/ssl\/certs|etc\/pki\/ca-trust|etc\/ca-certificates)(\/|\.conf$)/u,
    decides: "which certificates every program trusts",
    lines: (text) => (text.trim() === "" ? [] : ["a certificate authority"]),
    harmless: never,
  },
  { path: /^\/etc\/apt\/sources\.list(\.d\/[^/]+\.list)?$/u, decides: "where packages come from", harmless: sourceHarmless },
  { path: /^\/etc\/apt\/sources\.list\.d\/[^/]+\.sources$/u, decides: "where packages come from", lines: stanza, harmless: stanzaHarmless },
  {
    path: /^\/etc\/(pip\.conf|xdg\/pip\/pip\.conf)$|\/\.?(config\/)?pip\/pip\.conf$|\/uv\/uv\.toml$/u,
    decides: "where Python packages come from",
    harmless: only(
      /^\[/u,
      /^(no-cache-dir|timeout|retries|disable-pip-version-check|require-virtualenv|progress-bar|quiet|require-hashes|only-binary|prefer-binary|no-input)\b/u,
      /^((extra-)?index-url|index|url|find-links)\s*=\s*"?(https:\/\/|\/)/u,
    ),
  },
  {
    path: /^\/etc\/(curlrc|wgetrc)$|\/\.(curlrc|wgetrc)$|\/\.config\/curlrc$/u,
    decides: "whom downloads trust, and where they go",
    harmless: only(
      /^-?-?(silent|show-error|fail|location|retry[\w-]*|connect-timeout|max-time|compressed|no-progress-meter|progress-bar|ipv[46]|speed-\w+|max-redirs|tlsv1\.[23]|proto-default|keepalive-time)\b/u,
      /^(tries|timeout|(connect|read|dns)_timeout|quiet|verbose|timestamping|waitretry|wait|continue|progress|no_parent|retry_connrefused|prefer_family|secure_protocol)\s*=/iu,
      /^(check_certificate|https_only)\s*=\s*on$/iu,
    ),
  },
  {
    path: /^\/etc\/npmrc$|\/\.npmrc$/u,
    decides: "where packages of Node come from",
    harmless: only(
      /^(fund|audit|save-exact|ignore-scripts|loglevel|progress|update-notifier|engine-strict)\b/u,
      /^(@[\w-]+:)?registry\s*=\s*https:\/\//u,
    ),
  },
];
