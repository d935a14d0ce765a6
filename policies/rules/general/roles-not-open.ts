import { dependenciesOf, ofType } from "../../core/references";
import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { asString } from "../../core/values";
import { keepsStrangersOut } from "../../graph/iam-condition";
import { readDocument } from "../../graph/iam-document";
import type { Statement } from "../../graph/iam-document";
import { ownAccounts, reachOf } from "../../graph/iam-principal";
import { hostRoles } from "../../graph/iam-role";

const FIX =
  "Name the roles that may take it; for pipelines require the provider's `sub` with your own organization, repository and branch (StringEquals).";

export const policy: Policy = {
  id: "roles-not-open",
  severity: "critical",
  control: "IAM-1",
  tags: ["iam"],
  description:
    "No role can be taken by everybody, and none by whoever signs in with an identity provider of another account, or with one that others use as well (pipelines of GitHub, GitLab and the like). Roles of hosts have a stricter policy, role-trust.",
  why: "GitHub signs tokens for every repository of the world with one key. A trust without `sub`, or with a wildcard where the organization stands, lets any of them in.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:*" } }',
  good: 'Condition: { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:example/shop:ref:refs/heads/main" } }',
  evaluate(graph) {
    const hosts = new Set(hostRoles(graph).map(({ role }) => role));
    return ofType(graph, /^aws:iam\/role:/)
      .filter((role) => role.external !== true && !hosts.has(role))
      .flatMap((role) => check(graph, role));
  },
};

/** The providers of the program that flow into a role's trust: before they exist their ARNs, which hold the name, are not known. */
const providersOf = (graph: Graph, role: Resource): string[] =>
  dependenciesOf(graph, role, "assumeRolePolicy", /^aws:iam\/openIdConnectProvider:/).flatMap(
    (provider) => asString(provider.inputs.url) ?? [],
  );

function check(graph: Graph, role: Resource): Finding[] {
  const own = providersOf(graph, role);
  return readDocument(role.inputs.assumeRolePolicy).statements.flatMap((statement) => {
    if (statement.effect !== "Allow") return [];
    return reachOf(statement).flatMap((reach): Finding[] => {
      const stranger = reach.who === "federated" ? foreignAccount(graph, reach.by) : undefined;
      if (stranger !== undefined)
        return [
          {
            verdict: "violation",
            urn: role.urn,
            message: `Role "${role.name}" can be taken by ${reach.by}, an identity provider of account ${stranger}, whose administrators decide who signs in: name a provider of the own account`,
          },
        ];
      const open =
        reach.who === "everybody"
          ? keepsStrangersOut(statement) === "no"
          : reach.who === "federated" && isShared(statement, [reach.by, ...own]) && !namesCaller(statement);
      return open
        ? [
            {
              verdict: "violation",
              urn: role.urn,
              message: `Role "${role.name}" can be taken by ${reach.by}, and no condition says whose: ${FIX}`,
            },
          ]
        : [];
    });
  });
}

/** Where the own account is not known, an ARN with an account's number says nothing: most programs write their own. */
function foreignAccount(graph: Graph, by: string): string | undefined {
  const account = /:iam::(\d{12}):(?:saml|oidc)-provider\//.exec(by)?.[1];
  const own = ownAccounts(graph);
  return account === undefined || own.size === 0 || own.has(account) ? undefined : account;
}

/** Providers whose tokens are signed for customers of all kinds. */
const SHARED =
  /token\.actions\.githubusercontent\.com|gitlab\.com|app\.terraform\.io|api\.pulumi\.com|circleci\.com|agent\.buildkite\.com|accounts\.google\.com|cognito-identity\.amazonaws\.com|bitbucket\.org|vercel\.com|spacelift\.io|scalr\.io|graph\.facebook\.com|www\.amazon\.com|sts\.windows\.net|login\.microsoftonline\.com|vstoken\.dev\.azure\.com/i;

/** By its own name, or by the claims that are asked for, which bear it. */
const isShared = ({ conditions }: Statement, names: readonly string[]): boolean =>
  [...names, ...conditions.map(({ key }) => key)].some((name) => SHARED.test(name));

/** A claim that only one's own tokens carry: `sub`, or (Cognito, Google, Microsoft) the application in `aud`. */
function namesCaller({ conditions, conditionsOpen }: Statement): boolean {
  if (conditionsOpen) return true;
  return conditions.some(({ operator, key, values }) => {
    if (!/^(foranyvalue:)?string(equals|like)(ignorecase)?$/i.test(operator)) return false;
    const claim = /:(sub|aud|repository|repository_owner|organization_id|project_path|namespace_path|oid|app_id|tfc_organization\w*)$/i
      .exec(key)?.[1]
      ?.toLowerCase();
    if (claim === undefined || values.known.length + values.unknowns === 0) return false;
    if (
      claim === "aud" &&
      values.unknowns === 0 &&
      values.known.every((value) => /^(sts\.amazonaws\.com|https?:\/\/[\w.]+|aws\.workload\.identity)$/i.test(value))
    )
      return false;
    return values.known.every((value) => !/^([\w-]+:)?[\w-]*[*?]/.test(value));
  });
}
