import type { Policy, Resource, Value } from "../../core/types";
import { asProps } from "../../core/values";
import { nested, TAG_RESOURCE } from "./places";
import { evenMarked } from "./report";
import { calledIn, scan } from "./scan";

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
      nested(resource, "tags").flatMap(({ path, key, value }) => {
        const keys = scan(namesOf(value), `names in ${path}`);
        return evenMarked(resource, [...scan(value, path, tagName(resource, key)), ...keys], FIX);
      }),
    ),
};

/** What the value of a tag that is a resource of its own is called. */
function tagName({ type, inputs }: Resource, key: string): string {
  const called = key === "value" && TAG_RESOURCE.test(type) ? calledIn(inputs) : undefined;
  return typeof called === "string" ? called : "tag";
}

function namesOf(value: Value): Value {
  return Object.keys(asProps(value) ?? {});
}
