import type { Policy } from "../../core/types";
import { ofType } from "../../core/references";
import { PROVIDER, properties } from "./places";
import { unlessMarked } from "./report";
import { scan } from "./scan";

const FIX = "leave credentials to the standard AWS configuration (profile, environment, OIDC), or mark them as secret";

export const policy: Policy = {
  id: "secret-in-provider",
  severity: "critical",
  control: "SECRET-2",
  tags: ["secrets"],
  description: "Providers get no plain credentials as arguments.",
  why: "Provider arguments are kept in the state of every stack that uses the provider, and usually in git as well.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.Provider("aws", { accessKey: "AKIA…", secretKey: "…" });',
  good: 'new aws.Provider("aws", { region: "us-east-1" });',
  evaluate: (graph) =>
    ofType(graph, PROVIDER).flatMap((resource) =>
      properties(resource).flatMap(({ path, key, value }) => {
        if (key === "defaultTags") return []; // evaluated as tags, by secret-in-tags
        // What is unknown here comes from another resource, whose own mark Pulumi drops until it is known.
        const spots = scan(value, path, key).filter((spot) => spot.state !== "unknown");
        return unlessMarked(graph, resource, spots, FIX);
      }),
    ),
};
