/** Whose resources a statement is about: the program's own, or anybody's in the account. */
import { ofType } from "../core/graph";
import type { Graph } from "../core/types";
import type { Condition, Statement } from "./iam-document";

/** What stands in secrets, parameters and keys cannot be told from a name, so a pattern has to begin with the program's own. */
const NAMED_BY_OWNER = /^(secretsmanager|ssm|kms)$/;

export interface Owner {
  /** Words of the program's own names: project, stack. */
  readonly words: readonly string[];
}

export function ownerOf(graph: Graph): Owner {
  const [, stack = "", project = ""] =
    /^urn:pulumi:(.*?)::(.*?)::/.exec(ofType(graph, "pulumi:pulumi:Stack")[0]?.urn ?? graph.resources[0]?.urn ?? "") ?? [];
  return { words: project.length > 2 ? [project.toLowerCase()] : stack.length > 4 ? [stack.toLowerCase()] : [] };
}

/** The resources of a statement that are anybody's, as patterns; none: all are particular ones. */
export function anybodys(statement: Statement, owner: Owner): string[] {
  if (statement.conditions.some(narrowsResources)) return [];
  if (statement.notResources) return ["everything else"];
  return (statement.resources?.known ?? []).filter((pattern) => isAnybodys(pattern, owner));
}

function isAnybodys(pattern: string, { words }: Owner): boolean {
  if (!pattern.startsWith("arn:")) return /[*?]/.test(pattern);
  const [, , service = "", , account = "", ...rest] = pattern.split(":");
  const name = rest.join(":").replace(/^accesspoint\//, "");
  // What AWS publishes (images, regions, addresses) is in no account.
  if (service === "ssm" && account === "" && /^parameter\/aws\/./.test(name)) return false;
  if (/[*?]/.test(service)) return true;
  const fixed = /^[^*?$]*/.exec(name)?.[0] ?? "";
  if (fixed === name) return false;
  if (words.some((word) => fixed.toLowerCase().includes(word))) return false;
  if (NAMED_BY_OWNER.test(service)) return true;
  // `bucket/*`, `table/orders/*`: a whole name stands before the wildcard. `function:*`, `b*`: none does.
  return service === "s3" ? !fixed.includes("/") : !/^[\w-]+[/:][^/:]+[/:]/.test(fixed);
}

/** Conditions on the resource's tags, or on the service that asks in its owner's name, limit a statement to particular resources. */
function narrowsResources({ operator, key, values }: Condition): boolean {
  if (/^(forallvalues:|null$)|not|ifexists$/i.test(operator)) return false;
  if (!/^([a-z0-9-]+:resourcetag\/|kms:(viaservice|encryptioncontext)|iam:passedtoservice$)/i.test(key)) return false;
  return values.known.length + values.unknowns > 0 && !values.known.some((value) => /^[*?]+$/.test(value));
}
