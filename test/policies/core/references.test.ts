import { makeGraph } from "../../../policies/core/graph";
import { loadResource } from "../../../policies/graph/load-resource";
import { referenced } from "../../../policies/core/references";
import { selectRoles } from "../../../policies/core/select";
import { Secret, UNKNOWN } from "../../../policies/core/types";
import { asBoolean, containsSecret, containsUnknown, isUnknown, propertyOf } from "../../../policies/core/values";
import { computed, program, secret } from "./builder";
import type { Mode } from "./builder";

const SG = "aws:ec2/securityGroup:SecurityGroup";
const names = (list: readonly { name: string }[]): string[] => list.map((resource) => resource.name);

describe.each<Mode>(["unknown", "known"])("references with %s ids", (mode) => {
  function sample() {
    const p = program();
    const a = p.add(SG, "a", { tags: { Role: "backend" } });
    const b = p.add(SG, "b", { tags: { Role: "gateway" } });
    const vpc = p.add("aws:ec2/vpc:Vpc", "net");
    p.add("aws:ec2/instance:Instance", "one", { vpcSecurityGroupIds: [a.id] });
    p.add("aws:ec2/instance:Instance", "two", { vpcSecurityGroupIds: [a.id, b.id] });
    p.add("aws:ec2/instance:Instance", "mixed", { vpcSecurityGroupIds: [a.id, "sg-of-another-stack"] });
    p.add("aws:ec2/instance:Instance", "default-group", { vpcSecurityGroupIds: [vpc.out("defaultSecurityGroupId")] });
    p.add("aws:ec2/instance:Instance", "either", { vpcSecurityGroupIds: computed(a, b) });
    return p.graph(mode);
  }
  const ask = (name: string, type = SG) => {
    const graph = sample();
    const resource = graph.resources.find((candidate) => candidate.name === name);
    if (!resource) throw new Error(name);
    const found = referenced(graph, resource, "vpcSecurityGroupIds", type);
    return { certain: names(found.certain), possible: names(found.possible), complete: found.complete };
  };

  test("one reference is certain", () => expect(ask("one")).toEqual({ certain: ["a"], possible: [], complete: true }));
  test("a list of references is certain", () => expect(ask("two")).toEqual({ certain: ["a", "b"], possible: [], complete: true }));
  test("a literal id of nobody leaves the answer incomplete", () =>
    expect(ask("mixed")).toEqual({ certain: ["a"], possible: [], complete: false }));
  test("a dependency of another type is none of the wanted one", () =>
    expect(ask("default-group")).toEqual({ certain: [], possible: [], complete: false }));
  test("the VPC stands behind its default group", () => expect(ask("default-group", "aws:ec2/vpc:Vpc").certain).toEqual(["net"]));
  test("two sources of one unknown value are only possible", () =>
    expect(ask("either")).toEqual({ certain: [], possible: ["a", "b"], complete: false }));
});

test("a literal beside a dependency whose id the source does not show is that id", () => {
  const p = program();
  const a = p.add(SG, "a");
  p.add("aws:ec2/instance:Instance", "one", { vpcSecurityGroupIds: [a.id] });
  const plain = p.plain("known");
  const known = plain.resources.map((resource) => loadResource({ ...resource, id: undefined, outputs: {} }, resource.urn));
  const graph = makeGraph(known, true);
  const one = graph.resources.find((resource) => resource.name === "one");
  if (!one) throw new Error("one");
  expect(referenced(graph, one, "vpcSecurityGroupIds", SG)).toMatchObject({ certain: [{ name: "a" }], possible: [], complete: true });
});

describe("roles", () => {
  const roles = { tags: { Role: "backend" }, names: ["by-name", "sg-by-id"] };
  test("by tag, by name, by default tags of the provider; unknown tags are possible", () => {
    const p = program();
    const provider = p.add("pulumi:providers:aws", "east", { defaultTags: JSON.stringify({ tags: { Role: "backend" } }) });
    p.add(SG, "tagged", { tags: { Role: "backend", Name: "x" } });
    p.add(SG, "by-name");
    p.add(SG, "other", { tags: { Role: "gateway" } }, { provider });
    p.add(SG, "by-default", {}, { provider });
    p.add(SG, "unknown-tag", { tags: { Role: computed() } });
    p.add(SG, "unknown-map", { tags: computed() });
    const found = selectRoles(p.graph("unknown"), roles, SG);
    expect(names(found.certain).sort()).toEqual(["by-default", "by-name", "tagged"]);
    expect(names(found.possible).sort()).toEqual(["unknown-map", "unknown-tag"]);
  });
  test("an empty selector selects nothing", () => {
    const p = program();
    p.add(SG, "a");
    expect(selectRoles(p.graph("known"), {}, SG)).toEqual({ certain: [], possible: [] });
  });
});

describe("values", () => {
  test("unknown, absent and secret are told apart", () => {
    const p = program();
    p.add("t:t:T", "x", { hidden: secret({ key: "k" }), later: computed(), list: [1, computed()], yes: "true" });
    const inputs = p.graph("unknown").resources[1]?.inputs ?? {};
    expect(inputs.hidden).toBeInstanceOf(Secret);
    expect(containsSecret(inputs.hidden)).toBe(true);
    expect(containsUnknown(inputs.hidden)).toBe(false);
    expect(inputs.later).toBe(UNKNOWN);
    expect(isUnknown(inputs.list)).toBe(false);
    expect(containsUnknown(inputs.list)).toBe(true);
    expect(isUnknown(inputs.missing)).toBe(false);
    expect(asBoolean(inputs.yes)).toBe(true);
  });
  test("an output fills in what no input gives", () => {
    expect(propertyOf({ inputs: { a: null, b: 1 }, outputs: { a: 2, b: 3 } }, "a")).toBe(2);
    expect(propertyOf({ inputs: { a: null, b: 1 }, outputs: { a: 2, b: 3 } }, "b")).toBe(1);
  });
});
