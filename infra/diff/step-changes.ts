/** Which steps of the hosts run again, and what the machines and their services go through. Pure. */
import type { StepRow } from "../offline/document";
import type { Changed } from "./resources";
import type { Side } from "./side";
import { inputChange, type InputChange } from "./values";

export interface StepChange {
  readonly host: StepRow["host"];
  readonly name: string;
  readonly order: number;
  readonly why: "new" | "removed" | "changed input" | "another machine";
  /** Inputs that differ, with their lines where no secret is in them. */
  readonly inputs: readonly InputChange[];
}

export interface HostEffect {
  readonly host: StepRow["host"];
  readonly text: string;
}

const HOSTS = ["gateway", "backend"] as const;

export function stepChanges(before: Side | undefined, after: Side | undefined, changed: ReadonlyMap<string, Changed>): StepChange[] {
  const old = new Map((before?.resources ?? []).map((resource) => [resource.urn, resource]));
  const now = new Map((after?.resources ?? []).map((resource) => [resource.urn, resource]));
  const rows = (after?.steps ?? []).flatMap(({ host, name, order, urn }): StepChange[] => {
    const found = changed.get(urn);
    if (found === undefined) return [];
    const why = found.outcome === "new" ? "new" : found.inputs.length > 0 ? "changed input" : "another machine";
    return [
      {
        host,
        name,
        order,
        why,
        inputs:
          why === "new" ? [] : found.inputs.map((input) => inputChange(input, old.get(urn)?.inputs[input], now.get(urn)?.inputs[input])),
      },
    ];
  });
  const gone = (before?.steps ?? [])
    .filter(({ urn }) => !now.has(urn))
    .map(({ host, name, order }): StepChange => ({ host, name, order, why: "removed", inputs: [] }));
  return [...rows, ...gone].sort((a, b) => (a.host === b.host ? a.order - b.order : HOSTS.indexOf(a.host) - HOSTS.indexOf(b.host)));
}

/** docs/operations.md says the same at more length ("What an update does", "What a change of a setting does"). */
export function hostEffects(before: Side | undefined, after: Side | undefined, changed: ReadonlyMap<string, Changed>): HostEffect[] {
  if (before === undefined || after === undefined) return [];
  return HOSTS.flatMap((host): HostEffect[] => {
    const machine = changed.get(after.resources.find(({ name }) => name === `${host}-instance`)?.urn ?? "")?.outcome;
    if (machine === "replaces")
      return [
        { host, text: "a new, empty machine takes its place; every step runs on it (minutes), and what was only on the old one is gone" },
      ];
    const steps = after.steps.filter((step) => step.host === host && changed.has(step.urn)).map(({ name }) => name);
    const stop = machine === "stops and starts" ? [{ host, text: "the machine stops and starts: an outage of less than a minute" }] : [];
    return [...stop, ...restart(host, steps, after)];
  });
}

function restart(host: StepRow["host"], steps: readonly string[], { steps: all }: Side): HostEffect[] {
  if (!steps.includes("release")) {
    return steps.length === 0 ? [] : [{ host, text: "the service is not restarted" }];
  }
  const isProxy = !all.some((step) => step.host === host && step.name === "code");
  if (isProxy) return [{ host, text: "a release: nginx loads the new site once it is proven; no connection is cut" }];
  return [
    {
      host,
      text: "a release: the service restarts while the proven candidate answers in its place, so no request is lost; WebSockets are closed (1012)",
    },
  ];
}
