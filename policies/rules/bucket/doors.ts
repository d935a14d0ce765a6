/**
 * Access points: other names of a bucket. A request by way of one names it in place of the bucket (`arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/object/KEY`,
 * or the alias, which ends with `-s3alias`), so what a statement says of an access point it says of the bucket behind it.
 */
import { ofType } from "../../core/graph";
import type { Graph, Resource, Value } from "../../core/types";
import { asProps, asString, propertyOf } from "../../core/values";
import type { Statement, Texts } from "../../graph/iam-document";
import { matchesPattern } from "../../graph/iam-match";
import { attachedTo, blocks, targetsOf } from "../../graph/join";
import { BUCKET_KIND, only } from "./model";

const POINT = /^aws:s3\/accessPoint:/;
const MULTI = /^aws:s3control\/multiRegionAccessPoint:/;
const LAMBDA = /^aws:s3control\/objectLambdaAccessPoint:/;

/** Does it lead to the bucket? "maybe" where names are not known yet. */
function leadsTo(graph: Graph, door: Resource, bucket: Resource): "yes" | "maybe" | "no" {
  if (POINT.test(door.type)) {
    const { certain, possible } = attachedTo(graph, bucket, POINT, "bucket", BUCKET_KIND);
    return certain.includes(door) ? "yes" : possible.includes(door) ? "maybe" : "no";
  }
  const details = asProps(only(door.inputs.details)) ?? {};
  const named = blocks(details.regions).map((region) => targetsOf(graph, door, "details", BUCKET_KIND, asProps(region)?.bucket));
  if (named.some(({ certain }) => certain.includes(bucket))) return "yes";
  return named.some(({ possible }) => possible.includes(bucket)) ? "maybe" : "no";
}

const doors = (graph: Graph): Resource[] => ofType(graph, /^aws:(s3\/accessPoint|s3control\/multiRegionAccessPoint):/);

export const isDoorOf = (graph: Graph, door: Resource, bucket: Resource): boolean =>
  (POINT.test(door.type) || MULTI.test(door.type)) && leadsTo(graph, door, bucket) !== "no";

/** Other ways to name an access point than by its own: an Object Lambda access point calls another one, an alias is a bucket's name. */
const NAMED =
  /^arn:[^:]*:s3(?:-object-lambda)?:[^:]*:[^:]*:accesspoint[/:]([^/]+)(?:\/object\/(.*)|\/(.*))?$|^arn:[^:]*:s3:::([a-z0-9*?.-]*-(?:s3alias|ext-s3alias|mrap|ol-s3))(?:\/(.*))?$/;

/** The statement with the bucket in place of its access points; one that is not part of the program may lead to any bucket. */
export function throughDoors(graph: Graph, statement: Statement, bucket: Resource, name: string): Statement {
  const { resources, actions } = statement;
  const asS3 = actions?.known.some((one) => /^s3-object-lambda:/i.test(one)) === true;
  const meant: Statement = asS3
    ? { ...statement, actions: { ...actions, known: actions.known.map((one) => one.replace(/^s3-object-lambda:/i, "s3:")) } }
    : statement;
  const byArn = new Map(doors(graph).map((door) => [asString(door.outputs.arn) ?? door.urn, door]));
  if (!resources?.known.some((one) => NAMED.test(one) || byArn.has(one))) return meant;
  let { unknowns } = resources;
  const known = resources.known.flatMap((pattern) => {
    const parts = NAMED.exec(pattern);
    const exact = byArn.get(pattern);
    if (exact) return isDoorOf(graph, exact, bucket) ? [`arn:aws:s3:::${name}`] : [];
    if (!parts) return [pattern];
    const door = parts[1] ?? parts[4] ?? "";
    const key = parts[2] ?? parts[5] ?? parts[3];
    const answers = doors(graph)
      .filter((one) => isNamed(door, one))
      .map((one) => leadsTo(graph, one, bucket));
    const open =
      answers.length === 0 || /[*?$]/.test(door) || answers.includes("maybe") || ofType(graph, LAMBDA).some((one) => isNamed(door, one));
    if (answers.includes("yes")) return [`arn:aws:s3:::${name}${key === undefined ? "" : `/${key}`}`];
    if (open) unknowns += 1;
    return [];
  });
  const through: Texts = { known, unknowns };
  return { ...meant, resources: through };
}

/** By its name, or by the alias that AWS makes of it. */
function isNamed(pattern: string, door: Resource): boolean {
  const details = asProps(only(door.inputs.details));
  const given: (Value | undefined)[] = [propertyOf(door, "name"), details?.name, door.outputs.alias, door.id];
  const own = given.flatMap((one) => asString(one) ?? []);
  const names = own.length > 0 ? own : [`${door.name}-0000000`];
  return names.some(
    (name) =>
      matchesPattern(pattern, name) ||
      matchesPattern(pattern.replace(/\.mrap$/, ""), name.replace(/\.mrap$/, "")) ||
      (/-s3alias$/.test(pattern) && pattern.startsWith(`${name.slice(0, 20)}-`)),
  );
}
