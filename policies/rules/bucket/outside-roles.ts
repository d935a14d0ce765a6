/** Roles of the program by which another account gets at models, without a word of it in the bucket's policy. */
import type { Finding, Graph, Resource } from "../../core/types";
import { hostRoles, rightsOf } from "../../graph/iam-role";
import { outsiders } from "../../graph/iam-trust";
import { modelReads, modelWrites } from "../hosts/model-writes";
import { nameOf } from "./model";

/** AWS's own policies that let their holder fetch any object. */
const READERS = /\/(AdministratorAccess|PowerUserAccess|ReadOnlyAccess|AmazonS3FullAccess|AmazonS3ReadOnlyAccess)$/;

/** @returns none for the roles of hosts, of which role-trust says who may take them */
export function outsideRoles(graph: Graph, bucket: Resource, fix: string): Finding[] {
  if (outsiders(graph).length === 0) return [];
  const hosts = new Set(hostRoles(graph).map(({ role }) => role));
  return outsiders(graph)
    .filter(({ role }) => !hosts.has(role))
    .flatMap(({ role, account, certain }): Finding[] => {
      const may = mayWhat(graph, role, bucket);
      if (may === undefined) return [];
      const what = `role "${role.name}", which account ${account} may take, may ${may} models of ${nameOf(bucket)}`;
      return certain
        ? [{ verdict: "violation", urn: role.urn, message: `${what}: ${fix}` }]
        : [{ verdict: "unknown", urn: role.urn, message: `${what}, and whether that is the own account is not known yet: ${fix}` }];
    });
}

function mayWhat(graph: Graph, role: Resource, bucket: Resource): string | undefined {
  const rights = rightsOf(graph, role);
  if (modelWrites(graph, role, rights, bucket).certain.length > 0) return "change";
  const reads = modelReads(graph, rights, bucket) === "yes" || rights.managed.some(({ arn }) => READERS.test(arn));
  return reads ? "fetch" : undefined;
}
