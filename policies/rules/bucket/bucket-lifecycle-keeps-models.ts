import type { Finding, Graph, Policy, Props, Settings, Value } from "../../core/types";
import { asArray, asBoolean, asNumber, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { blocks } from "../../graph/join";
import { attachment, BUCKET_TYPES, coversModels, eachSetting, finding, nameOf, objectKeys, only } from "./model";
import type { Setting } from "./model";

const FIX = "let lifecycle rules end only old versions and abandoned uploads (noncurrentVersionExpiration, abortIncompleteMultipartUpload)";
/** Versions kept for a shorter time than this are no way back. */
const SHORTEST_DAYS = 7;

export const policy: Policy = {
  id: "bucket-lifecycle-keeps-models",
  severity: "high",
  control: "MODEL-2",
  tags: ["bucket", "models"],
  description: "No lifecycle rule of the models bucket deletes current objects, or old versions at once.",
  why: "An expiring model is gone while hosts still need it at their next start.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'rules: [{ id: "tidy", status: "Enabled", expiration: { days: 30 } }]',
  good: 'rules: [{ id: "tidy", status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 365 } }]',
  evaluate: check,
};

function check(graph: Graph, settings: Settings): Finding[] {
  const where = { inline: "lifecycleRules", attached: attachment("bucketLifecycleConfiguration") };
  return eachSetting(graph, settings, where, (setting) => {
    const rules = setting.inline ? setting.value : setting.resource.inputs.rules;
    if (isUnknown(rules))
      return [finding(setting, `the lifecycle rules of ${nameOf(setting.bucket)} are not known yet: ${FIX}`, "unknown")];
    const keys = objectKeys(graph, setting.bucket);
    return blocks(rules).flatMap((rule, index) => ruleFindings(graph, setting, rule, index, keys));
  });
}

function ruleFindings(graph: Graph, setting: Setting, value: Value, index: number, keys: readonly string[]): Finding[] {
  const rule = asProps(value);
  if (!rule) return [finding(setting, `lifecycle rule ${String(index)} of ${nameOf(setting.bucket)} is not known yet: ${FIX}`, "unknown")];
  const status = rule.status ?? rule.enabled;
  if (asString(status) === "Disabled" || asBoolean(status) === false) return [];
  const covered = covers(graph, rule, keys);
  if (covered === false) return [];
  const name = `lifecycle rule "${asString(rule.id) ?? String(index)}" of ${nameOf(setting.bucket)}`;
  const deletion = deletes(rule);
  if (deletion === undefined) return [];
  const open =
    isUnknown(status) || deletion.open ? "is not known yet in full and may delete" : covered === undefined ? "may delete" : undefined;
  if (open !== undefined) return [finding(setting, `${name} ${open} models (${deletion.what}): ${FIX}`, "unknown")];
  return [finding(setting, `${name} deletes models (${deletion.what}): ${FIX}`)];
}

interface Deletion {
  readonly what: string;
  readonly open: boolean;
}

function deletes(rule: Props): Deletion | undefined {
  const given = only(rule.expiration);
  const expiration = asProps(given);
  if (!expiration && isUnknown(given)) return { what: "expiration", open: true };
  for (const field of ["days", "date"]) {
    const value = expiration?.[field];
    if (isUnknown(value)) return { what: `expiration.${field}`, open: true };
    if (!isAbsent(value) && asNumber(value) !== 0 && asString(value) !== "")
      return { what: `expiration.${field} ${String(asNumber(value) ?? asString(value) ?? "")}`, open: false };
  }
  return endsVersionsAtOnce(rule);
}

function endsVersionsAtOnce(rule: Props): Deletion | undefined {
  const noncurrent = asProps(only(rule.noncurrentVersionExpiration));
  if (!noncurrent) return undefined;
  const days = asNumber(noncurrent.noncurrentDays ?? noncurrent.days);
  const kept = asNumber(noncurrent.newerNoncurrentVersions) ?? 0;
  return days !== undefined && days > 0 && days < SHORTEST_DAYS && kept === 0
    ? { what: `replaced versions after ${String(days)} day`, open: false }
    : undefined;
}

/** Whole words only: "latest" is no test. */
const PASSING_TAG =
  /(^|[^a-z])(te?mp(orary)?|scratch|cache|backups?|logs?|junk|trash|tests?|expire[sd]?|ephemeral|transient|short(-?lived)?)([^a-z]|$)/i;

/** Does the rule's filter let models through? Undefined where the program does not tell. */
function covers(graph: Graph, rule: Props, keys: readonly string[]): boolean | undefined {
  const filter = only(rule.filter);
  const inner = asProps(filter) ?? {};
  const and = asProps(only(inner.and)) ?? {};
  const prefix = [and.prefix, inner.prefix, rule.prefix].find((value) => !isAbsent(value));
  if (isUnknown(filter) || isUnknown(prefix)) return undefined;
  const tags = [...Object.entries(asProps(and.tags) ?? {}), ...Object.entries(asProps(rule.tags) ?? {}), ...single(inner.tag)];
  if (tags.some(([key, value]) => PASSING_TAG.test(key) || PASSING_TAG.test(asString(value) ?? ""))) return false;
  return coversModels(graph, asString(prefix) ?? "", keys);
}

function single(value: Value | undefined): [string, Value][] {
  return (asArray(value) ?? (value === undefined ? [] : [value])).flatMap((item) => {
    const tag = asProps(item);
    return tag ? [[asString(tag.key) ?? "", tag.value ?? ""] as [string, Value]] : [];
  });
}
