import type { Finding, Policy, Resource, Value } from "../../core/types";
import { ofType } from "../../core/graph";
import { asBoolean, asString, isAbsent, isUnknown } from "../../core/values";

/** A switch of the account or the region that holds whatever a single resource says. */
interface Guard {
  readonly type: RegExp;
  /** Only where it is this one (settings by id). */
  readonly only?: (resource: Resource) => boolean;
  readonly properties: readonly string[];
  /** Does the value switch the guard off? Absent values come in as undefined. */
  readonly off: (value: Value | undefined) => boolean;
  /** What is then possible. */
  readonly effect: string;
  /** What to write. */
  readonly fix: string;
}

const is =
  (...values: readonly string[]) =>
  (value: Value | undefined): boolean =>
    values.includes(asString(value) ?? "");
const notTrue = (value: Value | undefined): boolean => asBoolean(value) !== true;

const GUARDS: readonly Guard[] = [
  {
    type: /^aws:s3\/accountPublicAccessBlock:/,
    properties: ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
    off: notTrue,
    effect: "any bucket of the account can be made public",
    fix: "true",
  },
  {
    type: /^aws:ec2\/imageBlockPublicAccess:/,
    properties: ["state"],
    off: is("unblocked"),
    effect: "images of hosts, with what lies on their disks, can be shared with everybody",
    fix: '"block-new-sharing"',
  },
  {
    type: /^aws:ebs\/snapshotBlockPublicAccess:/,
    properties: ["state"],
    off: is("unblocked"),
    effect: "snapshots of disks can be shared with everybody",
    fix: '"block-all-sharing"',
  },
  {
    type: /^aws:(vpc|ec2)\/(vpcB|b)lockPublicAccessOptions:/,
    properties: ["internetGatewayBlockMode"],
    off: is("off"),
    effect: "one route to an internet gateway opens any subnet of the region",
    fix: '"block-ingress" or "block-bidirectional", with an exclusion for the public subnets',
  },
  {
    type: /^aws:emr\/blockPublicAccessConfiguration:/,
    properties: ["blockPublicSecurityGroupRules"],
    off: notTrue,
    effect: "clusters with groups that are open to everybody can be started",
    fix: "true",
  },
  {
    type: /^aws:ssm\/serviceSetting:/,
    only: ({ inputs }) =>
      isUnknown(inputs.settingId) || /documents\/console\/public-sharing-permission$/.test(asString(inputs.settingId) ?? ""),
    properties: ["settingValue"],
    off: is("Enable"),
    effect: "SSM documents can be shared with everybody",
    fix: '"Disable"',
  },
];

export const policy: Policy = {
  id: "account-guards-on",
  severity: "high",
  control: "PACK-1",
  tags: ["public-access", "bucket", "disk", "network"],
  description:
    "No account-wide guard is switched off: public access blocks of S3, images, snapshots, VPCs and EMR, and sharing of SSM documents.",
  why: "Such a guard holds whatever a single resource says. Without it one mistake anywhere in the account, also in another program, is public at once.",
  remediationSteps: "Switch the guard on, or leave the resource out of the program.",
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.ebs.SnapshotBlockPublicAccess("snapshots", { state: "unblocked" });',
  good: 'new aws.ebs.SnapshotBlockPublicAccess("snapshots", { state: "block-all-sharing" });',
  evaluate: (graph) =>
    GUARDS.flatMap((guard) =>
      ofType(graph, guard.type)
        .filter((resource) => resource.external !== true && guard.only?.(resource) !== false)
        .flatMap((resource) => check(resource, guard)),
    ),
};

/** One finding a resource: its switches are one guard. */
function check({ urn, name, type, inputs }: Resource, { properties, off, effect, fix }: Guard): Finding[] {
  const what = `${type.split(":").pop() ?? type} "${name}"`;
  const open = properties.filter((property) => !isUnknown(inputs[property]) && off(inputs[property]));
  if (open.length > 0) {
    const texts = open.map((property) => `${property} ${isAbsent(inputs[property]) ? "(not set)" : show(inputs[property])}`);
    return [
      {
        verdict: "violation",
        urn,
        message: `${what} switches a guard of the whole account off (${texts.join(", ")}): ${effect}. Write ${fix}.`,
      },
    ];
  }
  const hidden = properties.filter((property) => isUnknown(inputs[property]));
  if (hidden.length === 0) return [];
  return [
    {
      verdict: "unknown",
      urn,
      message: `${hidden.join(", ")} of ${what} is not known yet; if it is off, ${effect}. Write a plain ${fix}.`,
    },
  ];
}

function show(value: Value | undefined): string {
  return asString(value) ?? String(asBoolean(value));
}
