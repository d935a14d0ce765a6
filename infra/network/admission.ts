/** Whether the machine that runs the program may connect to the gateway. Pure. */
import * as ipaddr from "ipaddr.js";
import { contains, parseBlock } from "./cidr";

/** Networks that RFC 5737 keeps for documentation: nobody connects from there. */
const DOCUMENTATION = ["192.0.2.", "198.51.100.", "203.0.113."];
/** Addresses behind a router: the gateway sees the router's own in their place. */
const NOT_SEEN = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"].map(parseBlock);

/** Whether the blocks are those of an example alone, so that nobody can log in. */
export function admitsNobody(sshFrom: readonly string[]): boolean {
  return sshFrom.every((block) => DOCUMENTATION.some((prefix) => block.startsWith(prefix)));
}

/** The blocks that nobody comes from over the Internet. */
export function unseen(sshFrom: readonly string[]): string[] {
  return sshFrom.filter((block) => NOT_SEEN.some((range) => contains(range, parseBlock(block))));
}

/**
 * @param sshFrom IPv4 blocks that may connect to port 22.
 * @param address what this machine is seen as.
 * @returns undefined when a block contains it; `warning` when none does; `unknown` when that is not known.
 */
export function admission(
  project: string,
  sshFrom: readonly string[],
  address: string,
): { readonly warning: string } | { readonly unknown: string } | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) {
    const what = ipaddr.IPv6.isValid(address) ? `${address}, an IPv6 address, and gateway.sshFrom has IPv4 blocks` : "no address";
    return { unknown: `the answer is ${what}` };
  }
  const own = parseBlock(`${address}/32`);
  if (sshFrom.some((block) => contains(parseBlock(block), own))) return undefined;
  const add = `pulumi config set --path 'gateway.sshFrom[${sshFrom.length}]' ${address}/32`;
  return {
    warning:
      `${project}:gateway.sshFrom admits ${sshFrom.join(", ")} only, and this machine is seen as ${address}, ` +
      `so it cannot log in to the gateway and "pulumi up" would fail after 90 s; add it (${add}), or run where one of the blocks is`,
  };
}
