/** Ports of several rules as one short text. Pure. */
import { describeTraffic, TCP, type Traffic } from "../../policies/graph/network/ports";

/** `tcp 22, 80, 443, udp 123`. */
export function portsText(all: readonly Traffic[]): string {
  const byKind = new Map<string, Map<string, number>>();
  for (const one of all) {
    const [kind = "", ...rest] = describeTraffic(one).split(" ");
    const numbers = byKind.get(kind) ?? new Map<string, number>();
    numbers.set(rest.join(" "), one.from ?? 0);
    byKind.set(kind, numbers);
  }
  const parts = [...byKind].map(([kind, numbers]) => {
    const sorted = [...numbers].sort(([, a], [, b]) => a - b).map(([text]) => text);
    const listed = sorted.length > 5 ? [...sorted.slice(0, 4), `and ${String(sorted.length - 4)} more`] : sorted;
    return `${kind} ${listed.join(", ")}`.trim();
  });
  return parts.join(", ");
}

/** A TCP port of the rule; undefined where it lets in none. */
export function samplePort({ protocol, from, to }: Traffic): number | undefined {
  if (protocol !== undefined && protocol !== -1 && protocol !== TCP) return undefined;
  if (from === undefined || to === undefined) return undefined;
  return from === 0 ? Math.min(22, to) : from;
}
