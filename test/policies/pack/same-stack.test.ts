/** The graph of a request is kept while the engine shows the same stack: whatever a policy could see differ makes it another one. */
import { asset } from "@pulumi/pulumi";
import type { PolicyResource } from "@pulumi/policy";
import { sameStack } from "../../../policies/pack/same-stack";

type Shown = Record<string, unknown>;
const one = { urn: "urn:one", type: "t", name: "one" };

/** Made anew each time, as the SDK does. */
function stack(change: (resource: Shown) => void = () => undefined): PolicyResource[] {
  const first: Shown = {
    ...{ urn: "urn:a", type: "aws:ec2/vpc:Vpc", name: "a", parent: { urn: "urn:p" }, provider: { urn: "urn:q" } },
    opts: { protect: false, ignoreChanges: ["x"], additionalSecretOutputs: [] },
    props: { cidr: "10.0.0.0/16", tags: { a: "b" }, list: [1, null, { deep: true }], text: new asset.StringAsset("content") },
    dependencies: [one],
    propertyDependencies: { cidr: [one] },
  };
  change(first);
  return [first, { ...one, opts: {}, props: {}, dependencies: [], propertyDependencies: {} }] as unknown as PolicyResource[];
}

const props = (change: Shown) => (resource: Shown) => {
  resource.props = { ...(resource.props as Shown), ...change };
};

test("the same stack in other objects", async () => expect(await sameStack(stack(), stack())).toBe(true));

test.each<[string, (resource: Shown) => void]>([
  ["URN", (resource) => (resource.urn = "urn:b")],
  ["type", (resource) => (resource.type = "aws:ec2/subnet:Subnet")],
  ["name", (resource) => (resource.name = "b")],
  ["parent", (resource) => (resource.parent = undefined)],
  ["provider", (resource) => (resource.provider = { urn: "urn:other" })],
  ["option", (resource) => (resource.opts = { protect: true, ignoreChanges: ["x"], additionalSecretOutputs: [] })],
  ["dependency", (resource) => (resource.dependencies = [])],
  ["dependency of a property", (resource) => (resource.propertyDependencies = { tags: [one] })],
  ["value", props({ cidr: "10.1.0.0/16" })],
  ["value deep inside", props({ list: [1, null, { deep: false }] })],
  ["length of a list", props({ list: [1, null] })],
  ["further property", props({ further: null })],
  ["kind of a value", props({ tags: ["b"] })],
  ["asset's content", props({ text: new asset.StringAsset("other") })],
  ["asset's kind", props({ text: new asset.FileAsset("content") })],
  ["asset in the place of a value", props({ cidr: new asset.StringAsset("10.0.0.0/16") })],
])("another %s", async (_, change) => {
  expect(await sameStack(stack(), stack(change))).toBe(false);
  expect(await sameStack(stack(change), stack())).toBe(false);
});

test("a resource more", async () => expect(await sameStack(stack(), stack().slice(1))).toBe(false));
