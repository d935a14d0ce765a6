import type { Policy } from "../../core/types";
import { ofType } from "../../core/references";
import { COMMAND } from "./places";
import { unlessMarked } from "./report";
import { scan } from "./scan";

const FIX = "wrap the value in pulumi.secret, or better send it by `stdin`";

export const policy: Policy = {
  id: "command-environment-secret",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets", "host-setup"],
  description: "Secrets in the environment of a Command are marked as secret.",
  why: "An unmarked environment is kept in plain in the state and shown by previews.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new remote.Command("env", { environment: { SECRET_KEY: secretKeyText }, ... });',
  good: 'new remote.Command("env", { environment: { SECRET_KEY: pulumi.secret(secretKeyText) }, ... });',
  evaluate: (graph) =>
    ofType(graph, COMMAND).flatMap((resource) => unlessMarked(graph, resource, scan(resource.inputs.environment, "environment"), FIX)),
};
