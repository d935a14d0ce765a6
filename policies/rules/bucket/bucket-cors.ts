import type { Policy } from "../../core/types";
import { asArray, asProps, asString, isUnknown } from "../../core/values";
import { blocks } from "../../graph/join";
import { attachment, eachSetting, finding, nameOf } from "./model";

const FIX = "name the origins, or leave CORS out: hosts do not need it";

export const policy: Policy = {
  id: "bucket-cors",
  severity: "low",
  control: "MODEL-3",
  tags: ["bucket"],
  description: "The models bucket does not let browsers of every site in.",
  why: "With allowedOrigins * any page can use a visitor's access to the bucket.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: 'corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }]',
  good: 'corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["https://ops.example.org"] }]',
  evaluate: (graph, settings) =>
    eachSetting(graph, settings, { inline: "corsRules", attached: attachment("bucketCorsConfiguration") }, (setting) => {
      const rules = setting.inline ? setting.value : setting.resource.inputs.corsRules;
      return blocks(rules).flatMap((rule) => {
        const allowed = asProps(rule)?.allowedOrigins;
        const origins = asArray(allowed) ?? [];
        const wide = origins.map(asString).find((origin) => origin !== undefined && /^(https?:\/\/)?\*(\.[a-z]*)?$/.test(origin));
        if (wide !== undefined) return [finding(setting, `CORS of ${nameOf(setting.bucket)} allows the origin "${wide}": ${FIX}`)];
        const open = isUnknown(rule) || isUnknown(allowed) || origins.some(isUnknown);
        return open ? [finding(setting, `an allowed origin in CORS of ${nameOf(setting.bucket)} is not known yet: ${FIX}`, "unknown")] : [];
      });
    }),
};
