/**
 * What a program looked up and does not manage. A function such as `aws.ec2.getSubnet` is in no graph, so a component may show what it answered, in an input
 * called `lookedUp`: a list of `{ type, id, properties }`, with type and properties as of the resource. Policies judge that as they judge a resource that is
 * read (`Subnet.get`). Without it, what an id leads to is not known.
 */
import type { Resource } from "./types";
import { asArray, asProps, asString } from "./values";

/** The part of a resource that is not empty; none of a component that shows nothing. */
export function lookedUp({
  custom,
  urn,
  inputs,
}: Resource): (Pick<Resource, "urn" | "type" | "id" | "external" | "parent" | "inputs" | "outputs"> & { name: string })[] {
  if (custom || inputs.lookedUp === undefined) return [];
  const start = urn.split("::").slice(0, 2).join("::");
  return (asArray(inputs.lookedUp) ?? []).flatMap((item) => {
    const { type, id, properties } = asProps(item) ?? {};
    const [token, key, outputs] = [asString(type), asString(id), asProps(properties)];
    if (token === undefined || key === undefined || outputs === undefined) return [];
    return [{ urn: `${start}::${token}::${key}`, type: token, id: key, name: key, external: true, parent: urn, inputs: outputs, outputs }];
  });
}
