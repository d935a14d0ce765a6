import * as pulumi from "@pulumi/pulumi";

type Tags = Record<string, pulumi.Input<string>>;

/** S3 takes ten tags on an object, and the provider's and ours are there already. */
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

/** Its tags are a list; what it launches gets those of the launch template. */
const SCALING_GROUP = "aws:autoscaling/group:Group";

/** Of a launch template. */
interface TagSpecification {
  readonly tags?: Tags;
}

/**
 * Gives every AWS resource that takes tags the tag `Stack`, and all but the objects in the bucket the tags of the configuration. `Stack` is not a
 * default tag of the provider, because those stand in the stack's file, and a copied file would go on naming the old stack.
 */
export function tagWithStack(stack: string, extra: Readonly<Record<string, string>>): void {
  const withTags = (tags: pulumi.Input<Tags> | undefined, more: Readonly<Record<string, string>>): pulumi.Input<Tags> =>
    pulumi.Output.isInstance(tags) || tags instanceof Promise
      ? pulumi.output(tags).apply((known) => ({ ...more, ...known, Stack: stack }))
      : { ...more, ...tags, Stack: stack };
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const given = props as { tags?: pulumi.Input<Tags>; rootBlockDevice?: { tags?: Tags }; tagSpecifications?: TagSpecification[] };
    // The SDK's classes pass on every property that they know, given or not.
    if (!type.startsWith("aws:") || !("tags" in given)) {
      return undefined;
    }
    if (type === SCALING_GROUP) {
      const own = Object.entries({ ...extra, Stack: stack }).map(([key, value]) => ({ key, value, propagateAtLaunch: false }));
      return { props: { ...given, tags: [...((given.tags ?? []) as unknown as object[]), ...own] }, opts };
    }
    const tagged = (tags: pulumi.Input<Tags> | undefined): pulumi.Input<Tags> => withTags(tags, type === OBJECT ? {} : extra);
    const { rootBlockDevice } = given;
    const disk = rootBlockDevice === undefined ? {} : { rootBlockDevice: { ...rootBlockDevice, tags: tagged(rootBlockDevice.tags) } };
    const launched = given.tagSpecifications?.map((one) => ({ ...one, tags: tagged(one.tags) }));
    return {
      props: { ...given, ...disk, ...(launched === undefined ? {} : { tagSpecifications: launched }), tags: tagged(given.tags) },
      opts,
    };
  });
}
