/** Who are administrators for good, on every day and from every place: groups of people and users, and whoever another account lets take a role. */
import type { Finding, Graph, Resource } from "../../core/types";
import type { Statement } from "../../graph/iam-document";
import { decide, unconditional } from "../../graph/iam-match";
import type { Request } from "../../graph/iam-match";
import { peopleRights } from "../../graph/iam-people";
import { rightsOf } from "../../graph/iam-role";
import type { Rights } from "../../graph/iam-role";
import { outsiders } from "../../graph/iam-trust";
import { on } from "./anybodys";
import { report } from "./hosts";

/** With these of AWS's policies one can give oneself every right. */
export const TAKES_OVER = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|SystemAdministrator)$/;

/**
 * One of these on anybody's identity gives every right to oneself. Credentials (iam:CreateAccessKey and the like) are not among them: everybody
 * may have them of one's own user (`user/${aws:username}`), and a policy's text does not show whose is meant.
 */
const GIVES_RIGHTS: readonly Request[] = [
  ...on("user", "iam:AttachUserPolicy", "iam:PutUserPolicy"),
  ...on("group", "iam:AttachGroupPolicy", "iam:PutGroupPolicy", "iam:AddUserToGroup"),
  ...on("role", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
  ...on("policy", "iam:CreatePolicyVersion"),
];

/** All of these together are nearly everything but identities, as in PowerUserAccess. */
const NEARLY_ALL: readonly Request[] = [
  ...on("object", "s3:DeleteObject"),
  ...on("secret", "secretsmanager:GetSecretValue"),
  ...on("instance", "ec2:TerminateInstances"),
  ...on("securityGroup", "ec2:AuthorizeSecurityGroupIngress"),
  ...on("key", "kms:Decrypt"),
  ...on("function", "lambda:UpdateFunctionCode"),
  ...on("database", "rds:DeleteDBInstance"),
];

export function administrators(graph: Graph): Finding[] {
  const found = new Map<Resource, string>();
  for (const rights of peopleRights(graph)) {
    const far = rights.managed.find(({ arn }) => TAKES_OVER.test(arn));
    const meant = far ? undefined : byMeaning(rights);
    if (far) found.set(far.resource, far.arn);
    if (meant) found.set(meant.resource, meant.how);
  }
  return [...found].map(([resource, how]) =>
    report(
      resource,
      "violation",
      `"${resource.name}" makes people administrators at all times by ${how}: let them assume a role for the time they need it`,
    ),
  );
}

/** An administrator's role that another account may take: its administrators decide who is one here. */
export function outsideAdministrators(graph: Graph): Finding[] {
  return outsiders(graph).flatMap(({ role, account, certain }): Finding[] => {
    const rights = rightsOf(graph, role);
    const how = rights.managed.find(({ arn }) => TAKES_OVER.test(arn))?.arn ?? byMeaning(rights)?.how;
    if (how === undefined) return [];
    const what = `role "${role.name}" makes account ${account} administrators by ${how}`;
    return certain
      ? [report(role, "violation", `${what}: give it the few actions that it is let in for`)]
      : [report(role, "unknown", `${what}, and whether that is the own account is not known yet: name roles of it`)];
  });
}

/** Identities of the account are what is meant, whichever number it has. */
function anyAccount(statement: Statement): Statement {
  const { resources } = statement;
  const known = resources?.known.map((arn) => arn.replace(/^(arn:[^:]*:iam::)\d{12}:/, "$1000000000000:"));
  return resources && known ? { ...statement, resources: { ...resources, known } } : statement;
}

/** An Allow with a condition (a second factor, an address) does not hold at all times; a Deny of any of the policies counts for all of them. */
function byMeaning({ grants }: Pick<Rights, "grants">): { readonly resource: Resource; readonly how: string } | undefined {
  const denials = grants.flatMap(({ document }) => document.statements.filter(({ effect }) => effect === "Deny").map(anyAccount));
  for (const { resource, document } of grants) {
    const always = document.statements.filter((statement) => statement.effect !== "Deny" && unconditional(statement)).map(anyAccount);
    const counted = [...always, ...denials];
    const may = (request: Request): boolean => decide(counted, request) === "yes";
    const identities = GIVES_RIGHTS.filter(may).map(({ action }) => action);
    if (NEARLY_ALL.every(may)) return { resource, how: "a policy that allows nearly everything on anybody's resources" };
    if (identities.length > 0)
      return { resource, how: `${identities.slice(0, 3).join(", ")}, with which they can give themselves every right` };
  }
  return undefined;
}
