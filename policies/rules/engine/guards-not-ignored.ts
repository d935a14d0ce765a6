import type { Finding, Policy, Resource } from "../../core/types";
import { reveal } from "../../core/values";
import { learnsHostKeys } from "../host-setup/connections";
import { guardsOf, mayGuard } from "./guards";

const FIX = "take it off ignoreChanges, so that `pulumi up` puts a hand-made change right";

export const policy: Policy = {
  id: "guards-not-ignored",
  severity: "high",
  control: "PACK-1",
  tags: ["engine"],
  description:
    "No resource ignores changes of a property that this checklist depends on. A Command that only learns a host key may: asked once, it is pinned. One with triggers may ignore its connection: what it did is done, and a replacement connects as the program says then. An Auto Scaling group may ignore which version of its own template it has, which an instance refresh sets. Which key encrypts a disk may be ignored, whether one does may not.",
  why: "What is ignored is frozen: a hole made by hand stays for ever, and the fixed program never reaches the cloud.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.ec2.Instance("backend", { ... }, { ignoreChanges: ["metadataOptions"] });',
  good: 'new aws.ec2.Instance("backend", { ... }, { ignoreChanges: ["ami"] });',
  evaluate: (graph) => graph.resources.flatMap(check),
};

function check(resource: Resource): Finding[] {
  const ignored = resource.options.ignoreChanges ?? [];
  if (ignored.length === 0 || learnsHostKeys(resource)) return [];
  const guards = guardsOf(resource.type).filter((name) => name !== "connection" || !hasTriggers(resource));
  return ignored
    .filter((path) => !isRelease(resource, path) && !isDiskKey(path))
    .flatMap((path): Finding[] => {
      const first = firstStep(path);
      const what = `${resource.type.split(":").pop() ?? ""} "${resource.name}" ignores changes of "${path}"`;
      if (guards.includes(first) || (first.startsWith("*") && guards.length > 0))
        return [{ verdict: "violation", urn: resource.urn, message: `${what}: ${FIX}` }];
      if (first === "connection" || !mayGuard(resource.type, first)) return [];
      return [
        {
          verdict: "unknown",
          urn: resource.urn,
          message: `Cannot tell what it keeps: ${what}, and a property that nobody has looked at may be one that guards something: ${FIX}`,
        },
      ];
    });
}

/**
 * A version of the template that the program names: an instance refresh sets it when it has succeeded, because a rollback goes back to what the group
 * has until then. Another template is not ignored.
 */
const isRelease = ({ type }: Resource, path: string): boolean =>
  type === "aws:autoscaling/group:Group" && path === "launchTemplate.version";

/** Which key encrypts a disk, where an alias names it. Whether one does stays followed: `encrypted` stands beside it. */
const isDiskKey = (path: string): boolean => /^(rootBlockDevice|ebsBlockDevices\b|blockDeviceMappings\b).*\.kmsKeyId$/.test(path);

const hasTriggers = ({ inputs }: Resource): boolean => {
  const triggers = reveal(inputs.triggers);
  return Array.isArray(triggers) && triggers.length > 0;
};

/** `metadataOptions.httpTokens`, `["metadataOptions"].httpTokens` and `ingress[*]` begin with the property's name. */
function firstStep(path: string): string {
  return /^\[?["']?([^.[\]"']+)/.exec(path)?.[1] ?? path;
}
