/** Who is let in to whom, and the whole path behind it, as the policy pack evaluates it. Pure. */
import type { Path } from "../../policies/explain/types";
import { pathsBetween } from "../../policies/explain/between";
import { pathsFromAddress } from "../../policies/explain/paths";
import { ruleLabel } from "../../policies/explain/hops";
import { sourceOf } from "../../policies/core/source";
import { isEmpty, parseCidr, publicPart } from "../../policies/graph/network/ip-set";
import type { Network } from "../../policies/graph/network/model";
import type { Rule } from "../../policies/graph/network/rules";
import { safeText } from "../diff/safe";
import { INTERNET, peersOf, type Peer } from "./peers";
import type { Crowd } from "./places";
import { portsText, samplePort } from "./ports";
import type { ReachRow } from "./types";

/** An address that stands for anybody (RFC 5737). */
const ANYBODY = "198.51.100.77";

export interface Arrow extends ReachRow {
  readonly peer: Peer;
  readonly crowd: Crowd;
}

interface Entry {
  readonly rule: Rule;
  readonly verdict: ReachRow["verdict"];
  readonly text: string;
}

/** One arrow for a pair of boxes and a verdict, with all ports. */
export function incoming(network: Network, crowds: readonly Crowd[]): Arrow[] {
  return crowds.flatMap((crowd) => {
    const own = new Set(crowd.groups.map(({ key }) => key));
    const rules = network.rules.filter(
      ({ direction, group }) => direction === "ingress" && group.is !== undefined && own.has(group.is.key),
    );
    const byPeer = new Map<string, { readonly peer: Peer; readonly entries: Entry[] }>();
    for (const rule of rules)
      for (const peer of peersOf(rule.source, crowds)) {
        const known = byPeer.get(peer.id) ?? { peer, entries: [] };
        known.entries.push(entryOf(network, crowd, peer, rule));
        byPeer.set(peer.id, known);
      }
    return [...byPeer.values()].flatMap(({ peer, entries }) => arrowsOf(network, crowd, peer, entries));
  });
}

function arrowsOf(network: Network, crowd: Crowd, peer: Peer, entries: readonly Entry[]): Arrow[] {
  return (["open", "rule", "unknown", "blocked"] as const).flatMap((verdict): Arrow[] => {
    const own = entries.filter((entry) => entry.verdict === verdict);
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        peer,
        crowd,
        from: peer.crowd === crowd ? `${peer.label} (among themselves)` : peer.label,
        to: crowd.label,
        ports: portsText(own.map(({ rule }) => rule.traffic)),
        verdict,
        outward: false,
        paths: [...new Set(own.map(({ text }) => text))],
        ...sourceOf(network.graph, first.rule.resource.urn),
      },
    ];
  });
}

function entryOf(network: Network, crowd: Crowd, peer: Peer, rule: Rule): Entry {
  const port = samplePort(rule.traffic);
  const paths = port === undefined ? [] : pathsOf(network, crowd, peer, port);
  const label = safeText(ruleLabel(rule));
  if (paths.length > 0) return { rule, ...best(paths) };
  const why = port === undefined ? "only TCP is followed further" : "the rest of its way is not evaluated";
  return { rule, verdict: "rule", text: `${peer.label} -> ${label} -> ${crowd.label} (${why})` };
}

function pathsOf(network: Network, crowd: Crowd, peer: Peer, port: number): Path[] {
  const [host] = crowd.hosts;
  if (host === undefined) return [];
  if (peer === INTERNET) return pathsFromAddress(network, host, port, ANYBODY);
  if (peer.crowd !== undefined) {
    const source = peer.crowd === crowd ? crowd.hosts[1] : peer.crowd.hosts[0];
    return source === undefined ? [] : pathsBetween(network, source, host, port);
  }
  const address = peer.address === undefined ? undefined : parseCidr(peer.address);
  const isPublic = address !== undefined && !isEmpty(publicPart(address));
  return isPublic && peer.address !== undefined ? pathsFromAddress(network, host, port, peer.address) : [];
}

/** Where one of several ways is open, the host is reached. */
export function best(paths: readonly Path[]): {
  readonly verdict: "open" | "unknown" | "blocked";
  readonly text: string;
  readonly path: Path;
} {
  const order = ["open", "unknown", "blocked"] as const;
  const [first] = [...paths].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  if (first === undefined) throw new Error("no path to choose from");
  return { verdict: first.verdict, text: safeText(first.text), path: first };
}
