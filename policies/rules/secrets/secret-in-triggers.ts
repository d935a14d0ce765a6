import type { Policy } from "../../core/types";
import { unlessMarked } from "./report";
import { scan } from "./scan";

const MEND = "trigger on a digest of the secret (sha256), never on the secret";

export const policy: Policy = {
  id: "secret-in-triggers",
  severity: "high",
  checklist: "API keys, DATABASE credentials and SECRET_KEY only in .env",
  description: "The triggers of a command hold no secret in plain.",
  why: "Triggers are kept in the state and shown in every diff of a preview.",
  mend: MEND,
  level: "mandatory",
  local: true,
  bad: 'new remote.Command("env", { triggers: [secretKeyText], ... });',
  good: 'new remote.Command("env", { triggers: [createHash("sha256").update(envText).digest("hex")], ... });',
  evaluate: (graph) =>
    graph.resources
      .filter((resource) => resource.inputs.triggers !== undefined)
      .flatMap((resource) => unlessMarked(graph, resource, scan(resource.inputs.triggers, "triggers"), MEND)),
};
