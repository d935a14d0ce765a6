/**
 * What a permissions boundary certainly keeps from the hosts' roles: no statement of it allows the action on anything, or one denies it on everything.
 * A boundary that allows it on other resources, or under conditions, is not judged. Pure.
 */
import { readDocument, type Statement as Rule } from "../../policies/graph/iam-document";
import { matchesPattern } from "../../policies/graph/iam-match";
import type { Statement } from "./role";

function isAbout({ actions, notActions }: Rule, action: string): boolean {
  const isNamed = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesPattern(pattern, action, true));
  return actions !== undefined ? isNamed(actions.known) : notActions !== undefined && !isNamed(notActions.known);
}

const isEverywhere = ({ resources, notResources, conditions, conditionsOpen }: Rule): boolean =>
  notResources === undefined && resources?.known.includes("*") === true && conditions.length === 0 && !conditionsOpen;

/**
 * @param document text of the boundary
 * @returns the actions that no host can take, each once, sorted; none where the text cannot be read
 */
export function keptFrom(document: string, statements: readonly Pick<Statement, "Action">[]): string[] {
  const { statements: rules, complete } = readDocument(document);
  if (!complete || rules.length === 0) return [];
  const isKept = (action: string): boolean => {
    const about = rules.filter((one) => isAbout(one, action));
    return !about.some(({ effect }) => effect === "Allow") || about.some((one) => one.effect === "Deny" && isEverywhere(one));
  };
  return [...new Set(statements.flatMap(({ Action }) => Action))].filter(isKept).sort();
}
