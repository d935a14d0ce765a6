/** A program's resources as the engine shows them to a pack during an update: one by one, after what they depend on, checked by the provider. */
import type { PlainGraph, PlainResource } from "../core/builder";

/**
 * Resources in an order in which an update may register them: each after what it depends on. Without `pick` in waves, as the engine does
 * it: whatever waits for nothing first.
 * @param pick chooses one of several resources that may come next: an index below `count`
 */
export function registrationOrder(plain: PlainGraph, pick?: (count: number) => number): PlainResource[] {
  const left = new Set(plain.resources);
  const known = new Set(plain.resources.map(({ urn }) => urn));
  const done = new Set<string>();
  const order: PlainResource[] = [];
  const waitsFor = ({ parent, dependencies }: PlainResource): string[] =>
    [...dependencies, ...(parent === undefined ? [] : [parent])].filter((urn) => known.has(urn) && !done.has(urn));
  while (left.size > 0) {
    const ready = [...left].filter((resource) => waitsFor(resource).length === 0);
    const next = pick ? ready.slice(pick(ready.length)).slice(0, 1) : ready;
    if (next.length === 0) throw new Error(`resources wait for each other: ${[...left].map(({ urn }) => urn).join(", ")}`);
    for (const resource of next) left.delete(resource);
    for (const resource of next) done.add(resource.urn);
    order.push(...next);
  }
  return order.map(checked);
}

/** Roles, profiles and policies are named by the provider before a policy sees them; an IAM resource is known by its name. */
function checked(resource: PlainResource): PlainResource {
  if (!/^aws:iam\/(role|instanceProfile|policy):/.test(resource.type) || resource.inputs.name !== undefined) return resource;
  const { arn } = resource.outputs;
  const name = resource.type.startsWith("aws:iam/policy:") && typeof arn === "string" ? arn.split("/").pop() : resource.id;
  return name === undefined ? resource : { ...resource, inputs: { ...resource.inputs, name } };
}
