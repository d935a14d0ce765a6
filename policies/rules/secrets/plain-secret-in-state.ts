import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { once } from "../../core/graph";
import { areaOf, OUTPUT, properties, STACK, unmarkedCopies } from "./places";
import { findFormats } from "./detect";
import { unlessMarked, violation } from "./report";
import { calledIn, scan } from "./scan";
import type { Spot } from "./scan";

const FIX = "mark it with pulumi.secret (for what a provider returns: additionalSecretOutputs), or keep it out of the program";

export const policy: Policy = {
  id: "plain-secret-in-state",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets"],
  description: "No property of any resource, given or returned, holds a secret in plain.",
  why: "Every property is written to the state; whoever can read the state or a preview can read it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.rds.Instance("db", { password: "correct-horse-9", ... });',
  good: 'new aws.rds.Instance("db", { manageMasterUserPassword: true, ... });',
  evaluate: (graph) => graph.resources.flatMap((resource) => check(graph, resource)),
};

const check = (graph: Graph, resource: Resource): Finding[] => [
  ...spotsOf(resource).flatMap((spots) => unlessMarked(graph, resource, spots, FIX)),
  ...named(resource),
];

/** A logical name is in the URN: in the state, the log and the console, whatever is marked. */
const named = once((resource: Resource): Finding[] =>
  findFormats(resource.name).map((kind) =>
    violation(resource, `the logical name of a resource of type ${resource.type} holds ${kind}: name it by what it is for`),
  ),
);

/** What each property holds. */
const spotsOf = once((resource: Resource): readonly (readonly Spot[])[] => {
  const own = properties(resource).filter(({ key, path }) => {
    const hidden = path.startsWith(OUTPUT) && resource.options.additionalSecretOutputs?.includes(key) === true;
    return areaOf(resource, key) === "other" && !hidden;
  });
  const copies = resource.type === STACK ? [] : unmarkedCopies(resource);
  // Nested user data, tags and environments have policies of their own; unknown values carry their marks later.
  return [...own, ...copies].map(({ path, key, value }) =>
    scan(value, path, nameOf(resource, key)).filter(
      (spot) => spot.state === "secret" && !/\.(userData|tags|environment)\b/.test(spot.path),
    ),
  );
});

/** A variable in a resource of its own says in one property what the other is (GitHub's ActionsVariable, GitLab's ProjectVariable). */
function nameOf({ type, inputs }: Resource, key: string): string {
  const called = key === "value" && VARIABLE.test(type) ? calledIn(inputs) : undefined;
  return typeof called === "string" ? called : key;
}

const VARIABLE = /(Variable|Setting|Environment|ConfigVar|AppConfig)$/;
