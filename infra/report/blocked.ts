/** What stops the packets that get nowhere: the Internet at each host, and the hosts at each other. Pure. */
import { pathsBetween } from "../../policies/explain/between";
import { pathsFromAddress } from "../../policies/explain/paths";
import type { Hop, Path } from "../../policies/explain/types";
import { contains, parseCidr } from "../../policies/graph/network/ip-set";
import type { Network } from "../../policies/graph/network/model";
import { covers } from "../../policies/graph/network/ports";
import { safeText } from "../diff/safe";
import type { Arrow } from "./incoming";
import { best } from "./incoming";
import type { Crowd } from "./places";
import { samplePort } from "./ports";
import { isWhole } from "./peers";
import type { ReachRow } from "./types";

/** Documentation networks (RFC 5737), and one address of a resolver that everybody knows. */
const STRANGERS = ["198.51.100.77", "203.0.113.77", "192.0.2.77", "9.9.9.9"];
/** Ports that are asked for beside those of the program's own rules. */
const COMMON = [22, 80, 443];
/** More ports and pairs than these are no table that anybody reads. */
const [PORTS, PAIRS] = [8, 6];

export function blockedRows(network: Network, crowds: readonly Crowd[], arrows: readonly Arrow[]): ReachRow[] {
  const ports = portsOf(network, crowds);
  return [
    ...arrows.filter(({ verdict }) => verdict === "blocked").map(({ peer: _peer, crowd: _crowd, ...row }): ReachRow => row),
    ...crowds.flatMap((crowd) => [...fromAnybody(network, crowd, ports), ...rest(network, crowd)]),
    ...(crowds.length > PAIRS ? [] : between(network, crowds, arrows)),
  ];
}

function portsOf(network: Network, crowds: readonly Crowd[]): number[] {
  const keys = new Set(crowds.flatMap(({ groups }) => groups.map(({ key }) => key)));
  const asked = network.rules
    .filter(({ direction, group }) => direction === "ingress" && group.is !== undefined && keys.has(group.is.key))
    .flatMap(({ traffic }) => samplePort(traffic) ?? []);
  return [...new Set([...COMMON, ...asked])].sort((a, b) => a - b).slice(0, PORTS);
}

function ingressOf(network: Network, crowd: Crowd): Network["rules"] {
  const own = new Set(crowd.groups.map(({ key }) => key));
  return network.rules.filter(({ direction, group }) => direction !== "egress" && (group.is === undefined || own.has(group.is.key)));
}

/** An address that no rule names alone: what it reaches, anybody reaches. */
function stranger(network: Network, crowd: Crowd): string {
  const named = ingressOf(network, crowd).flatMap(({ source }) =>
    source.kind === "addresses" && !isWhole(source.set) ? [source.set] : [],
  );
  const free = STRANGERS.find((address) => {
    const one = parseCidr(address);
    return one !== undefined && !named.some((set) => contains(set, one));
  });
  return free ?? STRANGERS[0] ?? "";
}

/** Rows of ports that stop at the same place are one. */
function fromAnybody(network: Network, crowd: Crowd, ports: readonly number[]): ReachRow[] {
  const [host] = crowd.hosts;
  if (host === undefined) return [];
  const address = stranger(network, crowd);
  const stops = ports.flatMap((port) => {
    const paths = pathsFromAddress(network, host, port, address);
    return paths.length > 0 && best(paths).verdict === "blocked" ? [{ port, path: best(paths).path }] : [];
  });
  return merged(stops).map(({ ports: numbers, path }) => row("Internet", crowd.label, numbers, path));
}

function merged(stops: readonly { readonly port: number; readonly path: Path }[]): { readonly ports: number[]; readonly path: Path }[] {
  const byStop = new Map<string, { readonly ports: number[]; readonly path: Path }>();
  for (const { port, path } of stops) {
    const key = path.hops.filter(({ verdict }) => verdict === "blocks").map(({ label }) => label).join(" "); // prettier-ignore
    const known = byStop.get(key) ?? { ports: [], path };
    known.ports.push(port);
    byStop.set(key, known);
  }
  return [...byStop.values()];
}

function row(from: string, to: string, ports: readonly number[], path: Path): ReachRow {
  const stops = path.hops.filter(({ verdict }) => verdict === "blocks");
  return {
    from,
    to,
    ports: `tcp ${ports.join(", ")}`,
    verdict: "blocked",
    outward: false,
    paths: stops.map((stop, index) =>
      safeText(`${index === 0 ? "" : "behind it: "}${stopText(stop, path.from === "host" ? "it" : "anybody")}`),
    ),
    ...(stops[0]?.source === undefined ? {} : { source: stops[0].source }),
  };
}

/** The reason speaks of one port, and the row may have several. */
const stopText = ({ label, reason }: Hop, who: string): string =>
  `${label}: ${reason.replace(/lets .+ (reach|in on) tcp \d+$/, `lets ${who} in`)}`;

/** Security groups let nothing in that no rule names. */
function rest(network: Network, crowd: Crowd): ReachRow[] {
  const rules = ingressOf(network, crowd);
  const known = crowd.hosts.every(({ networkInterfaces }) =>
    networkInterfaces.every(
      ({ groups }) => typeof groups !== "string" && !groups.blind && !groups.lost && groups.maybe.length + groups.literals.length === 0,
    ),
  );
  const unclear = rules.some(
    ({ group, traffic, direction }) => group.is === undefined || direction === "unknown" || covers(traffic, 1) !== "no",
  );
  if (!known || unclear || crowd.groups.length === 0) return [];
  const names = [...new Set(crowd.groups.map(({ label }) => label))].join(", ");
  const text = rules.length === 0 ? `${names}: it has no rule that lets anything in` : `${names}: no rule lets anything else in`;
  return [{ from: "anybody", to: crowd.label, ports: "every other port", verdict: "blocked", outward: false, paths: [safeText(text)] }];
}

function between(network: Network, crowds: readonly Crowd[], arrows: readonly Arrow[]): ReachRow[] {
  return crowds.flatMap((to) =>
    crowds.flatMap((from): ReachRow[] => {
      if (from === to || arrows.some(({ peer, crowd, verdict }) => peer.crowd === from && crowd === to && verdict !== "blocked")) return [];
      const [source, target] = [from.hosts[0], to.hosts[0]];
      if (source === undefined || target === undefined) return [];
      const paths = pathsBetween(network, source, target, 22);
      return paths.length > 0 && best(paths).verdict === "blocked" ? [row(from.label, to.label, [22], best(paths).path)] : [];
    }),
  );
}
