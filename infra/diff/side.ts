/** One side of a comparison: what one tree of the project makes of a stack, as plain data that can go from one process to another. */
import { createHmac } from "crypto";
import { isSecretMark, maskSecrets } from "../../policies/graph/wire";
import type { PolicyRow, StepRow } from "../offline/document";
import type { GraphResource } from "../offline/engine";
import type { HostFile } from "../release/types";
import { sha256 } from "../sha256";
import type { Flow } from "./flows";

export interface Side {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** As after a deployment: ids are known. Secrets are digests under a key that nobody keeps. */
  readonly resources: readonly GraphResource[];
  readonly files: readonly HostFile[];
  readonly steps: readonly StepRow[];
  /** Findings of the pack that stands beside the tool, the same for both sides. */
  readonly findings: readonly PolicyRow[];
  /** As policies:check has it: 1 a mandatory policy is violated, 3 one cannot tell. */
  readonly exitCode: 0 | 1 | 3;
  readonly flows: readonly Flow[];
  /** Encrypted values of the stack's file: key to digest of the encrypted text. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the reader should know of this side, one line each. */
  readonly notices: readonly string[];
}

/** What a process that evaluates a side says at its end. */
export type Evaluated =
  | { readonly side: Side }
  /** The tree has no such stack. */
  | { readonly noStack: string }
  /** It cannot be evaluated; words for the reader. */
  | { readonly problem: string };

export interface SideRequest {
  /** The tree to evaluate. */
  readonly root: string;
  /** The working copy: what the configuration points at, and the tree does not hold, is taken from here. */
  readonly working: string;
  readonly stack: string;
  /** Text of the pack's configuration, with its name. */
  readonly policyConfig?: { readonly file: string; readonly text: string };
  /** Hex; digests of secrets are made with it. */
  readonly key: string;
}

/** With a digest in the place of each secret, so that two sides can be compared and nobody can read it. */
export function digestSecrets(value: unknown, key: string): unknown {
  const digest = (secret: unknown): string => createHmac("sha256", Buffer.from(key, "hex")).update(stable(secret)).digest("hex");
  return maskSecrets(value, (secret) => ({ digest: digest(secret) }));
}

/** Does any part of it come from a secret? */
export function holdsSecret(value: unknown): boolean {
  return isSecretMark(value) || (value !== null && typeof value === "object" && Object.values(value).some(holdsSecret));
}

/** JSON whose keys are in order: equal values are equal texts. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    entry !== null && typeof entry === "object" && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}

export function shortDigest(text: string): string {
  return sha256(text).slice(0, 12);
}
