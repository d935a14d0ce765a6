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
    "No resource ignores changes of a property that this checklist depends on. A Command that only learns a host key may: asked once, it is pinned. One with triggers may ignore its connection: what it did is done, and a replacement connects as the program says then.",
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
  return ignored.flatMap((path): Finding[] => {
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

const hasTriggers = ({ inputs }: Resource): boolean => {
  const triggers = reveal(inputs.triggers);
  return Array.isArray(triggers) && triggers.length > 0;
};

/** `metadataOptions.httpTokens`, `["metadataOptions"].httpTokens` and `ingress[*]` begin with the property's name. */
function firstStep(path: string): string {
  return /^\[?["']?([^.[\]"']+)/.exec(path)?.[1] ?? path;
}
