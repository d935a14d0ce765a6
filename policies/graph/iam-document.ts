/** IAM policy documents in any spelling (JSON text or object, single values or lists), read into one form. */
import { Unknown } from "../core/types";
import type { Props, Value } from "../core/types";
import { asArray, asProps, isAbsent, reveal } from "../core/values";

/** Texts of which some may not be known yet. */
export interface Texts {
  readonly known: readonly string[];
  readonly unknowns: number;
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: Texts;
}

/** Whom a statement is about: by kind (`AWS`, `Service`, `Federated`, `CanonicalUser`, or `*`). */
export interface Principals {
  readonly entries: readonly { readonly kind: string; readonly values: Texts }[];
  readonly unknown: boolean;
}

export interface Statement {
  /** Undefined where it is not known, or neither Allow nor Deny. */
  readonly effect: "Allow" | "Deny" | undefined;
  readonly sid: string | undefined;
  readonly principals: Principals | undefined;
  readonly notPrincipals: Principals | undefined;
  readonly actions: Texts | undefined;
  readonly notActions: Texts | undefined;
  readonly resources: Texts | undefined;
  readonly notResources: Texts | undefined;
  readonly conditions: readonly Condition[];
  /** Some condition is not known. */
  readonly conditionsOpen: boolean;
}

export interface Document {
  readonly statements: readonly Statement[];
  /** False where a statement, or the document as a whole, is not known or cannot be read. */
  readonly complete: boolean;
}

/** AWS takes 20 KB at most, which holds some hundred; of more, not all are read. */
const MOST_STATEMENTS = 1000;
/** Characters: fifty times of that, blanks included. Every policy about rights would read the rest again. */
const LONGEST = 1_000_000;

const NOTHING: Document = { statements: [], complete: true };
const UNREADABLE: Document = { statements: [], complete: false };

/** Absent documents say nothing and are complete. */
export function readDocument(value: Value | undefined): Document {
  if (isAbsent(value)) return NOTHING;
  const inner = reveal(value);
  if (typeof inner === "string") return inner.trim() === "" ? NOTHING : readText(inner);
  const props = asProps(inner);
  if (!props) return UNREADABLE;
  const given = field(props, "Statement");
  const list = asArray(given) ?? (isAbsent(given) ? [] : [given]);
  const statements = list.slice(0, MOST_STATEMENTS).map((item) => asProps(item));
  return {
    statements: statements.filter((item) => item !== undefined).map(readStatement),
    complete: statements.every((item) => item !== undefined) && list.length <= MOST_STATEMENTS,
  };
}

function readText(text: string): Document {
  if (text.length > LONGEST) return UNREADABLE;
  try {
    return readDocument(JSON.parse(text) as Value);
  } catch {
    return UNREADABLE;
  }
}

function readStatement(props: Props): Statement {
  const effect = reveal(field(props, "Effect"));
  const sid = reveal(field(props, "Sid"));
  const condition = field(props, "Condition");
  return {
    effect: effect === "Allow" || effect === "Deny" ? effect : undefined,
    sid: typeof sid === "string" && sid !== "" ? sid : undefined,
    principals: readPrincipals(field(props, "Principal")),
    notPrincipals: readPrincipals(field(props, "NotPrincipal")),
    actions: texts(field(props, "Action")),
    notActions: texts(field(props, "NotAction")),
    resources: texts(field(props, "Resource")),
    notResources: texts(field(props, "NotResource")),
    ...readConditions(condition),
  };
}

function readPrincipals(value: Value | undefined): Principals | undefined {
  if (isAbsent(value)) return undefined;
  const props = asProps(value);
  if (props)
    return {
      entries: Object.entries(props).map(([kind, item]) => ({ kind, values: texts(item) ?? { known: [], unknowns: 0 } })),
      unknown: false,
    };
  const given = texts(value);
  if (!given || given.unknowns > 0) return { entries: [], unknown: true };
  return { entries: [{ kind: "*", values: given }], unknown: false };
}

function readConditions(value: Value | undefined): Pick<Statement, "conditions" | "conditionsOpen"> {
  if (isAbsent(value)) return { conditions: [], conditionsOpen: false };
  const operators = asProps(value);
  if (!operators) return { conditions: [], conditionsOpen: true };
  const blocks = Object.entries(operators).map(([operator, block]) => ({ operator, keys: asProps(block) }));
  return {
    conditions: blocks.flatMap(({ operator, keys }) =>
      Object.entries(keys ?? {}).map(([key, item]) => ({
        operator,
        key: key.toLowerCase(),
        values: texts(item) ?? { known: [], unknowns: 0 },
      })),
    ),
    conditionsOpen: blocks.some(({ keys }) => keys === undefined),
  };
}

/** One text or a list of them; numbers and booleans are texts to IAM. */
function texts(value: Value | undefined): Texts | undefined {
  if (isAbsent(value)) return undefined;
  const list = (asArray(value) ?? [reveal(value) as Value]).map((item) => reveal(item));
  return {
    known: list.filter((item) => typeof item === "string" || typeof item === "boolean" || typeof item === "number").map(String),
    unknowns: list.filter((item) => item instanceof Unknown).length,
  };
}

/** Element names as IAM writes them; the lower-case spelling of other tools' helpers counts too. */
function field(props: Props, name: string): Value | undefined {
  return props[name] ?? props[name.charAt(0).toLowerCase() + name.slice(1)];
}
