/**
 * What a permissions boundary certainly keeps from the hosts' roles: no statement of it allows the action on anything, or one denies it on everything.
 * A boundary that allows it on other resources, or under conditions, is not judged. Pure.
 */
import type { Statement } from "./role";

interface Read {
  readonly effect: unknown;
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly everywhere: boolean;
  readonly conditional: boolean;
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");

/** @returns undefined for what is no policy */
function read(document: string): Read[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    return undefined;
  }
  const { Statement: given } = (parsed ?? {}) as { Statement?: unknown };
  if (typeof given !== "object" || given === null) return undefined;
  return (Array.isArray(given) ? given : [given]).map((one: Record<string, unknown>) => ({
    effect: one.Effect,
    actions: one.Action === undefined ? undefined : list(one.Action),
    notActions: one.NotAction === undefined ? undefined : list(one.NotAction),
    everywhere: one.NotResource === undefined && list(one.Resource).includes("*"),
    conditional: one.Condition !== undefined,
  }));
}

/** IAM's wildcards, in whichever case. */
const matches = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
    "i",
  ).test(action);

const isAbout = ({ actions, notActions }: Read, action: string): boolean =>
  actions !== undefined
    ? actions.some((pattern) => matches(pattern, action))
    : notActions !== undefined && !notActions.some((pattern) => matches(pattern, action));

/**
 * @param document text of the boundary
 * @returns the actions that no host can take, each once, sorted; none where the text cannot be read
 */
export function keptFrom(document: string, statements: readonly Pick<Statement, "Action">[]): string[] {
  const rules = read(document);
  if (rules === undefined) return [];
  const isKept = (action: string): boolean => {
    const about = rules.filter((one) => isAbout(one, action));
    return (
      !about.some(({ effect }) => effect === "Allow") ||
      about.some(({ effect, everywhere, conditional }) => effect === "Deny" && everywhere && !conditional)
    );
  };
  return [...new Set(statements.flatMap(({ Action }) => Action))].filter(isKept).sort();
}
