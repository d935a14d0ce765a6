import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { keepsStrangersOut } from "../../graph/iam-condition";
import { readDocument } from "../../graph/iam-document";
import type { Statement } from "../../graph/iam-document";
import { ownAccounts, reachOf } from "../../graph/iam-principal";
import { hostRoles } from "../../graph/iam-role";
import { report, ROLE_TYPES } from "./hosts";

const FIX = 'trust { Service: "ec2.amazonaws.com" } only';

export const policy: Policy = {
  id: "role-trust",
  severity: "critical",
  control: "IAM-1",
  tags: ["iam"],
  description: "A host's role can be taken by hosts, not by everybody or by another account.",
  why: "Whoever may assume the role has its rights without having the host.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: ROLE_TYPES,
  bad: 'assumeRolePolicy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] }',
  good: 'assumeRolePolicy: { Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }] }',
  evaluate: (graph) => [...new Set(hostRoles(graph).flatMap(({ role }) => (role ? [role] : [])))].flatMap((role) => check(graph, role)),
};

/** Services that take the role for somebody else than a host. */
function services(role: Resource, statement: Statement): Finding[] {
  const named = (statement.principals?.entries ?? []).filter(({ kind }) => kind === "Service").flatMap(({ values }) => values.known);
  return named
    .filter((service) => !/^(ec2|ssm)\.amazonaws\.com(\.cn)?$/.test(service))
    .map((service) =>
      report(role, "violation", `role "${role.name}" can be assumed by ${service}, which runs code of others than this host's: ${FIX}`),
    );
}

/** A condition that names who takes the role, and not only where he belongs. */
const namesOne = ({ conditions }: Statement): boolean => conditions.some(({ key }) => /^aws:(principalarn|userid|sourcearn)$/i.test(key));

function check(graph: Graph, role: Resource): Finding[] {
  const own = ownAccounts(graph);
  return readDocument(role.inputs.assumeRolePolicy).statements.flatMap((statement) => {
    if (statement.effect !== "Allow") return [];
    return reachOf(statement)
      .flatMap((reach): Finding[] => {
        const kept = keepsStrangersOut(statement);
        const what = `role "${role.name}" can be assumed by ${reach.by}`;
        if (reach.who === "everybody" && kept === "no") return [report(role, "violation", `${what}: ${FIX}`)];
        if (reach.who === "everybody" && kept === "maybe")
          return [report(role, "unknown", `${what}, and whether that is narrowed is not known yet: ${FIX}`)];
        if (reach.who === "everybody" && !namesOne(statement))
          return [
            report(
              role,
              "violation",
              `${what}, of whom a condition keeps out strangers only: everybody of the organization may take it: ${FIX}`,
            ),
          ];
        if (reach.who === "federated") return [report(role, "violation", `${what}, whoever signs in there: ${FIX}`)];
        if (reach.who !== "account" || own.has(reach.account)) return [];
        return own.size > 0
          ? [report(role, "violation", `${what}, another account: ${FIX}`)]
          : [report(role, "unknown", `${what}, and whether that is the own account is not known yet: ${FIX}`)];
      })
      .concat(services(role, statement));
  });
}
