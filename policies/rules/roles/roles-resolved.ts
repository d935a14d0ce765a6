import { ofType } from "../../core/graph";
import { matches, selectRoles } from "../../core/select";
import { isGeneral, ROLE_PARTS } from "../../core/profile";
import { DEFAULT_SETTINGS } from "../../core/settings";
import type { Finding, Graph, Policy, Resource, Roles, Selector } from "../../core/types";

export const policy: Policy = {
  id: "roles-resolved",
  severity: "high",
  control: "PACK-1",
  tags: ["roles"],
  description: "Each role (backend, gateway, their groups, the models bucket) is played by a resource of the program.",
  why: "All other policies ask for the backend, the gateway or the bucket. Where none is found they would have nothing to check and stay silent.",
  remediationSteps:
    "Tag the resources (Role=backend, gateway, models ...) or name them in the configuration: settings.roles.<role>.tags or .names.",
  enforcementLevel: "mandatory",
  bad: `new aws.ec2.Instance("api", { ...backend, tags: { Name: "api" } }); // nothing says that this is the backend`,
  good: `new aws.ec2.Instance("api", { ...backend, tags: { Name: "api", Role: "backend" } });`,
  evaluate: (graph, settings) =>
    // Another program than the pack was made for: roles-configured says so once.
    isGeneral(graph, settings)
      ? []
      : (Object.keys(ROLE_PARTS) as (keyof Roles)[]).flatMap((role) => checkRole(graph, role, settings.roles[role], rootUrn(graph))),
};

function checkRole(graph: Graph, role: keyof Roles, selector: Selector, urn: string): Finding[] {
  const { noun, type, needed } = ROLE_PARTS[role];
  const configured = JSON.stringify(selector) !== JSON.stringify(DEFAULT_SETTINGS.roles[role]);
  if (!needed && !configured) return [];
  const { certain, possible } = selectRoles(graph, selector, type);
  const findings: Finding[] = [];
  if (certain.length === 0 && possible.length === 0) {
    const message = `No ${noun} (looked for ${selectorText(selector)}), so what concerns it cannot be evaluated. Tag it, or configure roles.${role}; there ${candidates(ofType(graph, type))}.`;
    findings.push({ verdict: "unknown", urn, message });
  }
  for (const resource of possible) {
    const message = `Whether this ${noun} is not known before "up": its tags are not known yet. Give the tag a plain value, or name the resource in roles.${role}.names.`;
    findings.push({ verdict: "unknown", urn: resource.urn, message });
  }
  for (const name of selector.names ?? []) {
    if (certain.length === 0 || certain.some((resource) => matches(graph, { names: [name] }, resource))) continue;
    findings.push({
      verdict: "unknown",
      urn,
      message: `roles.${role}.names has "${name}", which is no resource of that kind in this graph. Correct or remove it.`,
    });
  }
  return findings;
}

function selectorText(selector: Selector): string {
  const tags = Object.entries(selector.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  const parts = [tags.length > 0 ? `tags ${tags.join(", ")}` : "", selector.names?.length ? `names ${selector.names.join(", ")}` : ""];
  return parts.filter((part) => part !== "").join(" or ") || "nothing: its selector is empty";
}

function candidates(resources: readonly Resource[]): string {
  if (resources.length === 0) return "is no resource of that kind in the graph";
  const names = resources.slice(0, 5).map((resource) => resource.name);
  return `are ${String(resources.length)} of that kind: ${names.join(", ")}${resources.length > names.length ? " ..." : ""}`;
}

function rootUrn(graph: Graph): string {
  return ofType(graph, "pulumi:pulumi:Stack")[0]?.urn ?? graph.resources[0]?.urn ?? "";
}
