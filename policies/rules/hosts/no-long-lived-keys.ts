import { ofType } from "../../core/references";
import type { Policy } from "../../core/types";
import { asString } from "../../core/values";
import { report } from "./hosts";

const FIX = "let hosts use their instance profile, and people and pipelines roles (SSO, OIDC)";

export const policy: Policy = {
  id: "no-long-lived-keys",
  severity: "high",
  control: "SECRET-2",
  tags: ["iam", "secrets"],
  description: "The program creates no access keys and no passwords of IAM users.",
  why: "Such a key never expires, works from everywhere, and is kept in the state.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.iam.AccessKey("models", { user: user.name });',
  good: 'new aws.iam.InstanceProfile("backend", { role: role.name });',
  evaluate: (graph) =>
    ofType(graph, /^(aws:iam\/(accessKey|serviceSpecificCredential|userLoginProfile):|aws-native:iam:AccessKey$)/)
      .filter((resource) => !resource.external && asString(resource.inputs.status) !== "Inactive")
      .map((resource) =>
        report(resource, "violation", `${resource.type.split(":").pop() ?? ""} "${resource.name}" makes a long-lived credential: ${FIX}`),
      ),
};
