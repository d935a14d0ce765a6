import type { Policy } from "../../core/types";
import { ofType } from "../../core/references";
import { STACK } from "./places";
import { unlessMarked } from "./report";
import { scan } from "./scan";

const MEND = "do not export it, or wrap it in pulumi.secret";

export const policy: Policy = {
  id: "secret-in-stack-output",
  severity: "high",
  checklist: "API keys, DATABASE credentials and SECRET_KEY only in .env",
  description: "No stack output is a secret in plain.",
  why: "`pulumi stack output` shows it to everybody with read access, other stacks read it, and the state keeps it in plain.",
  mend: MEND,
  level: "mandatory",
  bad: "export const secretKey = unwrappedSecretKey;",
  good: "export const healthUrl = pulumi.interpolate`http://${gateway.publicIp}/health`;",
  evaluate: (graph) =>
    ofType(graph, STACK).flatMap((resource) =>
      Object.entries({ ...resource.inputs, ...resource.outputs }).flatMap(([key, value]) =>
        unlessMarked(graph, resource, scan(value, `stack output ${key}`, key), MEND),
      ),
    ),
};
