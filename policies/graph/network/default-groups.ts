/** The rules that AWS gives a VPC's default security group, where the program does not manage that group. */
import { ofType } from "../../core/graph";
import type { Graph } from "../../core/types";
import type { Group } from "./groups";
import { groupOf } from "./groups";
import { DEFAULT_SECURITY_GROUP, VPC } from "./kinds";
import type { Rule } from "./rules";

/**
 * Its members may reach each other on every port (VPC user guide, "Default security groups for your VPCs"), and every host that names no group
 * is a member. While more may be registered, the group may still be.
 */
export function defaultRules(graph: Graph, groups: Iterable<Group>): Rule[] {
  if (graph.partial === true) return [];
  const managed = new Set(ofType(graph, DEFAULT_SECURITY_GROUP).map((resource) => groupOf(graph, resource).key));
  return [...groups]
    .filter(({ key, resource }) => VPC.test(resource.type) && !managed.has(key))
    .map((group): Rule => {
      const ref = { is: group, maybe: [] };
      // The rules of a network that the program only reads may have been changed.
      const source: Rule["source"] =
        group.resource.external === true
          ? { kind: "unknown", text: `whoever ${group.label} lets in, which is not part of this program,` }
          : { kind: "group", ref, text: `the members of ${group.label} itself` };
      return {
        direction: "ingress",
        group: ref,
        traffic: { protocol: -1, from: 0, to: 65535 },
        source,
        resource: group.resource,
        path: "the default group",
        siblings: [],
      };
    });
}
