import type { Policy } from "../../core/types";
import { asProps, asString, isUnknown } from "../../core/values";
import { attachment, BUCKET_TYPES, eachSetting, finding, nameOf, only } from "./model";

const FIX = 'set objectOwnership "BucketOwnerEnforced"';

export const policy: Policy = {
  id: "bucket-ownership-enforced",
  severity: "medium",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "The models bucket does not enable ACLs again (object ownership is not ObjectWriter or BucketOwnerPreferred).",
  why: "With ACLs on, whoever uploads an object decides who reads it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'rule: { objectOwnership: "ObjectWriter" }',
  good: 'rule: { objectOwnership: "BucketOwnerEnforced" }',
  evaluate: (graph, settings) =>
    eachSetting(graph, settings, { attached: attachment("bucketOwnershipControls") }, (setting) => {
      const rule = only(setting.resource.inputs.rule);
      const value = asProps(rule)?.objectOwnership;
      if (isUnknown(rule) || isUnknown(value))
        return [finding(setting, `objectOwnership of ${nameOf(setting.bucket)} is not known yet: ${FIX}`, "unknown")];
      if (asString(value) === "BucketOwnerEnforced") return [];
      return [
        finding(
          setting,
          `objectOwnership of ${nameOf(setting.bucket)} is "${asString(value) ?? "not set"}", which switches ACLs on: ${FIX}`,
        ),
      ];
    }),
};
