/**
 * Sets of IP addresses: what a list of CIDR blocks covers as a whole. Two halves of the Internet are the Internet, and
 * `::/0`, `0::0/0` and `0:0:0:0:0:0:0:0/0` are one block. Pure arithmetic on sorted, disjoint ranges.
 */
import ipaddr from "ipaddr.js";

/** First and last address, both included. */
export type Range = readonly [first: bigint, last: bigint];

export interface IpSet {
  readonly v4: readonly Range[];
  readonly v6: readonly Range[];
}

export const BITS = { v4: 32, v6: 128 } as const;
export type Family = keyof typeof BITS;

export const NOTHING: IpSet = { v4: [], v6: [] };

/** The block a CIDR text stands for; a bare address is a block of one. Host bits are dropped. `undefined`: not an address. */
export function parseCidr(text: string): IpSet | undefined {
  const [address = "", length, ...rest] = text.trim().split("/");
  if (rest.length > 0 || !ipaddr.isValid(address) || address.includes("%")) return undefined;
  const parsed = ipaddr.parse(address);
  const family: Family = parsed.kind() === "ipv4" ? "v4" : "v6";
  const prefix = length === undefined ? BITS[family] : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (!(prefix <= BITS[family])) return undefined;
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return mapped(block(family, value, prefix));
}

/** What several texts cover together; `bad` lists those that are no CIDR block. */
export function parseCidrs(texts: readonly string[]): { readonly set: IpSet; readonly bad: readonly string[] } {
  const parsed = texts.map((text) => [text, parseCidr(text)] as const);
  return {
    set: unionOf(parsed.map(([, set]) => set ?? NOTHING)),
    bad: parsed.filter(([, set]) => set === undefined).map(([text]) => text),
  };
}

function block(family: Family, value: bigint, prefix: number): IpSet {
  const free = BigInt(BITS[family] - prefix);
  const first = (value >> free) << free;
  return { ...NOTHING, [family]: [[first, first + (1n << free) - 1n]] };
}

/** IPv4 addresses written as IPv6 (`::ffff:a.b.c.d`) are IPv4. */
function mapped(set: IpSet): IpSet {
  const low = 0xffffn << 32n;
  const range = set.v6[0];
  if (!range || range[0] < low || range[1] > low + 0xffffffffn) return set;
  return { v4: [[range[0] - low, range[1] - low]], v6: [] };
}

export const union = (...sets: readonly IpSet[]): IpSet => unionOf(sets);

/** The same of a list of any length: more than a call takes as arguments. */
export function unionOf(sets: readonly IpSet[]): IpSet {
  return { v4: merge(sets.flatMap((set) => set.v4)), v6: merge(sets.flatMap((set) => set.v6)) };
}

export function subtract(from: IpSet, what: IpSet): IpSet {
  return { v4: without(from.v4, what.v4), v6: without(from.v6, what.v6) };
}

export function intersect(a: IpSet, b: IpSet): IpSet {
  return subtract(a, subtract(a, b));
}

export function isEmpty(set: IpSet): boolean {
  return set.v4.length === 0 && set.v6.length === 0;
}

/** Is every address of `inner` in `outer`? */
export function contains(outer: IpSet, inner: IpSet): boolean {
  return isEmpty(subtract(inner, outer));
}

/** Number of addresses of one family. */
export function size(set: IpSet, family: Family): bigint {
  return set[family].reduce((sum, [first, last]) => sum + last - first + 1n, 0n);
}

/** Sorted, disjoint and with neighbours joined. */
function merge(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const merged: Range[] = [];
  for (const [first, last] of sorted) {
    const previous = merged[merged.length - 1];
    if (previous && first <= previous[1] + 1n) merged[merged.length - 1] = [previous[0], previous[1] > last ? previous[1] : last];
    else merged.push([first, last]);
  }
  return merged;
}

/** Both are sorted and disjoint: one walk over both. */
function without(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  const left: Range[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    let start = from;
    while (at < holes.length && (holes[at]?.[1] ?? 0n) < from) at += 1;
    for (let next = at; next < holes.length && start <= to; next += 1) {
      const [first, last] = holes[next] ?? [to + 1n, to + 1n];
      if (first > to) break;
      if (first > start) left.push([start, first - 1n]);
      start = last + 1n;
    }
    if (start <= to) left.push([start, to]);
  }
  return left;
}

/** The fewest CIDR blocks that cover exactly this set, as text. */
export function toCidrs(set: IpSet): string[] {
  return (["v4", "v6"] as const).flatMap((family) =>
    set[family].flatMap((range) => blocksOf(family, range).map(([first, prefix]) => format(family, first, prefix))),
  );
}

/** Length of the shortest prefix (so of the widest block) in the set, for one family. */
export function widestPrefix(set: IpSet, family: Family): number | undefined {
  const prefixes = set[family].flatMap((range) => blocksOf(family, range).map(([, prefix]) => prefix));
  return prefixes.length === 0 ? undefined : Math.min(...prefixes);
}

/** The first of the widest blocks, for one family. */
export function widestBlock(set: IpSet, family: Family): { readonly cidr: string; readonly prefix: number } | undefined {
  const prefix = widestPrefix(set, family);
  const blocks = set[family].flatMap((range) => blocksOf(family, range));
  const found = blocks.find(([, length]) => length === prefix);
  return found && { cidr: format(family, ...found), prefix: found[1] };
}

function blocksOf(family: Family, [first, last]: Range): [first: bigint, prefix: number][] {
  const blocks: [bigint, number][] = [];
  for (let at = first; at <= last;) {
    const free = Math.min(zeros(at, BITS[family]), bitLength(last - at + 1n) - 1);
    blocks.push([at, BITS[family] - free]);
    at += 1n << BigInt(free);
  }
  return blocks;
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** Bits at the end that are zero: a block that begins here can be that large. */
const zeros = (value: bigint, most: number): number => (value === 0n ? most : bitLength(value & -value) - 1);

function format(family: Family, first: bigint, prefix: number): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, index) => Number((first >> BigInt(BITS[family] - 8 * (index + 1))) & 0xffn));
  return `${ipaddr.fromByteArray(bytes).toString()}/${String(prefix)}`;
}

/** Address blocks that no packet from the Internet can come from: private use, shared, loopback, link-local, unique local. */
export const NOT_PUBLIC: IpSet = parseCidrs([
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "::/127",
  "fc00::/7",
  "fe80::/10",
]).set;

/** The part of a set that lies on the Internet. */
export function publicPart(set: IpSet): IpSet {
  return subtract(set, NOT_PUBLIC);
}
