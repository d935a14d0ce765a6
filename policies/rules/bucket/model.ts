/** The models buckets and what is attached to them. */
import { selectRole } from "../../core/select";
import type { Finding, Graph, Resource, Settings, Value } from "../../core/types";
import { asProps, asString, isAbsent, propertyOf } from "../../core/values";
import { attachedTo } from "../../graph/join";
import type { Attached } from "../../graph/join";

export const BUCKET = /^aws:s3\/bucket(V2)?:Bucket(V2)?$/;
export const BUCKET_KIND = { type: BUCKET, names: ["bucket"] };
export const OBJECT = /^aws:s3\/(bucketObject(v2)?|objectCopy):/;

/** Types that are part of a bucket, or publish one. */
export const BUCKET_TYPES = /^aws:(s3|s3control|cloudfront)\//;

/** `bucketVersioning` -> the token of that resource and of its `V2` predecessor. */
export function attachment(name: string): RegExp {
  return new RegExp(`^aws:s3/${name}(V2)?:`);
}

export function modelBuckets(graph: Graph, settings: Settings): Resource[] {
  return selectRole(graph, settings.roles.modelBuckets, BUCKET);
}

/** Resources of a type whose `property` names the bucket. */
export function attached(graph: Graph, bucket: Resource, type: RegExp, property = "bucket"): Attached {
  return attachedTo(graph, bucket, type, property, BUCKET_KIND);
}

/** `"name" (logical name)`, or the logical name alone where the physical one is not known yet. */
export function nameOf(bucket: Resource): string {
  const physical = asString(propertyOf(bucket, "bucket"));
  return physical === undefined ? `bucket "${bucket.name}"` : `bucket "${bucket.name}" (${physical})`;
}

/** Keys of the objects that the program itself puts into the bucket. */
export function objectKeys(graph: Graph, bucket: Resource): string[] {
  const objects = attached(graph, bucket, OBJECT).certain;
  return objects.map((object) => asString(propertyOf(object, "key"))).filter((key): key is string => key !== undefined);
}

const ASIDE =
  /^\/?(back-?ups?|(access-?|alb-?|s3-?)?logs?|te?mp|reports?|metrics|inventory|uploads?|diagnostics?|journal|trash|cache|exports?|athena|audit|scratch)([-_./]|$)/i;

/** Content-addressed, so a model wherever it lies. */
const MODEL = /(^|\/)models\/[0-9a-f]{64}\//;

/** Are models among the objects whose key begins so? Undefined where the program does not tell. */
export function coversModels(graph: Graph, prefix: string, keys: readonly string[]): boolean | undefined {
  const models = keys.filter((key) => !ASIDE.test(key) || MODEL.test(key));
  if (prefix === "" || models.some((key) => key.startsWith(prefix))) return true;
  if (ASIDE.test(prefix) || models.some((key) => ASIDE.test(beside(prefix, key)))) return false;
  // While objects may still be registered, a prefix that sounds like models need not be theirs.
  if (graph.partial === true) return undefined;
  if (/model|release|artifact|weights|\.pkl/i.test(prefix) || "models/".startsWith(prefix)) return true;
  return models.length > 0 ? false : undefined;
}

/** What a prefix has of its own behind the folders that it shares with a model: `a/backups/x` beside `a/models/y` is `backups/x`. */
function beside(prefix: string, key: string): string {
  const [own, other] = [prefix.split("/"), key.split("/")];
  const shared = own.findIndex((part, index) => part !== other[index]);
  return shared <= 0 ? "" : own.slice(shared).join("/");
}

/** One finding for each models bucket and each inline property or attached resource that a check evaluates. */
export function eachSetting(
  graph: Graph,
  settings: Settings,
  where: { readonly inline?: string; readonly attached: RegExp; readonly property?: string },
  check: (setting: Setting) => Finding[],
): Finding[] {
  return modelBuckets(graph, settings).flatMap((bucket) => {
    const found = attached(graph, bucket, where.attached, where.property);
    const inline = where.inline === undefined ? undefined : bucket.inputs[where.inline];
    return [
      ...(isAbsent(inline) ? [] : check({ bucket, resource: bucket, value: inline, certain: true, inline: true })),
      ...found.certain.flatMap((resource) => check({ bucket, resource, value: undefined, certain: true, inline: false })),
      ...found.possible.flatMap((resource) => check({ bucket, resource, value: undefined, certain: false, inline: false })),
    ];
  });
}

export interface Setting {
  readonly bucket: Resource;
  /** The bucket itself for an inline property. */
  readonly resource: Resource;
  /** The inline property. */
  readonly value: Value | undefined;
  /** False: it is not known yet whether the resource is attached to this bucket. */
  readonly certain: boolean;
  readonly inline: boolean;
}

/** A violation where the attachment is certain, else "cannot tell". "pending": a value decides that is yet to be made. */
export function finding(
  setting: Pick<Setting, "resource" | "certain" | "bucket">,
  message: string,
  verdict: Finding["verdict"] | "pending" = "violation",
): Finding {
  const { urn } = setting.resource;
  if (setting.certain) return verdict === "pending" ? { verdict: "unknown", pending: true, urn, message } : { verdict, urn, message };
  return {
    verdict: "unknown",
    pending: true,
    urn,
    message: `${message} (it is not known yet whether it is attached to ${nameOf(setting.bucket)})`,
  };
}

/** Nothing is attached to the bucket here. One that the program only reads may have it from elsewhere. */
export function missing(bucket: Resource, message: string): Finding {
  if (bucket.external !== true) return { verdict: "violation", urn: bucket.urn, message, whole: true };
  return { verdict: "unknown", urn: bucket.urn, message: `${message} (the program only reads the bucket, so others may look after it)` };
}

/** The first of a list, or the object itself. */
export function only(value: Value | undefined): Value | undefined {
  const props = asProps(value);
  if (props) return props;
  return Array.isArray(value) ? value[0] : value;
}
