/** Which requests a statement is about, and what a set of statements decides. "maybe": something unknown decides. */
import { everything, matches } from "../core/glob";
import type { Glob, Token } from "../core/glob";
import type { Statement, Texts } from "./iam-document";

export type Answer = "yes" | "no" | "maybe";

export interface Request {
  readonly action: string;
  /** ARN, without wildcards. */
  readonly resource: string;
}

/** IAM's wildcards: `*` any text, `?` one character; policy variables may be anything. */
export function matchesPattern(pattern: string, text: string, ignoreCase = false): boolean {
  return ignoreCase ? matches(compiled(pattern.toLowerCase()), text.toLowerCase()) : matches(compiled(pattern), text);
}

const patterns = new Map<string, Glob>();
const ANY: Token = { kind: "any", fits: everything };
const ONE: Token = { kind: "one", fits: everything };

function compiled(pattern: string): Glob {
  const known = patterns.get(pattern);
  if (known) return known;
  const simple = pattern.replace(/\$\{[^}]*\}/g, "*").replace(/\*+/g, "*");
  const made = [...simple].map((char): Token => (char === "*" ? ANY : char === "?" ? ONE : char));
  if (patterns.size > 10_000) patterns.clear();
  patterns.set(pattern, made);
  return made;
}

/** China's and the government's partitions are other names of the same thing here. */
export function samePartition(arn: string): string {
  return arn.replace(/^arn:aws(-[a-z-]+)?:/, "arn:aws:");
}

function anyOf(texts: Texts, test: (pattern: string) => boolean): Answer {
  if (texts.known.some(test)) return "yes";
  return texts.unknowns > 0 ? "maybe" : "no";
}

const NOT: Record<Answer, Answer> = { yes: "no", no: "yes", maybe: "maybe" };

export function both(left: Answer, right: Answer): Answer {
  if (left === "no" || right === "no") return "no";
  return left === "maybe" || right === "maybe" ? "maybe" : "yes";
}

export function actionAnswer(statement: Statement, action: string): Answer {
  const test = (pattern: string): boolean => matchesPattern(pattern, action, true);
  if (statement.actions) return anyOf(statement.actions, test);
  return statement.notActions ? NOT[anyOf(statement.notActions, test)] : "no";
}

export function resourceAnswer(statement: Statement, resource: string): Answer {
  const test = (pattern: string): boolean => matchesPattern(samePartition(pattern), samePartition(resource));
  if (statement.resources) return anyOf(statement.resources, test);
  return statement.notResources ? NOT[anyOf(statement.notResources, test)] : "yes";
}

/** Is the statement about this request (whoever asks, conditions aside)? */
export function concerns(statement: Statement, request: Request): Answer {
  return both(actionAnswer(statement, request.action), resourceAnswer(statement, request.resource));
}

/** What the statements of one identity decide. A Deny with conditions is not relied upon; an Allow with conditions may apply. */
export function decide(statements: readonly Statement[], request: Request): Answer {
  const answers = (effect: "Allow" | "Deny"): Answer[] =>
    statements
      .filter((item) => item.effect === effect && (effect === "Allow" || unconditional(item)))
      .map((item) => concerns(item, request));
  const denied = strongest(answers("Deny"));
  if (denied === "yes") return "no";
  const allowed = strongest([...answers("Allow"), ...statements.filter((item) => item.effect === undefined).map(() => "maybe" as const)]);
  return denied === "maybe" && allowed === "yes" ? "maybe" : allowed;
}

export function unconditional(statement: Statement): boolean {
  return statement.conditions.length === 0 && !statement.conditionsOpen;
}

export function strongest(answers: readonly Answer[]): Answer {
  if (answers.includes("yes")) return "yes";
  return answers.includes("maybe") ? "maybe" : "no";
}
