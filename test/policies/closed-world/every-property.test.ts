/**
 * Every property of every type in the pinned @pulumi/aws that can carry a guarded thing is modelled, harmless with a reason, or reported.
 * The types are read from the package's own declarations, so a newer package is covered by the same test.
 */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { makeResource } from "../../../policies/core/graph";
import { UNKNOWN } from "../../../policies/core/types";
import type { Graph, Resource } from "../../../policies/core/types";
import { guardedOf, guardedThings } from "../../../policies/graph/closed-world/guarded";
import type { Guarded } from "../../../policies/graph/closed-world/guarded";
import { receipts } from "../../../policies/graph/closed-world/receives";
import { understood, UNDERSTOOD } from "../../../policies/graph/closed-world/understood";
import { policies } from "../../../policies/rules";
import { policy as judgeable } from "../../../policies/rules/engine/judgeable-resources";
import { ownStack } from "../network/stack";
import { awsProperties } from "./aws-types";
import type { Property } from "./aws-types";

/** Names of properties and fields that hold the id, ARN or name of a guarded kind of thing. */
const CARRIES =
  /(security_?groups?|subnets?|vpc|route_?tables?|network_?interfaces?|eni)(_?(ids?|arns?|names?|identifiers?))?$|instance_?(ids?|arns?|profile\w*)$|(role|bucket|kms_?key|key_?pair)(_?(ids?|arns?|names?|domain\w*))?$|^(source|target|resource)_?(ids?|arns?)$|^(role|instance|target|resource|targets|resources|vpcs|ec2tagfilters?|ec2tagsets?)$/i;

const STACK = ownStack();
STACK.p.add("aws:s3/bucket:Bucket", "models", { bucket: "our-models", tags: { Role: "models" } });
const GRAPH = STACK.p.graph("unknown");
const THINGS = guardedThings(GRAPH, DEFAULT_SETTINGS);
const GUARDED = guardedOf(DEFAULT_SETTINGS, THINGS);

const all = awsProperties();
const carriers = all.filter(({ name, fields }) => CARRIES.test(name) || fields.some((field) => CARRIES.test(field)));

/** A resource of the type with nothing but the property, into which the backend's group flows. */
function receiver({ type, name }: Property): Resource {
  const thing = [...THINGS.values()].find(({ what }) => what === "the backend's group");
  return makeResource({
    urn: `urn:pulumi:dev::demo::${type}::synthetic`,
    type,
    inputs: { [name]: UNKNOWN },
    propertyDependencies: { [name]: [thing?.resource.urn ?? ""] },
  });
}

type Answer = "modelled" | "harmless" | "reported" | "silent";

function answerFor(guarded: Guarded, property: Property): Answer {
  const entry = understood(property.type, property.name);
  if (entry) return entry.modelled === undefined ? "harmless" : "modelled";
  return receipts(guarded, receiver(property)).length > 0 ? "reported" : "silent";
}

test("every property that can carry a guarded thing is modelled, harmless or reported", () => {
  const counts: Record<Answer, number> = { modelled: 0, harmless: 0, reported: 0, silent: 0 };
  const silent: string[] = [];
  for (const property of carriers) {
    const answer = answerFor(GUARDED, property);
    counts[answer] += 1;
    if (answer === "silent") silent.push(`${property.type} ${property.name}`);
  }
  const types = new Set(carriers.map(({ type }) => type));
  console.info(
    `${String(all.length)} properties of ${String(new Set(all.map(({ type }) => type)).size)} types; ${String(carriers.length)} of ${String(types.size)} types can carry a guarded thing: ` +
      `${String(counts.modelled)} modelled, ${String(counts.harmless)} harmless, ${String(counts.reported)} reported`,
  );
  expect(silent).toEqual([]);
  expect(carriers.length).toBeGreaterThan(1200);
  expect(counts.reported).toBeGreaterThan(counts.harmless);
});

test("all other properties are reported as well when a guarded thing flows in", () => {
  const rest = all.filter((one) => !carriers.includes(one) && !/^(tags|tagsAll|tagSpecifications|defaultTags|volumeTags)$/.test(one.name));
  const silent = rest.filter((property) => answerFor(GUARDED, property) === "silent").map(({ type, name }) => `${type} ${name}`);
  expect(silent).toEqual([]);
});

test("the policy reports what the table leaves open, end to end", async () => {
  const open = carriers.filter((property) => understood(property.type, property.name) === undefined && alone(property.type));
  const sample = open.filter((_, index) => index % 25 === 0);
  expect(sample.length).toBeGreaterThan(20);
  const resources = sample.map((property, index): Resource => ({
    ...receiver(property),
    urn: `${receiver(property).urn}-${String(index)}`,
  }));
  const graph: Graph = {
    ...GRAPH,
    resources: [...GRAPH.resources, ...resources],
    byUrn: new Map([...GRAPH.byUrn, ...resources.map((one) => [one.urn, one] as const)]),
  };
  const found = await judgeable.evaluate(graph, DEFAULT_SETTINGS);
  for (const { urn } of resources) expect(found.filter((one) => one.urn === urn)).toMatchObject([{ verdict: "unknown" }]);
});

/** Types whose mere presence has a finding of its own, or changes what the graph says. */
const alone = (type: string): boolean =>
  !/^aws:(ec2|vpc|s3|ssm|cloudformation|cloudcontrol|servicecatalog|serverlessrepository|scheduler|sfn)\//.test(type);

describe("the table", () => {
  test.each(UNDERSTOOD.map((entry) => [`${entry.types} ${entry.properties}`.slice(0, 80), entry] as const))("%s", (_, entry) => {
    const given = entry.types.split(" ").map((type) => `aws:${type}`);
    const missing = given.filter((begin) => !all.some(({ type }) => type.startsWith(begin)));
    expect(missing.filter((begin) => !/^aws:(elb|ec2)\//.test(begin))).toEqual([]);
    const has = new Set(all.filter(({ type }) => given.some((begin) => type.startsWith(begin))).map(({ name }) => name));
    expect(entry.properties.split(" ").filter((name) => name !== "*" && !has.has(name))).toEqual([]);
    expect([entry.modelled, entry.harmless].filter((text) => text !== undefined)).toHaveLength(1);
    const ids = new Set(policies.map(({ id }) => id));
    expect((entry.modelled ?? "").split(" ").filter((id) => id !== "" && !ids.has(id))).toEqual([]);
  });
});
