/** CloudFormation templates, JSON or YAML, with the short forms of YAML (`!Ref x`) written out as JSON has them. */
import { isMap, isSeq } from "yaml";
import type { Tags } from "yaml";
import { readYaml } from "../yaml";

/** Above what CloudFormation takes from S3. */
export const LONGEST = 1_000_000;
const MOST_ALIASES = 1000;

export type Fields = Readonly<Record<string, unknown>>;

/** The template as an object; undefined where the text is none, or cannot be read. */
export function readTemplate(text: string): Fields | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    const document = readYaml(text, LONGEST, TAGS);
    if (document === undefined || document.errors.length > 0) return undefined;
    try {
      return fieldsOf(document.toJS({ maxAliasCount: MOST_ALIASES }));
    } catch (error) {
      if (error instanceof ReferenceError) return undefined;
      throw error;
    }
  }
}

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** All functions of templates (CloudFormation template reference, "Intrinsic functions"). */
const FUNCTIONS =
  "Base64 Cidr FindInMap ForEach GetAtt GetAZs If ImportValue Join Length Select Split Sub ToJsonString Transform And Equals Not Or Condition".split(
    " ",
  );
const nameOf = (short: string): string => (short === "Ref" || short === "Condition" ? short : `Fn::${short}`);

const TAGS: Tags = [...FUNCTIONS, "Ref"].flatMap((short) => {
  const tag = `!${short}`;
  const written = (value: unknown): Fields => ({ [nameOf(short)]: value });
  return [
    { tag, resolve: (text: string) => written(text) },
    { tag, collection: "seq" as const, resolve: (node: unknown) => written(isSeq(node) ? node.toJSON() : undefined) },
    { tag, collection: "map" as const, resolve: (node: unknown) => written(isMap(node) ? (node.toJSON() as unknown) : undefined) },
  ];
});
