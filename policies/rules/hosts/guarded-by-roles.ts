/** Roles of code that may change what is guarded: named by an ARN, by reference or by the tag that a condition asks for. */
import type { Finding, Graph, Resource, Settings } from "../../core/types";
import { guardedOf, guardedThings } from "../../graph/closed-world/guarded";
import type { Guarded, Thing } from "../../graph/closed-world/guarded";
import { expand } from "../../graph/iam-actions";
import type { Statement } from "../../graph/iam-document";
import { anybodys } from "../../graph/iam-breadth";
import type { Owner } from "../../graph/iam-breadth";
import { isCommand, isHarmlessChange } from "../../graph/iam-risk";
import { rightsOf } from "../../graph/iam-role";
import type { Grant } from "../../graph/iam-role";
import { report } from "./hosts";

/** They start and stop a host, copy its disk within the account or put a tag on it. */
const UPKEEP =
  /^ec2:((Start|Stop|Reboot|Monitor|Unmonitor)Instances|CreateTags|DeleteTags|CreateSnapshots?|CreateImage|CopySnapshot|(Attach|Detach)Volume|ReportInstanceStatus|ModifyVolume)$/;

const KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/:instance\/(i-[0-9a-f]+)$/, /^aws:ec2\/(instance|spotInstanceRequest):/],
  [/:security-group\/(sg-[0-9a-f]+)$/, /^aws:ec2\/securityGroup:/],
  [/:subnet\/(subnet-[0-9a-f]+)$/, /^aws:ec2\/subnet:/],
  [/:route-table\/(rtb-[0-9a-f]+)$/, /^aws:ec2\/routeTable:/],
  [/:network-interface\/(eni-[0-9a-f]+)$/, /^aws:ec2\/networkInterface:/],
  [/:vpc\/(vpc-[0-9a-f]+)$/, /^aws:ec2\/vpc:/],
];

export type Touches = (role: Resource, who: string, fix: string) => Finding[];

export function touches(graph: Graph, settings: Settings, owner: Owner): Touches {
  const things = guardedThings(graph, settings);
  const guarded = guardedOf(settings, things);
  return (role, who, fix) => {
    const found = rightsOf(graph, role)
      .grants.flatMap((grant) => grant.document.statements.map((statement) => ({ grant, statement })))
      .filter(({ statement }) => statement.effect === "Allow")
      .flatMap(({ grant, statement }) => touched(guarded, grant, statement, role, owner));
    const [first] = [...found].sort((a, b) => Number(b.certain) - Number(a.certain));
    if (!first) return [];
    const what = `${who} may ${first.certain ? "" : "perhaps "}change ${first.thing.what} ("${first.thing.resource.name}") by ${first.action}`;
    return [report(role, first.certain ? "violation" : "unknown", `${what}: ${fix}`)];
  };
}

interface Touched {
  readonly thing: Thing;
  readonly action: string;
  readonly certain: boolean;
}

function touched(guarded: Guarded, grant: Grant, statement: Statement, role: Resource, owner: Owner): Touched[] {
  const named = namedBy(guarded, grant, statement, role, owner);
  if (named.length === 0) return [];
  const actions = (statement.actions?.known ?? []).flatMap((pattern) => {
    const meant = expand(pattern);
    return meant === "all" ? [] : meant.filter(({ level }) => level === "write" || level === "permissions").map(({ name }) => name);
  });
  return named.flatMap(({ thing, certain }) => {
    const action = actions.find((one) => concerns(one, thing) && !UPKEEP.test(one) && (isCommand(one) || !isHarmlessChange(one)));
    return action === undefined ? [] : [{ thing, action, certain }];
  });
}

/** Does an action of this service change a thing of this type? Buckets have policies of their own. */
function concerns(action: string, { resource }: Thing): boolean {
  const [service = ""] = action.split(":");
  if (/^aws:kms\//.test(resource.type)) return service === "kms";
  if (/^aws:iam\//.test(resource.type)) return service === "iam";
  return /^aws:(ec2|vpc)\//.test(resource.type) && /^(ec2|ssm|ec2-instance-connect|ssm-guiconnect|autoscaling)$/.test(service);
}

function namedBy(
  guarded: Guarded,
  grant: Grant,
  statement: Statement,
  role: Resource,
  owner: Owner,
): { readonly thing: Thing; readonly certain: boolean }[] {
  const resources = statement.resources;
  const flows = (resources?.unknowns ?? 0) > 0 ? grant.flows.flatMap((one) => guarded.things.get(one.urn) ?? []) : [];
  const byName = (resources?.known ?? []).flatMap((arn) => guarded.names.get(arn) ?? guarded.names.get(arn.split("/").pop() ?? "") ?? []);
  const byTag = statement.conditions
    .filter(({ key, operator }) => /resourcetag\//.test(key) && /^(foranyvalue:)?string(equals|like)/i.test(operator))
    .flatMap(({ key, values }) => values.known.flatMap((value) => tagged(guarded, key.replace(/^.*resourcetag\//, ""), value)));
  const possible = (resources?.known ?? []).flatMap((arn) => lost(guarded, arn));
  // What is anybody's is reported as such.
  const own = [...flows, ...byName, ...(anybodys({ ...statement, conditions: [] }, owner).length > 0 ? byTag : [])];
  return [
    ...own.map((thing) => ({ thing, certain: flows.length <= 1 || !flows.includes(thing) })),
    ...possible.map((thing) => ({ thing, certain: false })),
  ].filter(({ thing }) => thing.resource !== role);
}

/** Keys of conditions are read in small letters. */
function tagged({ tags }: Guarded, key: string, value: string): readonly Thing[] {
  return [...tags].flatMap(([name, values]) => (name.toLowerCase() === key.toLowerCase() ? (values.get(value) ?? []) : []));
}

/** An id that stands in the text while the ids of things of this kind are not known yet. */
function lost(guarded: Guarded, arn: string): Thing[] {
  const kind = KINDS.find(([pattern]) => pattern.test(arn));
  if (!kind) return [];
  return [...guarded.things.values()].filter(({ resource }) => kind[1].test(resource.type) && resource.id === undefined).slice(0, 1);
}
