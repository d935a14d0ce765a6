/** Whom an Allow lets in: everybody, another account, or somebody of one's own. */
import type { Graph } from "../core/types";
import { leaves } from "../core/values";
import type { Statement } from "./iam-document";

export type Reach =
  /** Anybody (anonymous or any AWS account). */
  | { readonly who: "everybody"; readonly by: string }
  /** A content delivery network, which publishes what it may read. */
  | { readonly who: "cdn"; readonly by: string }
  | { readonly who: "account"; readonly account: string; readonly by: string }
  /** Whoever signs in with an identity provider. */
  | { readonly who: "federated"; readonly by: string }
  /** A service of AWS, which acts for whichever account asks it. */
  | { readonly who: "service"; readonly by: string }
  | { readonly who: "unknown"; readonly by: string };

/** Everyone outside one's own program that the statement's principals name. */
export function reachOf(statement: Statement): Reach[] {
  if (statement.notPrincipals) return [{ who: "everybody", by: "NotPrincipal" }];
  const principals = statement.principals;
  if (!principals) return [];
  if (principals.unknown) return [{ who: "unknown", by: "Principal" }];
  return principals.entries.flatMap(({ kind, values }) => [
    ...values.known.flatMap((value) => reachOfOne(kind, value)),
    ...(values.unknowns > 0 && kind === "Federated" ? [{ who: "federated" as const, by: "an identity provider" }] : []),
    ...(values.unknowns > 0 && /^canonicaluser$/i.test(kind) ? [{ who: "unknown" as const, by: `Principal.${kind}` }] : []),
  ]);
}

function reachOfOne(kind: string, value: string): Reach[] {
  const by = `Principal ${kind === "*" ? "" : `${kind}: `}"${value}"`;
  if (kind === "Service") return /^cloudfront\.amazonaws\.com$/.test(value) ? [{ who: "cdn", by }] : [{ who: "service", by }];
  if (kind === "Federated") return [{ who: "federated", by }];
  if (kind === "CanonicalUser") return [{ who: "unknown", by: "a CanonicalUser principal" }];
  if (/^\*+$/.test(value)) return [{ who: "everybody", by }];
  if (/^A(ROA|IDA|SIA|KIA)[A-Z0-9]{8,}$/.test(value))
    return [{ who: "unknown", by: `${by}, a unique id that says nothing of its account` }];
  if (/:iam::cloudfront:/.test(value)) return [{ who: "cdn", by }];
  const account = /^(\d{12})$/.exec(value)?.[1] ?? /^arn:[^:]*:(?:iam|sts)::([^:]*):/.exec(value)?.[1];
  if (account === undefined) return [];
  return /[*?]/.test(account) ? [{ who: "everybody", by }] : [{ who: "account", account, by }];
}

/**
 * The account that the program deploys to: the one in ARNs that AWS returned, or that the provider is limited to.
 * Undefined where nothing is deployed yet.
 */
export function ownAccounts(graph: Graph): ReadonlySet<string> {
  const known = accounts.get(graph);
  if (known) return known;
  const found = new Set<string>();
  for (const resource of graph.resources) {
    if (resource.external) continue;
    if (resource.type === "pulumi:providers:aws")
      for (const leaf of leaves(resource.inputs.allowedAccountIds)) noteAccounts(leaf, /\d{12}/g, found);
    // What the program itself says of an account proves nothing.
    for (const key of ["arn", "ownerId", "accountId"].filter((name) => resource.inputs[name] === undefined))
      noteAccounts(resource.outputs[key], key === "arn" ? /(?<=^arn:[^:]*:[^:]*:[^:]*:)\d{12}(?=:)/g : /^\d{12}$/g, found);
  }
  if (found.size === 0) for (const account of accountInNames(graph)) found.add(account);
  accounts.set(graph, found);
  return found;
}

/** Before anything exists: the account that the program writes into the names of its buckets, which are unique in the world by it. */
export function accountInNames(graph: Graph): string[] {
  const named = graph.resources.flatMap(({ type, inputs, external }) =>
    /^aws:s3\/bucket(V2)?:/.test(type) && external !== true && typeof inputs.bucket === "string"
      ? (/(?:^|-)(\d{12})(?:-|$)/.exec(inputs.bucket)?.[1] ?? [])
      : [],
  );
  const all = [...new Set(named)];
  return all.length === 1 ? all : [];
}

const accounts = new WeakMap<Graph, Set<string>>();

function noteAccounts(value: unknown, pattern: RegExp, into: Set<string>): void {
  if (typeof value === "string") for (const [account] of value.matchAll(pattern)) into.add(account);
}
