/** Do the conditions of an Allow keep strangers out? */
import type { Condition, Statement } from "./iam-document";
import type { Answer } from "./iam-match";

/** Keys whose fixed values name somebody or some network; the caller cannot choose them. */
const NARROWING =
  /^(aws:(sourcevpce|sourcevpc|vpceaccount|vpceorgid|vpceorgpaths|vpcsourceip|sourceaccount|sourcearn|sourceorgid|sourceorgpaths|sourceowner|sourceip|principalorgid|principalorgpaths|principalaccount|principalarn|principalservicename|userid)|s3:(dataaccesspointarn|dataaccesspointaccount)|kms:calleraccount|saml:aud|[a-z0-9.:/-]+:(sub|aud))$/i;

/** "yes": requests of strangers do not pass. "maybe": an unknown value decides. */
export function keepsStrangersOut(statement: Statement): Answer {
  const answers = statement.conditions.map(narrows);
  if (answers.includes("yes")) return "yes";
  return statement.conditionsOpen || answers.includes("maybe") ? "maybe" : "no";
}

/** AWS does not call a file system public that is reached through its mount targets alone: these stand in a network of one's own. */
const isMounted = ({ operator, key, values }: Condition): boolean =>
  key === "elasticfilesystem:accessedviamounttarget" &&
  operator.toLowerCase() === "bool" &&
  values.unknowns === 0 &&
  values.known.length > 0 &&
  values.known.every((value) => value.toLowerCase() === "true");

/** Negated operators, `...IfExists` and `ForAllValues` let a request through that has no such key, so they keep nobody out. */
function narrows(condition: Condition): Answer {
  const { operator, key, values } = condition;
  if (isMounted(condition)) return "yes";
  if (!NARROWING.test(key)) return "no";
  if (/^forallvalues:|ifexists$/i.test(operator)) return "no";
  const bare = operator.replace(/^foranyvalue:/i, "").toLowerCase();
  const usable =
    key === "aws:sourceip" || key === "aws:vpcsourceip"
      ? bare === "ipaddress"
      : ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"].includes(bare);
  if (!usable) return "no";
  if (values.known.some((value) => !isNarrow(key, value))) return "no";
  // The unique id of a role says nothing of its account.
  if (key === "aws:userid" && values.known.length > 0) return "maybe";
  // An unknown value is the id of something that the program creates, so it names one thing.
  return values.known.length + values.unknowns > 0 ? "yes" : "no";
}

function isNarrow(key: string, value: string): boolean {
  if (key === "aws:sourceip" || key === "aws:vpcsourceip") return narrowRange(value);
  if (/org(id|paths)$/.test(key)) return !/[*?]/.test(value.split("/")[0] ?? "");
  if (/arn$/.test(key)) return narrowArn(value);
  if (key === "aws:userid") return /^[A-Z0-9]{8,}(:.*)?$/.test(value);
  return !/^[*?]*$/.test(value) && !/^(vpc|vpce|o|ou)-?\*$/.test(value);
}

/** An account without wildcards, or (S3 names have no account) a resource that does not begin with one. */
function narrowArn(arn: string): boolean {
  const [, , service, , account = "*", ...rest] = arn.split(":");
  if (/[*?]/.test(account) || service === "*") return false;
  return account !== "" || /^[^*?]/.test(rest.join(":"));
}

/** As wide as the whole internet, or nearly, is not narrow: the bounds that S3 itself uses (/8 for IPv4, /32 for IPv6). */
function narrowRange(cidr: string): boolean {
  const bits = /\/(\d+)$/.exec(cidr)?.[1];
  return bits === undefined || Number(bits) >= (cidr.includes(":") ? 32 : 8);
}

/** Accounts that conditions name as the caller's. */
export function callerAccounts(statement: Statement): string[] {
  return positive(statement, /^(aws:principalaccount|kms:calleraccount)$/);
}

/** Accounts whose access points, endpoints or principals are all that keeps strangers out. */
export function narrowedTo(statement: Statement): string[] {
  const accounts = positive(statement, /^(s3:dataaccesspointaccount|aws:(sourceaccount|vpceaccount))$/);
  const arns = positive(statement, /^(s3:dataaccesspointarn|aws:(principalarn|sourcearn))$/);
  return [...accounts, ...arns.flatMap((arn) => /^\d{12}$/.exec(arn.split(":")[4] ?? "")?.[0] ?? [])];
}

/** Networks by literal id that are all that keeps strangers out. */
export function networksNamed(statement: Statement): string[] {
  return positive(statement, /^aws:source(vpce|vpc)$/);
}

function positive({ conditions }: Statement, keys: RegExp): string[] {
  return conditions
    .filter(({ key, operator }) => keys.test(key) && /^(foranyvalue:)?(string(equals|like)|arn(equals|like))/i.test(operator))
    .flatMap(({ values }) => values.known);
}
