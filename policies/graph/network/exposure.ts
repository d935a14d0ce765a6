/** How much of the Internet a set of rules speaks of. Two halves of it in two rules are the whole. */
import { isEmpty, parseCidrs, publicPart, unionOf, widestBlock } from "./ip-set";
import type { IpSet } from "./ip-set";
import { describeTraffic } from "./ports";
import type { Rule } from "./rules";

/** IPv6 blocks are given out far wider than IPv4 ones: one site has a /48, a provider a /32. So /8 stands for /24, and /15 for /38. */
const ipv6Prefix = (ipv4: number): number => 2 * ipv4 + 8;

/** All public addresses of a family, and what people write for them. */
const ALL = { v4: "0.0.0.0/0", v6: "::/0" } as const;
const EVERYBODY = publicPart(parseCidrs([ALL.v4, ALL.v6]).set);

/** The public addresses that these rules speak of, as far as they are known. */
export function publicSources(rules: readonly Rule[]): IpSet {
  return publicPart(
    unionOf(
      rules.flatMap(({ source }) => ((source.kind === "addresses" || source.kind === "prefix-list") && source.set ? [source.set] : [])),
    ),
  );
}

/**
 * The widest public block, as text, where it is as wide as this IPv4 prefix length or wider. Blocks that lie side by side count as one:
 * also where together they cover as many addresses as one such block.
 */
export function widest(set: IpSet, prefix: number): string | undefined {
  const limits = { v4: prefix, v6: ipv6Prefix(prefix) } as const;
  for (const family of ["v4", "v6"] as const) {
    const bits = family === "v4" ? 32 : 128;
    const total = sizeOf(set[family]);
    if (total < 1n << BigInt(bits - limits[family])) continue;
    if (total === sizeOf(EVERYBODY[family])) return `the whole internet (${ALL[family]})`;
    const block = widestBlock(set, family);
    return block === undefined || block.prefix > limits[family] ? "many blocks that together are as wide" : block.cidr;
  }
  return undefined;
}

/** The same for rules, in the words of the program: the blocks as they are written, not what is left of them without the private ones. */
export function widestWritten(rules: readonly Rule[], prefix: number): string | undefined {
  const block = widest(publicSources(rules), prefix);
  if (block === undefined || block.startsWith("the whole internet")) return block;
  const texts = [...new Set(rules.filter((rule) => !isEmpty(publicSources([rule]))).map(({ source }) => source.text))];
  return texts.length <= LISTED
    ? texts.join(", ")
    : `${texts.slice(0, LISTED).join(", ")} and ${String(texts.length - LISTED)} more blocks`;
}

const LISTED = 4;

function sizeOf(ranges: IpSet["v4"]): bigint {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1n, 0n);
}

/** The rules that, with the others of the same ports, speak of a public block of this IPv4 prefix length or wider; `block` is its text. */
export function opened(rules: readonly Rule[], prefix: number): { readonly rule: Rule; readonly block: string }[] {
  return byTraffic(rules).flatMap((group) => {
    const block = widestWritten(group, prefix);
    return block === undefined ? [] : group.filter((rule) => !isEmpty(publicSources([rule]))).map((rule) => ({ rule, block }));
  });
}

/** Rules of the same ports together. */
export function byTraffic(rules: readonly Rule[]): Rule[][] {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = describeTraffic(rule.traffic);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(rule);
  }
  return [...groups.values()];
}
