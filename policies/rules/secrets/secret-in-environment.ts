import type { Policy } from "../../core/types";
import { nested } from "./places";
import { unlessMarked } from "./report";
import { scan } from "./scan";

const FIX = "take it from Secrets Manager or an SSM SecureString by reference (`secrets`, `valueFrom`), or mark it as secret";

export const policy: Policy = {
  id: "secret-in-environment",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets"],
  description: "Environment variables of functions, containers, builds and jobs hold no plain secret.",
  why: "They are shown in the console and by describe calls, and kept in plain in the state.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.lambda.Function("f", { environment: { variables: { API_KEY: "live-4f9a…" } }, ... });',
  good: 'new aws.lambda.Function("f", { environment: { variables: { API_KEY_SECRET_ARN: secret.arn } }, ... });',
  evaluate: (graph) =>
    graph.resources.flatMap((resource) =>
      nested(resource, "environment").flatMap(({ path, key, value }) => {
        const spots = scan(value, path, key).filter((spot) => spot.state === "secret");
        return unlessMarked(graph, resource, spots, FIX);
      }),
    ),
};
