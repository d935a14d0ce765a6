import { ofType } from "../../core/graph";
import { isGeneral, ROLE_PARTS } from "../../core/profile";
import type { Graph, Policy, Roles } from "../../core/types";

export const policy: Policy = {
  id: "roles-configured",
  severity: "low",
  control: "PACK-1",
  tags: ["roles"],
  description: "The program says which resources are the gateway, the backend, their groups and the models bucket.",
  why: "Most of this pack is about a private backend that only a gateway may reach. Without the roles only what makes sense for any program is evaluated.",
  remediationSteps:
    "Name the resources in the configuration, or tag them (Role=backend, Role=gateway, Role=models). Where the program has no such parts, set settings.profile to general.",
  enforcementLevel: "advisory",
  bad: `new aws.ec2.Instance("api", { ...backend, tags: { Name: "api" } }); // and no settings.roles`,
  good: `new aws.ec2.Instance("api", { ...backend, tags: { Name: "api", Role: "backend" } });`,
  evaluate(graph, settings) {
    if (settings.profile === "general" || !isGeneral(graph, settings)) return [];
    const message = [
      "No resource plays a role, so only the policies for any AWS program were evaluated.",
      "Roles say which host is the public gateway and which the private backend; then it is evaluated who can reach the backend and what its hosts end up with.",
      "If this program has such parts, name them in a file and give it with --config (in the engine: --policy-pack-config):",
      configuration(graph),
      'If it has none, write { "settings": { "profile": "general" } } instead, and this finding is gone.',
    ].join("\n");
    return [{ verdict: "unknown", urn: ofType(graph, "pulumi:pulumi:Stack")[0]?.urn ?? graph.resources[0]?.urn ?? "", message }];
  },
};

/** Names for what the program has no resource of. */
const EXAMPLES: Readonly<Partial<Record<keyof Roles, string>>> = {
  backendInstances: "api-1",
  gatewayInstances: "edge-1",
  backendGroup: "api-sg",
  gatewayGroup: "edge-sg",
  modelBuckets: "models",
};

/** What to paste: with the program's own names where it has resources of that kind. */
function configuration(graph: Graph): string {
  const needed = (Object.keys(ROLE_PARTS) as (keyof Roles)[]).filter((role) => ROLE_PARTS[role].needed);
  const taken = new Map<string, number>();
  const rows = needed.map((role) => {
    const { type } = ROLE_PARTS[role];
    const turn = taken.get(String(type)) ?? 0;
    taken.set(String(type), turn + 1);
    const name = ofType(graph, type)[turn]?.name ?? EXAMPLES[role];
    return `    ${JSON.stringify(role)}: { "names": [${JSON.stringify(name ?? role)}] }`;
  });
  return `{ "settings": { "roles": {\n${rows.join(",\n")}\n} } }`;
}
