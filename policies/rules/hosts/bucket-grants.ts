/** What a bucket's own policy gives to a role: rights that no document attached to the role shows. */
import { dependenciesOf } from "../../core/references";
import type { Graph, Resource } from "../../core/types";
import { asString } from "../../core/values";
import { keepsStrangersOut } from "../../graph/iam-condition";
import type { Statement, Texts } from "../../graph/iam-document";
import { ROLE } from "../../graph/iam-role";
import type { Grant, Rights } from "../../graph/iam-role";
import { matchesPattern } from "../../graph/iam-match";
import { textsOf } from "../bucket/bucket-policy-text";

export interface BucketGrants {
  readonly rights: Rights;
  /** False where whom the policy names is not known yet, or everybody of the organization. */
  readonly certain: boolean;
}

/** The statements of the bucket's policies that let this role in, with those that keep anybody out. Undefined where none lets it in. */
export function grantsOfBucket(graph: Graph, role: Resource, bucket: Resource): BucketGrants | undefined {
  let certain = true;
  const grants = textsOf(graph, bucket)
    .filter((text) => text.certain)
    .flatMap(({ resource, document }): Grant[] => {
      const flows = dependenciesOf(graph, resource, "policy");
      const roles = flows.filter(({ type }) => ROLE.test(type));
      const answers = document.statements.map((statement) => ({ statement, answer: letsIn(statement, role, roles) }));
      const allowed = answers.filter(({ answer }) => answer !== "no");
      if (allowed.length === 0) return [];
      if (allowed.every(({ answer }) => answer === "maybe")) certain = false;
      const denied = document.statements.filter(({ effect }) => effect === "Deny");
      return [{ resource, document: { statements: [...allowed.map(({ statement }) => statement), ...denied], complete: true }, flows }];
    });
  return grants.length === 0 ? undefined : { rights: { grants, managed: [], open: [] }, certain };
}

function letsIn(statement: Statement, role: Resource, flows: readonly Resource[]): "yes" | "maybe" | "no" {
  if (statement.effect !== "Allow") return "no";
  const answers = (statement.principals?.entries ?? []).map(({ kind, values }) =>
    /^(AWS|\*)$/.test(kind) ? named(values, role, flows) : "no",
  );
  if (answers.includes("everybody")) return ofEverybody(statement, role);
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}

function named({ known, unknowns }: Texts, role: Resource, flows: readonly Resource[]): "yes" | "maybe" | "no" | "everybody" {
  if (known.includes("*")) return "everybody";
  if (known.some((text) => isArnOf(text, role))) return "yes";
  if (unknowns === 0 || !flows.includes(role)) return "no";
  return flows.length === 1 || unknowns >= flows.length ? "yes" : "maybe";
}

/** Whom a condition lets in of everybody: those that it names, or all of one's own account or organization. What lets strangers in is bucket-not-public's. */
function ofEverybody(statement: Statement, role: Resource): "maybe" | "no" {
  if (keepsStrangersOut(statement) === "no") return "no";
  const callers = statement.conditions.filter(({ key }) => /^aws:(principalarn|userid|principaltag\/.*|sourcearn)$/i.test(key));
  const arns = callers.flatMap(({ values }) => values.known);
  return callers.length === 0 || arns.some((text) => isArnOf(text, role)) ? "maybe" : "no";
}

function isArnOf(text: string, role: Resource): boolean {
  const name = asString(role.inputs.name) ?? asString(role.outputs.name) ?? role.id;
  if (text === asString(role.outputs.arn)) return true;
  const given = /^arn:[^:]*:iam::[^:]*:role\/(.+)$/.exec(text)?.[1];
  return given !== undefined && name !== undefined && matchesPattern(given.split("/").pop() ?? "", name);
}
