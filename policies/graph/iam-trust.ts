/** Which other roles a role lets in, by its trust policy. */
import { ofType, once } from "../core/graph";
import { dependenciesOf } from "../core/references";
import type { Graph, Resource } from "../core/types";
import { asString, propertyOf } from "../core/values";
import { readDocument } from "./iam-document";
import { matchesPattern, samePartition, strongest } from "./iam-match";
import type { Answer } from "./iam-match";
import { ownAccounts, reachOf } from "./iam-principal";
import { ROLE } from "./iam-role";

/** Whom a role lets in, of other roles: what of it does not depend on who asks. */
export interface Trust {
  readonly statements: readonly {
    readonly yes: Answer;
    /** Names of roles, as the statement writes them. */
    readonly named: readonly string[];
    /** Some of its principals are not known. */
    readonly unknown: boolean;
    /** The account as a whole, whose policies then decide. */
    readonly account: boolean;
  }[];
  readonly complete: boolean;
  /** Roles of the program that its document depends on. */
  readonly flows: readonly Resource[];
}

export const trustOfRoles = once((graph: Graph) => new Map(ofType(graph, ROLE).map((role) => [role, readTrust(graph, role)])));

/** A program has many roles, and nearly all of them let in a service alone. */
export const trustByName = once((graph: Graph) =>
  [...trustOfRoles(graph)].filter(
    ([, { statements, complete }]) => !complete || statements.some(({ named, unknown }) => unknown || named.length > 0),
  ),
);

export interface Outsider {
  readonly role: Resource;
  /** The other account that may take it. */
  readonly account: string;
  /** False: which account is the program's own is not known yet. */
  readonly certain: boolean;
}

/** Roles of the program that another account may take: its administrators decide who does. */
export const outsiders = once((graph: Graph): readonly Outsider[] => {
  const own = ownAccounts(graph);
  return ofType(graph, ROLE).flatMap((role) => {
    if (role.external === true) return [];
    const [account] = readDocument(role.inputs.assumeRolePolicy)
      .statements.filter(({ effect }) => effect === "Allow")
      .flatMap((statement) => reachOf(statement))
      .flatMap((reach) => (reach.who === "account" && !own.has(reach.account) ? [reach.account] : []));
    return account === undefined ? [] : [{ role, account, certain: own.size > 0 }];
  });
});

function readTrust(graph: Graph, role: Resource): Trust {
  const { statements, complete } = readDocument(role.inputs.assumeRolePolicy);
  const own = ownAccounts(graph);
  return {
    statements: statements
      .filter(({ effect }) => effect === "Allow")
      .map(({ conditions, conditionsOpen, principals, notPrincipals }) => {
        const aws = (principals?.entries ?? []).filter(({ kind }) => kind === "AWS" || kind === "*");
        const known = aws.flatMap(({ values }) => values.known);
        return {
          yes: conditions.length > 0 || conditionsOpen ? "maybe" : "yes",
          named: known.filter((one) => /:role\//.test(one)),
          unknown: aws.some(({ values }) => values.unknowns > 0) || principals?.unknown === true,
          account: known.some((one) => one === "*" || isAccount(one, own)) || notPrincipals !== undefined,
        };
      }),
    complete,
    flows: dependenciesOf(graph, role, "assumeRolePolicy", ROLE),
  };
}

/** Whether a role lets another role in by its name. */
export function trustsByName(graph: Graph, { statements, complete, flows }: Trust, holder: Resource): Answer {
  const flowing = flows.includes(holder);
  const answers = statements.map(({ yes, named, unknown }): Answer =>
    named.some((one) => namesRole(graph, one, holder)) || (unknown && flowing) ? yes : "no",
  );
  return strongest([...answers, ...(complete ? [] : [flowing ? ("yes" as const) : ("no" as const)])]);
}

/** Whether it lets in the account as a whole. */
export const trustsAccount = ({ statements, complete }: Trust): Answer =>
  strongest([...statements.map(({ yes, account }): Answer => (account ? yes : "no")), ...(complete ? [] : ["maybe" as const])]);

function isAccount(principal: string, own: ReadonlySet<string>): boolean {
  const account = /^(\d{12})$/.exec(principal)?.[1] ?? /^arn:[^:]*:iam::(\d{12}):root$/.exec(principal)?.[1];
  return account !== undefined && (own.size === 0 || own.has(account));
}

/** Roles of other accounts are reported by least-privilege-role in any case. */
export function isOtherAccounts(graph: Graph, pattern: string): boolean {
  const account = /^arn:[^:]*:iam::(\d{12}):/.exec(pattern)?.[1];
  const own = ownAccounts(graph);
  return account !== undefined && own.size > 0 && !own.has(account);
}

/** `arn:aws:iam::1:role/path/name`, with IAM's wildcards, or `*`. A role of another account may have the same name. */
export function namesRole(graph: Graph, pattern: string, role: Resource): boolean {
  if (pattern === "*" || asString(role.outputs.arn) === pattern) return true;
  if (isOtherAccounts(graph, pattern)) return false;
  const name = asString(role.inputs.name) ?? asString(role.outputs.name) ?? `${asString(role.inputs.namePrefix) ?? role.name}-0000000`;
  const path = (asString(propertyOf(role, "path")) ?? "/").replace(/^\//, "");
  const account = /^\d{12}$/.exec(pattern.split(":")[4] ?? "")?.[0] ?? "000000000000";
  return matchesPattern(samePartition(pattern), `arn:aws:iam::${account}:role/${path}${name}`);
}
