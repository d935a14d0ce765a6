import type { Policy } from "../../core/types";
import { unlessMarked } from "./report";
import { scan } from "./scan";

const FIX = "trigger on a digest of the secret (sha256), never on the secret";

export const policy: Policy = {
  id: "secret-in-triggers",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets", "host-setup"],
  description: "The triggers of a command hold no secret in plain.",
  why: "Triggers are kept in the state and shown in every diff of a preview.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new remote.Command("env", { triggers: [secretKeyText], ... });',
  good: 'new remote.Command("env", { triggers: [createHash("sha256").update(envText).digest("hex")], ... });',
  evaluate: (graph) =>
    graph.resources
      .filter((resource) => resource.inputs.triggers !== undefined)
      .flatMap((resource) => unlessMarked(graph, resource, scan(resource.inputs.triggers, "triggers"), FIX)),
};
