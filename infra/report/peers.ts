/** Who stands at the other end of a rule: hosts of the program, the Internet, address blocks, and what only AWS knows. Pure. */
import { contains, parseCidr, toCidrs, type IpSet } from "../../policies/graph/network/ip-set";
import type { Source } from "../../policies/graph/network/sources";
import type { Box } from "../picture/model";
import type { Crowd } from "./places";
import { shown } from "./text";

export interface Peer {
  readonly id: string;
  readonly label: string;
  readonly crowd?: Crowd;
  /** An address of it, where it is no host. */
  readonly address?: string;
  /** Nothing in the program stands for it: it is in the table alone. */
  readonly unseen?: boolean;
}

export const INTERNET: Peer = { id: "internet", label: "Internet" };
/** The same Internet, at the other side of the picture. */
export const OUTSIDE: Peer = { id: "outside", label: "Internet" };

const EVERYBODY = [parseCidr("0.0.0.0/0"), parseCidr("::/0")];
/** A rule with more blocks than this has one box for all of them. */
const BLOCKS = 3;

export const isWhole = (set: IpSet): boolean => EVERYBODY.some((all) => all !== undefined && contains(set, all));

export function peersOf(source: Source, crowds: readonly Crowd[]): Peer[] {
  if (source.kind === "addresses") return isWhole(source.set) ? [INTERNET] : blocks(toCidrs(source.set));
  if (source.kind === "prefix-list") return [{ id: `list ${source.text}`, label: shown(source.text) }];
  if (source.kind === "unknown") return [{ id: `unknown ${source.text}`, label: "not known yet" }];
  const { is, literal } = source.ref;
  if (is === undefined) return [{ id: `group ${literal ?? source.text}`, label: shown(literal ?? source.text) }];
  const members = crowds.filter(({ groups }) => groups.some(({ key }) => key === is.key));
  if (members.length === 0) return [{ id: `group ${is.key}`, label: `whoever carries ${shown(is.label)}`, unseen: true }];
  return members.map((crowd) => ({ id: crowd.id, label: crowd.label, crowd }));
}

function blocks(cidrs: readonly string[]): Peer[] {
  const of = (cidr: string): string => cidr.split("/")[0] ?? "";
  const [first = ""] = cidrs;
  if (cidrs.length > BLOCKS)
    return [{ id: `blocks ${cidrs.join(" ")}`, label: `${first} and ${String(cidrs.length - 1)} more`, address: of(first) }];
  return cidrs.map((cidr) => ({ id: `block ${cidr}`, label: cidr, address: of(cidr) }));
}

/** The boxes of the peers that are no hosts, in their order of appearance. */
export function outsideBoxes(peers: readonly Peer[]): Box[] {
  const own = new Map(peers.filter(({ crowd, unseen }) => crowd === undefined && unseen !== true).map((peer) => [peer.id, peer]));
  return [...own.values()].map(({ id, label }): Box => ({
    id,
    kind: "outside",
    lines: id === INTERNET.id ? [label, "anybody"] : [label],
    children: [],
  }));
}
