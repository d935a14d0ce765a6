import * as pulumi from "@pulumi/pulumi";

type Tags = Record<string, pulumi.Input<string>>;

/**
 * Gives every AWS resource that takes tags the tag `Stack`. It is not a default tag of the provider, because those stand in the stack's file,
 * and a copied file would go on naming the old stack.
 */
export function tagWithStack(stack: string): void {
  const tagged = (tags: pulumi.Input<Tags> | undefined): pulumi.Input<Tags> =>
    pulumi.Output.isInstance(tags) || tags instanceof Promise
      ? pulumi.output(tags).apply((known) => ({ ...known, Stack: stack }))
      : { ...tags, Stack: stack };
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const given = props as { tags?: pulumi.Input<Tags>; rootBlockDevice?: { tags?: Tags } };
    // The SDK's classes pass on every property that they know, given or not.
    if (!type.startsWith("aws:") || !("tags" in given)) {
      return undefined;
    }
    const { rootBlockDevice } = given;
    const disk = rootBlockDevice === undefined ? {} : { rootBlockDevice: { ...rootBlockDevice, tags: tagged(rootBlockDevice.tags) } };
    return { props: { ...given, ...disk, tags: tagged(given.tags) }, opts };
  });
}
