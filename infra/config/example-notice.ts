/** The hosted zone of the examples, which is nobody's, in words. Pure. */
import type { StackConfig } from "./types";

/** As Pulumi.prod.yaml and docs/how-to/serve-https.md have it. */
const EXAMPLE_ZONE = "Z0123456789ABCDEFGHIJ";

/** @returns undefined when there is nothing to say. */
export function exampleNotice({ project, https }: Pick<StackConfig, "project" | "https">): string | undefined {
  if (https?.zone !== EXAMPLE_ZONE) return undefined;
  return (
    `${project}:domain and ${project}:dns.zone are still ${https.domain} and ${EXAMPLE_ZONE}, those of the examples, so AWS would refuse the record; ` +
    'before "pulumi up" set them to a name of yours and to the zone that it is in (aws route53 list-hosted-zones shows its id)'
  );
}
