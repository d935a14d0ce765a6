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
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || /\/0\d/.test(text)) {
    throw new Error(`found "${text}", which is no IPv4 block${faultOf(text)}; write it like 10.0.0.0/16`);
  }
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const network = ipaddr.IPv4.networkAddressFromCIDR(text);
  if (network.toString() !== address.toString()) {
    throw new Error(
      `found "${text}", which has host bits set (AWS refuses that); the block is ${network.toString()}/${prefix}, one address is ${address.toString()}/32`,
    );
  }
  const first = toInteger(network);
  return { text, first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

/** Which part of it is wrong, where the form is right. */
function faultOf(text: string): string {
  const [address = "", prefix = ""] = text.split("/");
  const numbers = address.split(".");
  if (Number(prefix) > 32) return `: the number after the slash is at most 32`;
  if (numbers.some((number) => Number(number) > 255)) return ": each number of the address is at most 255";
  return [...numbers, prefix].some((number) => /^0\d/.test(number)) ? ": a number begins with 0" : "";
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
