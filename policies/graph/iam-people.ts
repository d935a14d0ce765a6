/** What people may do: the policies of groups and of users, in whichever of the many ways they are attached. */
import { ofType } from "../core/references";
import type { Graph, Resource } from "../core/types";
import { isAbsent } from "../core/values";
import { byArn, grant } from "./iam-role";
import type { Rights } from "./iam-role";
import { targetsOf } from "./join";
import type { Kind } from "./join";

const GROUP: Kind = { type: /^aws:iam\/group:Group$/, names: ["name"] };
const USER: Kind = { type: /^aws:iam\/user:User$/, names: ["name"] };

/** What gives a group or a user rights: the property that names it, and the one with the policies (inline text, or ARNs). */
const SOURCES: readonly {
  readonly type: RegExp;
  readonly holder: string;
  readonly kind: Kind;
  readonly policy: "policy" | "policyArn" | "policyArns";
}[] = [
  { type: /^aws:iam\/groupPolicy:/, holder: "group", kind: GROUP, policy: "policy" },
  { type: /^aws:iam\/userPolicy:/, holder: "user", kind: USER, policy: "policy" },
  { type: /^aws:iam\/groupPolicyAttachment:/, holder: "group", kind: GROUP, policy: "policyArn" },
  { type: /^aws:iam\/userPolicyAttachment:/, holder: "user", kind: USER, policy: "policyArn" },
  { type: /^aws:iam\/groupPolicyAttachmentsExclusive:/, holder: "groupName", kind: GROUP, policy: "policyArns" },
  { type: /^aws:iam\/userPolicyAttachmentsExclusive:/, holder: "userName", kind: USER, policy: "policyArns" },
  { type: /^aws:iam\/policyAttachment:/, holder: "groups", kind: GROUP, policy: "policyArn" },
  { type: /^aws:iam\/policyAttachment:/, holder: "users", kind: USER, policy: "policyArn" },
];

/** The rights of each group and each user, those named by literal names included: where the program does not make them, each policy stands alone. */
export function peopleRights(graph: Graph): Pick<Rights, "grants" | "managed">[] {
  const byHolder = new Map<Resource, { grants: Rights["grants"][number][]; managed: Rights["managed"][number][] }>();
  for (const { type, holder, kind, policy } of SOURCES)
    for (const resource of ofType(graph, type)) {
      if (resource.external === true || isAbsent(resource.inputs[holder])) continue;
      const given = policy === "policy" ? { grants: [grant(graph, resource, "policy")], managed: [] } : byArn(graph, resource, policy);
      const holders = targetsOf(graph, resource, holder, kind).certain;
      for (const one of holders.length > 0 ? holders : [resource]) {
        const rights = byHolder.get(one) ?? { grants: [], managed: [] };
        rights.grants.push(...given.grants);
        rights.managed.push(...given.managed);
        byHolder.set(one, rights);
      }
    }
  return [...byHolder.values()];
}
