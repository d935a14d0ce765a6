/** Nodes of EKS: with an SSH key and no groups of sources, EKS makes a group that opens port 22 to everybody (API reference, RemoteAccessConfig). */
import { ofType } from "../../core/references";
import type { Finding, Graph } from "../../core/types";
import { asArray, asProps, isAbsent } from "../../core/values";
import { blocks } from "../../graph/join";

export const NODE_GROUPS = /^aws:eks\/nodeGroup:/;

export function nodeGroups(graph: Graph): Finding[] {
  return ofType(graph, NODE_GROUPS).flatMap(({ urn, name, inputs }): Finding[] =>
    blocks(inputs.remoteAccess).flatMap((block): Finding[] => {
      const access = asProps(block);
      if (!access || isAbsent(access.ec2SshKey)) return [];
      const sources = access.sourceSecurityGroupIds;
      if (!isAbsent(sources) && asArray(sources)?.length !== 0) return [];
      const message = `the node group "${name}" has remoteAccess.ec2SshKey and no sourceSecurityGroupIds, with which EKS opens SSH (22) of its nodes to 0.0.0.0/0. Name a group as the source.`;
      return [{ verdict: "violation", urn, message }];
    }),
  );
}
