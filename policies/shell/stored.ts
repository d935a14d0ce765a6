/**
 * Objects of the program's buckets that a host fetches at its first boot. Where their content is in the program (`content`, `contentBase64`, an asset),
 * a script is followed as it is, and the files of an archive lie where the host unpacks it.
 */
import { createHash } from "node:crypto";
import { textOfAsset } from "../core/assets";
import { ofType, once } from "../core/graph";
import { Asset } from "../core/types";
import type { Graph, Resource } from "../core/types";
import { asString, containsSecret, exactText, reveal } from "../core/values";
import { openBytes, withoutGzip } from "../graph/local/open";
import { targetsOf } from "../graph/network/targets";

const OBJECT = /^aws:s3\/bucketObject(v2)?:/u;
const BUCKET = /^aws:s3\/bucket(V2)?:Bucket(V2)?$/u;

export interface Stored {
  readonly urn: string;
  /** Undefined where the name of the bucket is not known yet. */
  readonly bucket: string | undefined;
  readonly key: string;
  /** SHA-256 in hex, of the object, and of what gzip has packed in it. */
  readonly digests: readonly [string, ...string[]];
  readonly secret: boolean;
  /** The property that it stands in. */
  readonly part: string;
  /** What it is: a text, or an archive. */
  readonly content: Asset;
  /** The host's own text has its SHA-256, and so takes this object and no other. */
  readonly isPinned: boolean;
}

/** The objects whose keys this text names. */
export function storedFor(graph: Graph, text: string): Stored[] {
  return objectsOf(graph)
    .filter(({ key }) => text.includes(key))
    .map((one) => ({ ...one, isPinned: one.digests.some((digest) => text.includes(digest)) }));
}

const objectsOf = once((graph: Graph): readonly Stored[] => ofType(graph, OBJECT).flatMap((resource) => objectOf(graph, resource)));

function objectOf(graph: Graph, resource: Resource): Stored[] {
  const key = asString(resource.inputs.key);
  const opened = openedOf(resource);
  if (key === undefined || key.length < SHORTEST_KEY || opened === undefined) return [];
  const [bucket] = targetsOf(graph, resource, "bucket", BUCKET)?.certain ?? [];
  const name = bucket === undefined ? asString(resource.inputs.bucket) : asString(bucket.inputs.bucket);
  return [{ urn: resource.urn, bucket: name, key, ...opened, isPinned: false }];
}

/** One letter is in every text. */
const SHORTEST_KEY = 3;

const openedOf = once((resource: Resource): Pick<Stored, "digests" | "secret" | "part" | "content"> | undefined => {
  const { content, contentBase64, source } = resource.inputs;
  const text = asString(content);
  const encoded = asString(contentBase64);
  const asset = reveal(source);
  const digest = (of: string | Buffer): string => createHash("sha256").update(of).digest("hex");
  if (text !== undefined)
    return { secret: containsSecret(content), digests: [digest(text)], part: "content", content: new Asset("text", text) };
  if (encoded !== undefined) {
    const bytes = Buffer.from(encoded, "base64");
    const inner = withoutGzip(bytes);
    return {
      secret: containsSecret(contentBase64),
      digests: [digest(bytes), ...(typeof inner === "string" ? [] : [digest(inner)])],
      part: "contentBase64",
      content: openBytes(asString(resource.inputs.key) ?? "", bytes, inner),
    };
  }
  if (!(asset instanceof Asset)) return undefined;
  const sent = textOfAsset(asset);
  return { secret: containsSecret(source), digests: [digest(sent ?? exactText(asset))], part: "source", content: asset };
});
