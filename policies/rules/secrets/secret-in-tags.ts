import type { Policy, Value } from "../../core/types";
import { asProps } from "../../core/values";
import { nested } from "./places";
import { evenMarked } from "./report";
import { scan } from "./scan";

const FIX = "take it out of the tags; what a host has to know goes into its .env";

export const policy: Policy = {
  id: "secret-in-tags",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets"],
  description: "No tag holds a secret, in its value or in its name.",
  why: "Tags are not encrypted, show in bills and logs, and are readable by every identity that may describe the resource.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'tags: { Name: "backend", ApiKey: "live-4f9a…" }',
  good: 'tags: { Name: "backend", Role: "backend" }',
  evaluate: (graph) =>
    graph.resources.flatMap((resource) =>
      nested(resource, "tags").flatMap(({ path, value }) => {
        const keys = scan(namesOf(value), `names in ${path}`);
        return evenMarked(resource, [...scan(value, path, "tag"), ...keys], FIX);
      }),
    ),
};

function namesOf(value: Value): Value {
  return Object.keys(asProps(value) ?? {});
}
