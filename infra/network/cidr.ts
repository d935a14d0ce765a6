/**
 * IPv4 block arithmetic for the network's configuration. Pure.
 */
import * as ipaddr from "ipaddr.js";

/** An IPv4 block. `first` and `last` are its bounds as unsigned 32-bit integers, both included. */
export interface Block {
  readonly text: string;
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** AWS keeps the first four addresses and the last one of each subnet. */
export const RESERVED_ADDRESSES = 5;

function toInteger(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/**
 * Reads a block in the form `10.0.0.0/16`.
 *
 * @throws Error saying what is wrong with the text: not a block, or host bits set (with the block that was probably meant).
 */
export function parseBlock(text: string): Block {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    throw new Error(`"${text}" is not an IPv4 block; write it like 10.0.0.0/16`);
  }
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const network = ipaddr.IPv4.networkAddressFromCIDR(text);
  if (network.toString() !== address.toString()) {
    throw new Error(`"${text}" has host bits set; the block is ${network.toString()}/${prefix}`);
  }
  const first = toInteger(network);
  return { text, first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

/** Private addresses of RFC 1918. */
export const RFC_1918: readonly Block[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseBlock);

/** The block, or what is wrong with the text. */
export function readBlock(text: string): Block | { readonly problem: string } {
  try {
    return parseBlock(text);
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

export function contains(outer: Block, inner: Block): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Block, b: Block): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Number of addresses in the block that hosts can have on AWS. */
export function usableAddresses(block: Block): number {
  return Math.max(0, block.last - block.first + 1 - RESERVED_ADDRESSES);
}
