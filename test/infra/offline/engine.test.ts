/**
 * What infra/offline/engine.ts takes from inside of the SDK, pinned by a program that needs no provider package: `npm run test:next-sdk` runs
 * this with the newest SDK.
 */
import * as pulumi from "@pulumi/pulumi";
import type { GraphResource, Properties, Provider, Request, RunResult } from "../../../infra/offline/engine";
import { Refusal, runProgram, unwrapSecrets } from "../../../infra/offline/engine";
import { SIGNATURE, SIGNATURES, UNKNOWN_MARK } from "../../../policies/graph/wire";

class Disk extends pulumi.CustomResource {
  declare readonly size: pulumi.Output<number>;
  declare readonly serial: pulumi.Output<string>;
  constructor(name: string, inputs: Properties, options?: pulumi.CustomResourceOptions) {
    super("test:index/disk:Disk", name, { serial: undefined, ...inputs }, options);
  }
}

class Group extends pulumi.ComponentResource {
  constructor(type: string, name: string, options?: pulumi.ComponentResourceOptions) {
    super(`test:index:${type}`, name, {}, options);
  }
}

const secretOf = (value: unknown): object => ({ [SIGNATURE]: SIGNATURES.secret, value });

/** As `previewProvider`, and as one that creates. */
const planned: Provider = {
  create: ({ wire }) => Promise.resolve({ outputs: wire }),
  call: (token, args) => Promise.resolve({ token, ...args }),
};
const creating: Provider = {
  ...planned,
  create: ({ name, inputs }) => Promise.resolve({ id: `id-of-${name}`, outputs: { ...inputs, serial: `serial-of-${name}` } }),
};

function run(
  body: () => Properties | Promise<Properties> | void,
  options: Partial<Parameters<typeof runProgram>[0]> = {},
): Promise<RunResult> {
  return runProgram({
    project: "shop",
    stack: "live",
    config: { "shop:zone": "a", "shop:key": "hush" },
    secretKeys: ["shop:key"],
    preview: true,
    provider: planned,
    program: async () => (await body()) ?? {},
    ...options,
  });
}

function named(result: RunResult, name: string): GraphResource {
  const found = result.resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no "${name}" among ${result.resources.map((resource) => resource.name).join(", ")}`);
  return found;
}

describe("what the engine would be asked to register", () => {
  test("the stack comes first; URNs hold the types of all parents but the stack's", async () => {
    const result = await run(() => {
      const outer = new Group("Outer", "outer");
      const inner = new Group("Inner", "inner", { parent: outer });
      new Disk("deep", {}, { parent: inner });
      new Disk("flat", {});
    });
    expect(result.resources[0]).toMatchObject({ type: "pulumi:pulumi:Stack", name: "shop-live", custom: false, parent: undefined });
    expect(named(result, "flat").urn).toBe("urn:pulumi:live::shop::test:index/disk:Disk::flat");
    expect(named(result, "flat").parent).toBe(result.resources[0]?.urn);
    expect(named(result, "deep")).toMatchObject({
      urn: "urn:pulumi:live::shop::test:index:Outer$test:index:Inner$test:index/disk:Disk::deep",
      parent: named(result, "inner").urn,
      custom: true,
    });
  });

  test("the file and line that register each; the stack itself has none", async () => {
    const result = await run(() => {
      const group = new Group("Outer", "outer");
      new Disk("one", {}, { parent: group });
    });
    expect(named(result, "shop-live").sourcePosition).toBeUndefined();
    for (const name of ["outer", "one"])
      expect(named(result, name).sourcePosition).toMatch(/^project:\/\/\/test\/infra\/offline\/engine\.test\.ts#\d+,\d+$/);
  });

  test("dependencies, of the resource and of each property, and the options", async () => {
    const result = await run(() => {
      const first = new Disk("first", { size: 1 });
      const second = new Disk("second", { size: 2 });
      const options = { dependsOn: [second], protect: true, retainOnDelete: true, ignoreChanges: ["size"] };
      new Disk("third", { source: first.id, size: 3 }, { ...options, additionalSecretOutputs: ["serial"] });
    });
    const third = named(result, "third");
    expect(third.dependencies).toEqual([named(result, "first").urn, named(result, "second").urn]);
    expect(third.propertyDependencies).toEqual({ source: [named(result, "first").urn] });
    expect(third.options).toMatchObject({ protect: true, retainOnDelete: true, ignoreChanges: ["size"] });
    expect(third.options.additionalSecretOutputs).toEqual(["serial"]);
  });

  test("secrets keep their mark on the wire and in what is derived from them, and lose it for the provider", async () => {
    const asked: Request[] = [];
    const result = await run(
      () => {
        const key = new pulumi.Config("shop").requireSecret("key");
        const disk = new Disk("marked", { key, text: pulumi.interpolate`<${key}>`, list: [1, pulumi.secret(2)] });
        return { key, id: disk.id };
      },
      { onRegister: (request) => asked.push(request) },
    );
    expect(named(result, "marked").inputs).toMatchObject({ key: secretOf("hush"), text: secretOf("<hush>") });
    expect(asked.find((request) => request.name === "marked")?.inputs).toMatchObject({ key: "hush", text: "<hush>", list: [1, 2] });
    expect(result.resources[0]?.outputs).toMatchObject({ key: secretOf("hush") });
    expect(result.outputs.key).toBe("hush");
  });

  test("at a preview, what the program did not give is unknown, also inside of texts", async () => {
    const result = await run(() => {
      const disk = new Disk("new", { size: 8 });
      new Disk("copy", { size: disk.size, source: disk.id, label: pulumi.interpolate`copy of ${disk.serial}` });
      return { seen: pulumi.runtime.isDryRun() };
    });
    expect(named(result, "new").id).toBeUndefined();
    expect(named(result, "copy").inputs).toMatchObject({ size: 8, source: UNKNOWN_MARK, label: UNKNOWN_MARK });
    expect(result.outputs.seen).toBe(true);
  });

  test("when resources are created, their ids and outputs reach what depends on them", async () => {
    const body = (): Properties => {
      const disk = new Disk("made", { size: pulumi.secret(8) });
      return { label: pulumi.interpolate`${disk.id} ${disk.serial}`, dry: pulumi.runtime.isDryRun() };
    };
    const result = await run(body, { preview: false, provider: creating });
    expect(named(result, "made")).toMatchObject({ id: "id-of-made", outputs: { size: 8, serial: "serial-of-made" } });
    expect(result.outputs).toMatchObject({ label: "id-of-made serial-of-made", dry: false });
  });

  test("assets keep their kind, invokes reach the provider, configuration reaches the program", async () => {
    const result = await run(async () => {
      const zone: string = new pulumi.Config("shop").require("zone");
      const answer: unknown = await pulumi.runtime.invoke("test:index:lookup", { kind: "large" });
      new Disk("image", { content: new pulumi.asset.StringAsset("bytes"), zone });
      return { answer };
    });
    expect(named(result, "image").inputs).toMatchObject({ zone: "a", content: { [SIGNATURE]: SIGNATURES.asset, text: "bytes" } });
    expect(result.outputs.answer).toEqual({ token: "test:index:lookup", kind: "large" });
  });
});

describe("what goes wrong", () => {
  test("a resource that fails is named with its reason, and nothing that depends on it is registered", async () => {
    const registered: string[] = [];
    const failing: Provider = {
      ...creating,
      create: (request) => (request.name === "broken" ? Promise.reject(new Error("no space left")) : creating.create(request)),
    };
    const body = (): void => {
      const broken = new Disk("broken", {});
      new Disk("after", { source: broken.id });
    };
    const failed = run(body, { preview: false, provider: failing, onRegister: ({ name }) => registered.push(name) });
    await expect(failed).rejects.toThrow('test:index/disk:Disk "broken": no space left');
    expect(registered).not.toContain("after");
  });

  test("what was under way when one failed ends first, and all that failed are named", async () => {
    const ended: string[] = [];
    const slow: Provider = {
      ...creating,
      create: async ({ name }) => {
        await new Promise((resolve) => setTimeout(resolve, name === "quick" ? 1 : 50));
        ended.push(name);
        throw new Error(`${name} failed`);
      },
    };
    const body = (): void => void [new Disk("quick", {}), new Disk("late", {})];
    await expect(run(body, { preview: false, provider: slow })).rejects.toThrow(/"quick": quick failed\n.*"late": late failed/);
    expect(ended).toEqual(["quick", "late"]);
  });

  test("an invoke that nobody can answer is named, though the program waits for it in an output", async () => {
    const provider: Provider = { ...planned, call: () => Promise.reject(new Error("no answer to this")) };
    const body = (): void => {
      new Disk("image", { source: pulumi.output(pulumi.runtime.invoke("test:index:lookup", {})) });
    };
    await expect(run(body, { provider })).rejects.toThrow("invoke of test:index:lookup: no answer to this");
  });

  test("a refusal by the provider is an answer that the program can put into words", async () => {
    const provider: Provider = { ...planned, call: () => Promise.reject(new Refusal("no such image")) };
    const body = async (): Promise<void> => {
      await pulumi.runtime.invoke("test:index:lookup", {}).catch((error: Error) => {
        throw new Error(`choose another: ${error.message}`);
      });
    };
    await expect(run(body, { provider })).rejects.toThrow(/choose another: .*no such image/);
  });

  test("two resources with one URN", async () => {
    const body = (): void => void [new Disk("same", {}), new Disk("same", {})];
    await expect(run(body)).rejects.toThrow("two resources have the URN urn:pulumi:live::shop::test:index/disk:Disk::same");
  });

  test("what the program itself throws", async () => {
    const error = new Error("the program stops");
    await expect(run(() => Promise.reject(error))).rejects.toBe(error);
  });
});

test("secrets are unwrapped at every depth, and assets are left alone", () => {
  const asset = new pulumi.asset.StringAsset("x");
  expect(unwrapSecrets({ a: [secretOf({ b: secretOf(1) })], asset, none: null })).toEqual({ a: [{ b: 1 }], asset, none: null });
});
