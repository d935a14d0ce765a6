/** The difference of two sides as one plain document: what `--json` prints, and what text and Markdown are made of. Pure. */
import { costLines, type CostLine } from "../cli/cost";
import type { PolicyRow } from "../offline/document";
import type { GraphResource } from "../offline/engine";
import { compareFlows, type Reach } from "./flows";
import { fileChanges, type FileChange } from "./file-changes";
import { compareResources, flatInputs, isCommand, isReal, type Changed, type Outcome } from "./resources";
import type { Side } from "./side";
import { hostEffects, stepChanges, type HostEffect, type StepChange } from "./step-changes";
import { inputChange, type InputChange } from "./values";

export interface Change {
  readonly stack: string;
  readonly against: { readonly ref: string; readonly commit: string };
  /** Is the stack on both sides? */
  readonly sides: "both" | "only now" | "only then";
  readonly same: boolean;
  readonly resources: readonly ResourceChange[];
  readonly files: readonly FileChange[];
  readonly steps: readonly StepChange[];
  readonly hosts: readonly HostEffect[];
  readonly reach: Reach;
  readonly policies: { readonly found: readonly PolicyRow[]; readonly gone: readonly PolicyRow[] };
  readonly cost: CostChange;
  /** Keys of the stack's file whose encrypted text differs. What they hold is not known here. */
  readonly secrets: readonly string[];
  readonly notices: readonly string[];
}

export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** Of a changed one; a removed one with `kept` stays on AWS. */
  readonly effect?: Exclude<Outcome, "new" | "runs">;
  readonly kept?: true;
  readonly inputs: readonly InputChange[];
  /** Names of what is new or replaced, and what it takes values from. */
  readonly because: readonly string[];
}

export interface CostChange {
  /** USD a month; undefined where a price is not known. */
  readonly before?: number;
  readonly after?: number;
  readonly lines: readonly { readonly what: string; readonly change: "added" | "removed"; readonly month?: number }[];
}

export interface Compared {
  readonly ref: string;
  readonly commit: string;
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

export function changeOf(stack: string, { ref, commit, before, after }: Compared): Change {
  const [old, now] = [before?.resources ?? [], after?.resources ?? []];
  const changed = compareResources(old, now);
  const resources = resourceChanges(old, now, changed);
  const body = {
    resources,
    files: fileChanges(before?.files ?? [], after?.files ?? []),
    steps: stepChanges(before, after, changed),
    hosts: hostEffects(before, after, changed),
    reach: compareFlows(before?.flows ?? [], after?.flows ?? []),
    policies: findings(before?.findings ?? [], after?.findings ?? []),
    cost: costChange(before, after),
    secrets: secretChanges(before, after),
  };
  const { reach, policies, cost } = body;
  const counts = [
    resources,
    body.files,
    body.steps,
    body.hosts,
    reach.opened,
    reach.closed,
    policies.found,
    policies.gone,
    cost.lines,
    body.secrets,
  ];
  return {
    stack,
    against: { ref, commit },
    sides: before === undefined ? "only now" : after === undefined ? "only then" : "both",
    same: counts.every(({ length }) => length === 0),
    ...body,
    notices: [...new Set([...(before?.notices ?? []), ...(after?.notices ?? [])])],
  };
}

/** Steps have a list of their own. */
function resourceChanges(
  old: readonly GraphResource[],
  now: readonly GraphResource[],
  changed: ReadonlyMap<string, Changed>,
): ResourceChange[] {
  const then = new Map(old.map((resource) => [resource.urn, resource]));
  const here = new Set(now.map(({ urn }) => urn));
  const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
  const row = ({ urn, type, name }: GraphResource): Pick<ResourceChange, "urn" | "type" | "name"> => ({ urn, type, name });
  const own = (resource: GraphResource): boolean => isReal(resource) && !isCommand(resource.type);
  const removed = old
    .filter((resource) => own(resource) && !here.has(resource.urn))
    .map((resource): ResourceChange => ({
      ...row(resource),
      change: "removed",
      ...(resource.options.retainOnDelete === true ? { kept: true as const } : {}),
      inputs: [],
      because: [],
    }));
  const others = now.filter(own).flatMap((resource): ResourceChange[] => {
    const found = changed.get(resource.urn);
    if (found === undefined) return [];
    if (found.outcome === "new") return [{ ...row(resource), change: "added", inputs: [], because: [] }];
    if (found.outcome === "runs") return [];
    const inputs = inputChanges(then.get(resource.urn), resource, found.inputs);
    return [{ ...row(resource), change: "changed", effect: found.outcome, inputs, because: found.because.map(nameOf) }];
  });
  return [...removed, ...others];
}

export function inputChanges(then: GraphResource | undefined, now: GraphResource, names: readonly string[]): InputChange[] {
  const [old, present] = [then === undefined ? new Map<string, unknown>() : flatInputs(then), flatInputs(now)];
  // A public key is made from the private one, in whose place a placeholder stands.
  const hidden = now.type === "aws:ec2/keyPair:KeyPair";
  return names.map((input) => inputChange(input, old.get(input), present.get(input), hidden));
}

function findings(before: readonly PolicyRow[], after: readonly PolicyRow[]): Change["policies"] {
  const key = ({ policy, level, verdict, urn, message }: PolicyRow): string => [policy, level, verdict, urn, message].join("\n");
  const beyond = (known: readonly PolicyRow[], rows: readonly PolicyRow[]): PolicyRow[] => {
    const keys = new Set(known.map(key));
    return rows.filter((row) => !keys.has(key(row)));
  };
  return { found: beyond(before, after), gone: beyond(after, before) };
}

function costChange(before: Side | undefined, after: Side | undefined): CostChange {
  const linesOf = (side: Side | undefined): CostLine[] => (side === undefined ? [] : costLines(side.resources, side.region));
  const sum = (lines: readonly CostLine[]): number | undefined =>
    lines.some(({ month }) => month === undefined) ? undefined : lines.reduce((all, { month = 0 }) => all + month, 0);
  const [old, now] = [linesOf(before), linesOf(after)];
  const isIn = (lines: readonly CostLine[], { what, month }: CostLine): boolean =>
    lines.some((line) => line.what === what && line.month === month);
  const row =
    (change: "added" | "removed") =>
    ({ what, month }: CostLine) => ({ what, change, ...(month === undefined ? {} : { month }) });
  const [total, next] = [sum(old), sum(now)];
  return {
    ...(total === undefined ? {} : { before: total }),
    ...(next === undefined ? {} : { after: next }),
    lines: [...old.filter((line) => !isIn(now, line)).map(row("removed")), ...now.filter((line) => !isIn(old, line)).map(row("added"))],
  };
}

function secretChanges(before: Side | undefined, after: Side | undefined): string[] {
  const [old, now] = [before?.secrets ?? {}, after?.secrets ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => old[key] !== now[key]).sort();
}
