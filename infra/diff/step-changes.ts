/** Which steps of the hosts run again, and what the machines and their services go through. Pure. */
import { FLEET, FLEETS } from "../fleet/names";
import { HOST_IDS } from "../hosts/ids";
import type { StepRow } from "../offline/document";
import type { HostRole } from "../release/types";
import { machineTexts } from "./machine";
import { wayOutText } from "./outage";
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

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const PARAMETER = "aws:ssm/parameter:Parameter";

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
  return [...rows, ...gone].sort((a, b) => (a.host === b.host ? a.order - b.order : HOST_IDS.indexOf(a.host) - HOST_IDS.indexOf(b.host)));
}

/** docs/operations.md says the same at more length ("What an update does", "What a change of a setting does"). */
export function hostEffects(before: Side | undefined, after: Side | undefined, changed: ReadonlyMap<string, Changed>): HostEffect[] {
  if (before === undefined || after === undefined) return [];
  const way = wayOutText(before, after, changed);
  const own = HOST_IDS.flatMap((host): HostEffect[] => {
    const [old, now] = [before, after].map(({ resources }) => resources.find(({ name }) => name === `${host}-instance`));
    if (host !== "gateway" && host !== "backend") {
      if (old !== undefined && now === undefined)
        return [{ host, text: "it is deregistered, answers what it has begun, and goes with what is only there" }];
      if (old === undefined && now !== undefined)
        return [{ host, text: "a new host: it is set up (minutes), and gets requests when the load balancer finds it healthy" }];
    }
    const machine = machineTexts(host, before, after, changed).map((text) => ({ host, text }));
    if (changed.get(now?.urn ?? "")?.outcome === "replaces") return machine;
    if ((host === "backend" || host === "gateway") && (fleetOf(before, host) ?? fleetOf(after, host)) !== undefined)
      return fleetEffects(host, { before, after }, changed);
    const steps = after.steps.filter((step) => step.host === host && changed.has(step.urn)).map(({ name }) => name);
    return [...machine, ...restart(host, steps, after)];
  });
  return way === undefined ? own : [...own, { host: "backend", text: way }];
}

const fleetOf = ({ resources }: Side, role: HostRole): string | undefined =>
  resources.find(({ type, name }) => type === FLEET && name === FLEETS[role])?.urn;

/** A version of the template is a release, and so is one of the parameter, which the template names (infra/fleet/fleet.ts). */
function fleetEffects(
  host: HostRole,
  { before, after }: { readonly before: Side; readonly after: Side },
  changed: ReadonlyMap<string, Changed>,
): HostEffect[] {
  const [old, now] = [fleetOf(before, host), fleetOf(after, host)];
  if (old === undefined)
    return [{ host, text: "a fleet takes its place: its hosts set themselves up (minutes), and the single host goes last" }];
  if (now === undefined)
    return [{ host, text: "a single host takes the place of the fleet: it is set up (minutes), and the fleet goes last" }];
  const own = after.resources.filter(({ parent }) => parent === now);
  const released = own.some(({ urn, type }) => {
    const inputs = changed.get(urn)?.inputs ?? [];
    return type === PARAMETER ? inputs.includes("value") : type === TEMPLATE && inputs.some((input) => !/^tags(All)?\b/.test(input));
  });
  if (!released) return [];
  return [
    { host, text: "a release of the fleet: new hosts take the place of all, one at a time; each has to serve before an old one leaves" },
  ];
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
