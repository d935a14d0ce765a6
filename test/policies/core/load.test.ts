import { Asset, Secret, UNKNOWN } from "../../../policies/core/types";
import { InputError, loadGraph } from "../../../policies/graph/load";
import { decode, SIGNATURE, SIGNATURES, UNKNOWN_MARK } from "../../../policies/graph/wire";
import { program } from "./builder";

const STACK = {
  urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev",
  type: "pulumi:pulumi:Stack",
  custom: false,
  outputs: { url: "http://x" },
};
const VPC = {
  urn: "urn:pulumi:dev::p::p:infra:Network$aws:ec2/vpc:Vpc::net::main",
  type: "aws:ec2/vpc:Vpc",
  custom: true,
  id: "vpc-1",
  parent: STACK.urn,
  provider: "urn:pulumi:dev::p::pulumi:providers:aws::default::04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  inputs: { cidrBlock: "10.0.0.0/16", tags: { Role: UNKNOWN_MARK } },
  dependencies: [STACK.urn],
  propertyDependencies: { tags: [STACK.urn], cidrBlock: null },
  protect: true,
  retainOnDelete: true,
  ignoreChanges: ["tags"],
};
const load = (json: unknown) => loadGraph(JSON.stringify(json), "graph.json");

describe("formats", () => {
  test("pulumi stack export, without what waits for deletion", () => {
    const { graph, format } = load({
      version: 3,
      deployment: { manifest: {}, resources: [STACK, { ...VPC, delete: true, id: "vpc-0" }, VPC] },
    });
    expect(format).toBe("stack export");
    expect(graph.resources).toHaveLength(2);
    expect(graph.byUrn.get(VPC.urn)).toMatchObject({
      name: "net::main",
      id: "vpc-1",
      parent: STACK.urn,
      provider: "urn:pulumi:dev::p::pulumi:providers:aws::default",
      inputs: { cidrBlock: "10.0.0.0/16", tags: { Role: UNKNOWN } },
      propertyDependencies: { tags: [STACK.urn], cidrBlock: [] },
      options: { protect: true, retainOnDelete: true, ignoreChanges: ["tags"] },
    });
    expect(graph.secretsMarked).toBe(true);
    expect(graph.notShown).toBeUndefined();
  });
  test("an empty stack is a graph without resources", () =>
    expect(load({ version: 3, deployment: { manifest: {} } }).graph.resources).toEqual([]));
  test("preview:offline: options in an object, steps of the hosts beside the resources", () => {
    const { graph, format } = load({
      project: "p",
      resources: [{ ...VPC, name: "net", options: { protect: false } }],
      steps: [{ host: "gateway" }],
    });
    expect(format).toBe("preview:offline");
    expect(graph.resources[0]?.options.protect).toBe(false);
  });
  test("pulumi preview --json: the state each step leads to; stack outputs are not shown", () => {
    const steps = [
      { op: "same", urn: STACK.urn, oldState: STACK, newState: STACK },
      { op: "create-replacement", urn: VPC.urn, oldState: { ...VPC, id: "old" }, newState: VPC },
      { op: "delete-replaced", urn: VPC.urn, oldState: VPC },
    ];
    const { graph, format } = load({ steps, changeSummary: { same: 1 } });
    expect(format).toBe("pulumi preview --json");
    expect(graph.resources.map((resource) => resource.id)).toEqual([undefined, "vpc-1"]);
    expect(graph.notShown).toEqual(["stackOutputs"]);
  });
  test("the builder's known and unknown graphs differ in ids alone", () => {
    const p = program();
    const vpc = p.add("aws:ec2/vpc:Vpc", "net");
    p.add("aws:ec2/subnet:Subnet", "a", { vpcId: vpc.id });
    expect(p.graph("unknown").resources[2]).toMatchObject({ inputs: { vpcId: UNKNOWN }, propertyDependencies: { vpcId: [vpc.urn] } });
    const known = p.graph("known");
    expect(known.resources[2]?.inputs.vpcId).toBe(known.byUrn.get(vpc.urn)?.id);
  });
});

describe("bad input", () => {
  const message = (text: string): string => {
    try {
      loadGraph(text, "graph.json");
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    throw new Error("was read");
  };
  test.each([
    ["", /graph\.json: not JSON \(the file is empty\)/],
    ['{"password": "hunter2", ', /not JSON \(cut short/],
    ["[]", /found a list; expected the JSON of `pulumi stack export`/],
    ["3", /found a number/],
    ['{"foo": 1}', /found an object with the keys foo; expected/],
    ['{"deployment": 5}', /deployment: expected an object, found a number/],
    ['{"resources": {}}', /resources: expected a list, found a object/],
    ['{"resources": [3]}', /resources\[0\]: expected an object, found a number/],
    ['{"steps": [{}]}', /steps\[0\]\.newState: expected an object, found nothing/],
    ['{"resources": [{"type": "a:b:C", "urn": "x"}]}', /resources\[0\]\.urn: "x" is not a URN/],
  ])("%s", (text, pattern) => expect(message(text)).toMatch(pattern));
  test("never quotes the text", () => expect(message('{"password": "hunter2", ')).not.toContain("hunter2"));
  test("tells all problems at once", () => {
    const text = message(JSON.stringify({ resources: [{ urn: VPC.urn }, { ...VPC, inputs: [] }, { ...VPC, dependencies: "x" }] }));
    expect(text).toMatch(/resources\[0\]\.type: expected a text, found nothing/);
    expect(text).toMatch(/resources\[1\]\.inputs: expected an object, found a list/);
    expect(text).toMatch(/resources\[2\]\.dependencies: expected a list of strings, found a string/);
  });
});

describe("a provider's own bookkeeping", () => {
  const delta = { obj: { ps: { tags: { [SIGNATURE]: SIGNATURES.secret, ciphertext: "v1:x" } } } };
  const inputs = {
    __defaults: [],
    rootBlockDevice: { __defaults: ["volumeSize"], encrypted: true },
    tags: { __defaults: "mine", __x: "mine" },
  };
  const seen = (type: string, custom: boolean, outputs: object) =>
    load({ resources: [{ urn: `urn:pulumi:dev::p::${type}::x`, type, custom, inputs, outputs }] }).graph.resources[0];

  test("is left out of a custom resource, nested lists of defaults included; what a user named so stays", () => {
    const resource = seen("aws:ec2/instance:Instance", true, { id: "i-1", __meta: "{}", __pulumi_raw_state_delta: delta });
    expect(resource?.inputs).toEqual({ rootBlockDevice: { encrypted: true }, tags: { __defaults: "mine", __x: "mine" } });
    expect(resource?.outputs).toEqual({ id: "i-1" });
  });
  test("the text of a dynamic provider is the program's own", () => {
    expect(seen("pulumi-nodejs:dynamic:Resource", true, { __provider: "code" })?.outputs).toEqual({ __provider: "code" });
  });
  test("a component has no provider", () => {
    expect(seen("p:index:Component", false, { __token: "x" })?.outputs).toEqual({ __token: "x" });
  });
});

describe("steps of a preview", () => {
  test("what does not change keeps the id and the outputs that only its old state shows", () => {
    const { id: _, ...unnamed } = VPC;
    const steps = [{ op: "same", urn: VPC.urn, oldState: { ...VPC, outputs: { arn: "arn:x" } }, newState: unnamed }];
    expect(load({ steps, changeSummary: { same: 1 } }).graph.resources[0]).toMatchObject({ id: "vpc-1", outputs: { arn: "arn:x" } });
  });
  test("what is refreshed first and then deleted is gone", () => {
    const steps = [
      { op: "refresh", urn: VPC.urn, oldState: VPC, newState: VPC },
      { op: "delete", urn: VPC.urn, oldState: VPC },
    ];
    expect(load({ steps }).graph.resources).toEqual([]);
  });
  test("beside a change, steps that leave out the rest are no stack", () => {
    const steps = [
      { op: "same", urn: STACK.urn, newState: STACK },
      { op: "update", urn: VPC.urn, oldState: VPC, newState: VPC },
    ];
    expect(() => load({ steps, changeSummary: { same: 9, update: 1 } })).toThrow(/lists 1 of the 9 unchanged resources.*--show-sames/);
    expect(() => load({ steps: steps.slice(0, 1), changeSummary: { same: 9, delete: 1 } })).toThrow(/--show-sames/);
  });
  test("where nothing changes, what is left out is not shown", () => {
    const { graph } = load({ steps: [{ op: "same", urn: STACK.urn, newState: STACK }], changeSummary: { same: 9 } });
    expect(graph).toMatchObject({ resources: [], notShown: ["unchangedResources"] });
  });
});

describe("Pulumi's marks", () => {
  const marked = (kind: keyof typeof SIGNATURES, rest: object) => decode({ [SIGNATURE]: SIGNATURES[kind], ...rest });
  test("secrets: over the wire, with --show-secrets, encrypted and masked", () => {
    expect(marked("secret", { value: { a: [1] } })).toEqual(new Secret({ a: [1] }));
    expect(marked("secret", { plaintext: '"text"' })).toEqual(new Secret("text"));
    expect(marked("secret", { ciphertext: "v1:abc" })).toEqual(new Secret(UNKNOWN));
    expect(marked("secret", { value: "[secret]" })).toEqual(new Secret(UNKNOWN));
    expect(decode("[secret]")).toEqual(new Secret(UNKNOWN));
  });
  test("assets, references, outputs", () => {
    expect(marked("asset", { text: "x" })).toEqual(new Asset("text", "x"));
    expect(marked("asset", { path: "./.env", hash: "1" })).toEqual(new Asset("file", "./.env"));
    expect(marked("archive", { assets: {} })).toEqual(new Asset("archive", undefined, {}));
    expect(marked("archive", { assets: { "a.sh": { [SIGNATURE]: SIGNATURES.asset, text: "x" } } })).toEqual(
      new Asset("archive", undefined, { "a.sh": new Asset("text", "x") }),
    );
    expect(marked("reference", { urn: VPC.urn, id: "vpc-1" })).toBe("vpc-1");
    expect(marked("output", { value: "x", secret: true })).toEqual(new Secret("x"));
    expect(marked("output", {})).toBe(UNKNOWN);
  });
  test("a mark inside a text makes it unknown; marks nobody knows are unknown", () => {
    expect(decode(`{"id":"${UNKNOWN_MARK}"}`)).toBe(UNKNOWN);
    expect(decode({ [SIGNATURE]: "another" })).toBe(UNKNOWN);
  });
});
