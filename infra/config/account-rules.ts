/** Rules about tags, IAM and keys of KMS, as far as they follow from the configuration alone. Pure; each returns its problems. */
import { shown } from "../../policies/cli/schema-words";
import { partitionOf } from "../partitions";
import { isGroup } from "./values";
import type { Context } from "./value-rules";

/** What the program sets itself: naming.ts, stack-tag.ts, network/firewall.ts. */
const OWN_TAGS = ["Name", "Role", "Stack", "ServicePort", "SshAccess"];
/** Of a resource, and of an object in S3. */
const MOST = 50;
const MOST_ON_OBJECT = 10;
/** Of a hosted zone and of a health check ("ChangeTagsForResource", Route 53 API reference). */
const MOST_IN_ROUTE_53 = 10;
const LONGEST_NAME = 128;

export function tags({ project, sections, defaultTags = [] }: Context): string[] {
  const object = 1 + defaultTags.length;
  const crowded =
    object > MOST_ON_OBJECT
      ? [
          `aws:defaultTags: found ${defaultTags.length} tags; with the tag Stack a model in the bucket would have ${object}, and S3 takes ${MOST_ON_OBJECT} on an object; move some to ${project}:tags, which models do not get`,
        ]
      : [];
  const given = sections.tags as unknown;
  const places = crowded.length > 0 ? [] : ofRoute53({ project, sections, defaultTags }, isGroup(given) ? Object.keys(given).length : 0);
  if (!isGroup(given)) return [...crowded, ...places];
  const names = Object.keys(given);
  // SshAccess is set with another access than ssh alone.
  const own = OWN_TAGS.length - ([undefined, "ssh"].includes(sections.access as string | undefined) ? 1 : 0);
  const room = MOST - own - defaultTags.length;
  const many =
    names.length > room
      ? [
          `${project}:tags: found ${names.length} tags; AWS takes ${MOST} on a resource, and ${own} are the program's and ${defaultTags.length} those of aws:defaultTags; keep at most ${Math.max(room, 0)}`,
        ]
      : [];
  const each = names.flatMap((name, index) => {
    const problem = nameProblem(name) ?? clash(name, names.slice(0, index), defaultTags);
    return problem === undefined ? [] : [`${project}:tags: found the name ${shown(name)}, ${problem}`];
  });
  // Who has too many for everything is told so.
  return [...crowded, ...(many.length > 0 ? many : places), ...each];
}

/** What is made in Route 53 bears all tags, and takes fewer than everything else. */
function ofRoute53(
  { project, sections, defaultTags = [] }: Pick<Context, "project" | "sections" | "defaultTags">,
  given: number,
): string[] {
  const { loadBalancer } = (sections.backend ?? {}) as { loadBalancer?: unknown };
  const { enabled } = (sections.watch ?? {}) as { enabled?: unknown };
  const made = [
    ...(loadBalancer === true ? ["the hosted zone of backend.loadBalancer"] : []),
    ...(enabled === true ? ["the health check of watch.enabled"] : []),
  ];
  // Name and Stack.
  const all = given + defaultTags.length + 2;
  if (made.length === 0 || all <= MOST_IN_ROUTE_53) return [];
  const room = Math.max(0, MOST_IN_ROUTE_53 - 2 - defaultTags.length);
  const [key, found, beside] =
    given === 0
      ? ["aws:defaultTags", defaultTags.length, ""]
      : [`${project}:tags`, given, defaultTags.length === 0 ? "" : `, and ${defaultTags.length} of aws:defaultTags,`];
  return [
    `${key}: found ${found} tags; with Name and Stack${beside} ${made.join(" and ")} would have ${all}, and Route 53 takes ${MOST_IN_ROUTE_53}; keep at most ${given === 0 ? MOST_IN_ROUTE_53 - 2 : room}`,
  ];
}

function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return "which nobody could search for; write a name, for example CostCenter";
  if (/^aws:/i.test(name)) return "and AWS keeps names that begin with aws: for itself; write another name";
  if (name !== name.trim()) return "with blanks around it, which nobody sees who searches for it; remove them";
  if ([...name].length > LONGEST_NAME) return `which has ${[...name].length} characters, and AWS takes ${LONGEST_NAME}; shorten it`;
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(name)
    ? undefined
    : "and AWS takes letters, digits, blanks and _.:/=+-@ in it; write it with these";
}

/** IAM does not tell capitals apart in the names of tags: two that differ in them alone are refused for a role. */
function clash(name: string, before: readonly string[], defaultTags: readonly string[]): string | undefined {
  const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const capitals = "(IAM does not tell capitals apart)";
  const own = OWN_TAGS.find(same);
  if (own !== undefined) return `and the program sets ${own} itself ${capitals}; write another name`;
  const shared = defaultTags.find(same);
  if (shared !== undefined) return `and aws:defaultTags has ${shared} ${capitals}; keep one of the two`;
  const twin = before.find(same);
  return twin === undefined ? undefined : `and there is ${twin} too ${capitals}; keep one of the two`;
}

/** ARNs that cannot be right in this region, whatever the account. */
export function arns({ project, region, sections }: Context): string[] {
  const iam = (sections.iam ?? {}) as { permissionsBoundary?: unknown };
  const { bucketKey, volumeKey, logKey } = (sections.kms ?? {}) as Readonly<Record<string, unknown>>;
  const named = {
    ...{ "iam.permissionsBoundary": iam.permissionsBoundary },
    ...{ "kms.bucketKey": bucketKey, "kms.volumeKey": volumeKey, "kms.logKey": logKey },
  };
  return Object.entries(named).flatMap(([key, value]) => {
    const [, partition, , place] = typeof value === "string" && region !== "" ? value.split(":") : [];
    const own = partitionOf(region)?.id;
    if (typeof value === "string" && /(^|:)alias\/aws\//.test(value)) {
      return [
        `${project}:${key}: found ${value}, a key that AWS manages for one service; name one of your own, for example alias/ml-gateway, or remove the setting`,
      ];
    }
    if (partition !== undefined && partition !== own) {
      return [
        `${project}:${key}: found an ARN of the partition ${partition}, and aws:region ${region} is in ${String(own)}; write one of that partition`,
      ];
    }
    return place === undefined || place === "" || place === region
      ? []
      : [
          `${project}:${key}: found a key of ${place}, and S3, EBS and CloudWatch in ${region} take keys of their own region alone; name one of ${region}`,
        ];
  });
}
