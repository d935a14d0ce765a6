/** Policy documents of a size that IAM takes. Pure. */
import type { Allowed } from "./statements";

/** Characters without white space. Source: IAM and AWS STS quotas, "IAM object quotas". */
export const MANAGED_LIMIT = 6_144;
/** All inline policies of a role together. */
export const INLINE_LIMIT = 10_240;
/** Managed policies that a role takes unless the quota was raised. */
export const MANAGED_COUNT = 10;

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

export interface Document {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export const documentOf = (statements: readonly Statement[]): Document => ({ Version: "2012-10-17", Statement: statements });

/** As IAM counts. Nothing within a document holds white space. */
export const sizeOf = (document: Document): number => JSON.stringify(document).length;

/** Sids are unique over all documents, so that they can be joined. */
export function statementsOf(all: readonly Allowed[]): Statement[] {
  const taken = new Map<string, number>();
  return all.map(({ actions, resources, conditions }) => {
    const base = sid(actions, conditions);
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    return {
      Sid: count === 1 ? base : `${base}${count}`,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(Object.keys(conditions).length > 0 ? { Condition: short(conditions) } : {}),
    };
  });
}

/** A single value stands without a list, as AWS prints it. */
function short(conditions: Allowed["conditions"]): Conditions {
  const value = (values: readonly string[]): string | readonly string[] => (values.length === 1 ? (values[0] ?? "") : values);
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, value(values)])),
    ]),
  );
}

function sid(actions: readonly string[], conditions: Allowed["conditions"]): string {
  const [service = "", action = ""] = (actions[0] ?? "").split(":");
  const name = service.toUpperCase().replace("EC2", "Ec2").replaceAll("-", "");
  if (actions.length === 1) return name + action;
  if ("aws:ResourceTag/Stack" in (conditions["StringEquals"] ?? {})) return `${name}Own`;
  return /^(Describe|Get|List)/.test(action) ? `${name}Read` : `${name}Write`;
}

/**
 * As few documents as they fill one after the other.
 *
 * @throws Error when one statement is larger than a document may be and cannot be divided.
 */
export function pack(statements: readonly Statement[], limit = MANAGED_LIMIT): Document[] {
  const packed: Statement[][] = [];
  for (const statement of statements.flatMap((one) => divide(one, limit))) {
    const place = packed.find((list) => sizeOf(documentOf([...list, statement])) <= limit);
    if (place === undefined) packed.push([statement]);
    else place.push(statement);
  }
  return packed.map(documentOf);
}

/** In halves of its longer list: every pair of an action and a resource stays. */
function divide(statement: Statement, limit: number): Statement[] {
  if (sizeOf(documentOf([statement])) <= limit) return [statement];
  const key = JSON.stringify(statement.Action).length >= JSON.stringify(statement.Resource).length ? "Action" : "Resource";
  const list = statement[key].length > 1 ? statement[key] : statement[key === "Action" ? "Resource" : "Action"];
  const by = list === statement[key] ? key : key === "Action" ? "Resource" : "Action";
  if (list.length < 2) throw new Error(`one statement is larger than ${limit} characters and cannot be divided: ${statement.Sid}`);
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)].flatMap((part, index) =>
    divide({ ...statement, Sid: `${statement.Sid}${"ab"[index] ?? ""}`, [by]: part }, limit),
  );
}
