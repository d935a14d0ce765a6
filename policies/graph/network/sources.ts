/** Who a rule speaks of: addresses, a group, a prefix list, or somebody not known before `pulumi up`. */
import { ofType } from "../../core/graph";
import type { Graph, Props, Resource, Value } from "../../core/types";
import { asArray, asBoolean, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { describeGroup, groupRef } from "./groups";
import type { GroupRef } from "./groups";
import { isEmpty, NOTHING, parseCidr, parseCidrs, subtract, union } from "./ip-set";
import type { IpSet } from "./ip-set";
import { PREFIX_LIST } from "./kinds";
import { property, target } from "./targets";

export type Source =
  | { readonly kind: "addresses"; readonly set: IpSet; readonly text: string }
  | { readonly kind: "group"; readonly ref: GroupRef; readonly text: string }
  /** `set` holds the addresses as far as they are known; `undefined` for a list that is not part of the program. */
  | { readonly kind: "prefix-list"; readonly set: IpSet | undefined; readonly text: string }
  | { readonly kind: "unknown"; readonly text: string };

/** Names of the fields that hold sources; each form of a rule has its own. Lists and single values are both read. */
export interface SourceFields {
  readonly cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
  readonly self?: string;
}

/** All sources of one rule. `key` is the top-level property that the rule stands in, where it stands in one. */
export function sourcesOf(graph: Graph, resource: Resource, rule: Props, fields: SourceFields, own: GroupRef, key?: string): Source[] {
  const at = (field: string): string => key ?? field;
  const self = fields.self === undefined ? undefined : rule[fields.self];
  return [
    ...fields.cidrs.flatMap((field) => elements(rule[field]).map((value) => addressSource(value, field))),
    ...fields.groups.flatMap((field) => groupSources(graph, resource, at(field), rule[field], field)),
    ...fields.prefixLists.flatMap((field) => elements(rule[field]).map((value) => listSource(graph, resource, at(field), value))),
    ...(isUnknown(self) ? [{ kind: "unknown" as const, text: "self, which is not known yet" }] : []),
    ...(asBoolean(self) === true ? [{ kind: "group" as const, ref: own, text: `the members of ${describeGroup(own)} itself (self)` }] : []),
  ];
}

/** The elements of a list, the single value itself, or one unknown element for an unknown list. */
function elements(value: Value | undefined): Value[] {
  if (isAbsent(value) || value === undefined) return [];
  return asArray(value)?.filter((item) => !isAbsent(item)) ?? [value];
}

const WHOLE = ["0.0.0.0/0", "::/0"].map((text) => parseCidr(text) ?? NOTHING);

function addressSource(value: Value, field: string): Source {
  const text = asString(value);
  if (text === undefined) return { kind: "unknown", text: `${field}, which is not known before pulumi up` };
  const set = parseCidr(text);
  if (set && WHOLE.some((all) => isEmpty(subtract(all, set)))) return { kind: "addresses", set, text: `the whole internet (${text})` };
  return set ? { kind: "addresses", set, text } : { kind: "unknown", text: `${field} "${text}", which is no CIDR block` };
}

function groupSources(graph: Graph, resource: Resource, key: string, value: Value | undefined, field: string): Source[] {
  return elements(value).flatMap((item): Source[] => {
    const ref = groupRef(graph, resource, key, item);
    if (!ref) return [];
    const blind = ref.is === undefined && ref.maybe.length === 0 && ref.literal === undefined;
    if (blind) return [{ kind: "unknown", text: `${field}, which is not known before pulumi up` }];
    return [{ kind: "group", ref, text: `the group ${describeGroup(ref)}` }];
  });
}

function listSource(graph: Graph, resource: Resource, key: string, value: Value): Source {
  const found = target(graph, resource, key, value, PREFIX_LIST);
  if (found?.is) return { kind: "prefix-list", set: entriesOf(graph, found.is), text: `the prefix list ${found.is.name}` };
  if (found?.literal !== undefined) return { kind: "prefix-list", set: undefined, text: `the prefix list ${found.literal}` };
  return { kind: "unknown", text: "a prefix list that is not known before pulumi up" };
}

/** What a managed prefix list covers: its own entries and those of separate entry resources. `undefined` if any is unknown. */
function entriesOf(graph: Graph, list: Resource): IpSet | undefined {
  const own = property(list, "entries");
  if (isUnknown(own)) return undefined;
  const inline = (asArray(own) ?? []).map((entry) => asProps(entry)?.cidr);
  const separate = ofType(graph, "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry")
    .filter((entry) => target(graph, entry, "prefixListId", entry.inputs.prefixListId, PREFIX_LIST)?.is === list)
    .map((entry) => entry.inputs.cidr);
  const texts = [...inline, ...separate].map(asString);
  const { set, bad } = parseCidrs(texts.filter((text) => text !== undefined));
  return texts.includes(undefined) || bad.length > 0 ? undefined : union(set);
}
