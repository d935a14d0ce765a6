/** A small foreign program's graph: a bastion, a backend, and scripts to try. */
import { makeGraph, makeResource } from "../../../policies/core/graph";
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Finding, Graph, Policy, Props, Resource, Settings } from "../../../policies/core/types";
import { Secret, UNKNOWN } from "../../../policies/core/types";

const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;
const INSTANCE = "aws:ec2/instance:Instance";
export const BACKEND = urn(INSTANCE, "api-1");
export const GATEWAY = urn(INSTANCE, "edge");

export const settings: Settings = {
  ...DEFAULT_SETTINGS,
  roles: { ...DEFAULT_SETTINGS.roles, backendInstances: { names: ["api-1"] }, gatewayInstances: { names: ["edge"] } },
};

export interface Step {
  readonly name?: string;
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly stdin?: string;
  readonly after?: readonly string[];
  readonly type?: string;
  readonly inputs?: Props;
  readonly dependsOn?: readonly string[];
}

/** Steps follow each other unless `after` says otherwise. Connections are unknown, as at a first preview. */
export function program(steps: readonly (Step | string)[], instance: Props = {}): Graph {
  const resources: Resource[] = [
    makeResource({ urn: GATEWAY, type: INSTANCE, inputs: { instanceType: "t3.micro" } }),
    makeResource({ urn: BACKEND, type: INSTANCE, inputs: { instanceType: "t3.micro", ...instance } }),
  ];
  let last: string[] = [];
  for (const [index, given] of steps.entries()) {
    const step: Step = typeof given === "string" ? { create: given } : given;
    const type = step.type ?? "command:remote:Command";
    const own = urn(type, step.name ?? `step-${String(index)}`);
    const text = (key: "create" | "update" | "delete"): Props => (step[key] === undefined ? {} : { [key]: step[key] });
    const stdin: Props = step.stdin === undefined ? {} : { stdin: new Secret(step.stdin) };
    const dependencies = step.after ? step.after.map((n) => urn("command:remote:Command", n)) : last;
    resources.push(
      makeResource({
        urn: own,
        type,
        inputs: { connection: UNKNOWN, ...text("create"), ...text("update"), ...text("delete"), ...stdin, ...step.inputs },
        dependencies: [GATEWAY, BACKEND, ...dependencies],
        propertyDependencies: { connection: step.dependsOn ?? [GATEWAY, BACKEND] },
      }),
    );
    last = [own];
  }
  return makeGraph(resources, true);
}

export async function verdicts(policy: Policy, steps: readonly (Step | string)[], instance: Props = {}): Promise<Finding["verdict"][]> {
  return [...new Set((await policy.evaluate(program(steps, instance), settings)).map((f) => f.verdict))].sort();
}
