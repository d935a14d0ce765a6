/** In which account a resource is made, as far as its provider says so, and in which the hosts are. */
import { once } from "../core/graph";
import type { Graph, Resource } from "../core/types";
import { asString, leaves } from "../core/values";
import { accountInNames } from "./iam-principal";

/** A provider's settings are JSON texts in the state and blocks in a preview; of a chain of roles the last one acts. */
const ROLES = ["assumeRoles", "assumeRole", "assumeRoleWithWebIdentity"];

/** The account of the role that the resource's provider acts with, or the only one that it is limited to. */
export function accountMadeIn(graph: Graph, { provider }: Resource): string | undefined {
  const inputs = provider === undefined ? undefined : graph.byUrn.get(provider)?.inputs;
  if (!inputs) return undefined;
  const numbers = (keys: readonly string[], pattern: RegExp): string[] =>
    keys
      .flatMap((key) => leaves(inputs[key]))
      .flatMap((leaf) => [...(asString(leaf) ?? "").matchAll(pattern)].flatMap(([, id]) => id ?? []));
  const limits = numbers(["allowedAccountIds"], /(\d{12})/g);
  return numbers(ROLES, /arn:[^:\s"]*:iam::(\d{12}):role\//g).at(-1) ?? (limits.length === 1 ? limits[0] : undefined);
}

/** Accounts that the network and its hosts are in: by their providers and by what AWS returned, else by the names of buckets. */
export const hostAccounts = once((graph: Graph): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const resource of graph.resources) {
    if (!resource.type.startsWith("aws:ec2/") || resource.external === true) continue;
    const told = [
      accountMadeIn(graph, resource),
      /^arn:[^:]*:ec2:[^:]*:(\d{12}):/.exec(asString(resource.outputs.arn) ?? "")?.[1],
      /^\d{12}$/.exec(asString(resource.outputs.ownerId) ?? "")?.[0],
    ];
    for (const account of told) if (account !== undefined) found.add(account);
  }
  return found.size > 0 ? found : new Set(accountInNames(graph));
});
