/**
 * What `policies:check --explain` and `explainGraph` answer. The JSON has this shape; `version` changes when a field changes its meaning or goes.
 * New fields may be added.
 */
import type { Lesson } from "../core/lesson";
import type { SourcePosition } from "../core/types";

export interface Explanation {
  readonly version: 1;
  /** What was asked: the id of a policy, a URN, or the logical name of a resource. */
  readonly asked: string;
  /** The policy that was asked for, or those that found something about the resource. */
  readonly policies: readonly ExplainedPolicy[];
  /** Every way that a packet may take to the hosts concerned; none where the question is not about reachability. */
  readonly paths: readonly Path[];
}

export interface ExplainedPolicy extends Lesson {
  readonly policy: string;
  /** `nothing`: the program has nothing that the policy is about. */
  readonly verdict: "pass" | "violation" | "unknown" | "nothing";
  readonly findings: readonly ExplainedFinding[];
}

export interface ExplainedFinding {
  readonly verdict: "violation" | "unknown";
  readonly urn: string;
  readonly message: string;
  readonly source?: SourcePosition;
}

export interface Packet {
  /** An address that a rule of the host lets in, where there is one; else one of the Internet's documentation networks. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: "tcp";
  readonly port: number;
}

export interface Path {
  /** `host`: another host of the program (between.ts). */
  readonly from: "internet" | "gateway" | "host";
  /** Name and URN of the host. */
  readonly to: { readonly name: string; readonly urn: string };
  readonly packet: Packet;
  /** `blocked` where one hop blocks; else `unknown` where one is not known; else `open`. */
  readonly verdict: "open" | "blocked" | "unknown";
  /** In the order of the packet's way. All layers are listed, also those behind one that blocks. */
  readonly hops: readonly Hop[];
  /** The path in one line, up to the first hop that blocks. */
  readonly text: string;
}

export interface Hop {
  readonly kind: "source" | "internet-gateway" | "route" | "address" | "acl" | "security-group" | "load-balancer" | "host";
  /** For the picture: `igw-1`, `route 0.0.0.0/0 of public`, `ACL rule 100`. */
  readonly label: string;
  /** The resource that decides, where it is part of the program. */
  readonly urn?: string;
  readonly source?: SourcePosition;
  readonly verdict: "passes" | "blocks" | "unknown";
  /** Why it blocks, or what is not known; empty where it passes. */
  readonly reason: string;
}
