/**
 * The pack's own server process, asked over gRPC as the engine asks it, gives the verdicts of the runner. What it relies
 * on inside @pulumi/policy (descriptors behind its proxies, Secret objects in remediations, objects as violations) is
 * pinned here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { lessonOf, lessonText } from "../../../policies/core/lesson";
import { evaluate } from "../../../policies/core/evaluate";
import { policies } from "../../../policies/rules";
import { makeGraph } from "../../../policies/core/graph";
import { loadResource } from "../../../policies/graph/load-resource";
import { program } from "../core/builder";
import type { Mode, PlainGraph, PlainResource } from "../core/builder";
import { cleanGraph } from "../mutations/clean";
import { flawed, SECRET_KEY } from "./flawed";
import { startPack } from "./server";
import type { Diagnostic, PackServer } from "./server";

jest.setTimeout(120_000);
const NOT_SHOWN = ["retainOnDelete", "outputSecretMarks"] as const;

/** Every property that the SDK's class of a type can have in its state. */
function outputsOf(type: string): string[] {
  const [, name] = /^aws:(\w+\/\w+):/.exec(type) ?? [];
  if (name === undefined) return [];
  const code = readFileSync(join(__dirname, `../../../node_modules/@pulumi/aws/${name}.js`), "utf8");
  const found = [...code.matchAll(/resourceInputs\["(\w+)"\] = state\?/g)].map(([, key = ""]) => key);
  if (found.length === 0) throw new Error(`no outputs of ${type} found in the SDK`);
  return found;
}

/** What the runner says of the same graph, as lines that can be compared. What the engine never shows is no diagnostic. */
/** What the engine shows below each finding: the reason and the fix. */
function taught(id: string, message: string): string {
  const policy = policies.find((one) => one.id === id);
  return policy === undefined ? "" : `\n${lessonText(lessonOf(policy), message)}`;
}

async function runnerSays(plain: PlainGraph, config = DEFAULT_CONFIG): Promise<string[]> {
  const graph = {
    ...makeGraph(
      plain.resources.map((resource) => loadResource(resource, resource.urn)),
      true,
    ),
    notShown: NOT_SHOWN,
  };
  const { outcomes } = await evaluate(policies, graph, config, "2030-01-01");
  return outcomes
    .filter(({ verdict, notShown }) => verdict !== "pass" && notShown === undefined)
    .map(({ policy, verdict, urn, message }) => `${policy} ${verdict} ${urn} ${message}${taught(policy, message)}`)
    .sort();
}

/** The same of the diagnostics: the description in front of the message taken off. */
function packSays(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics
    .filter(({ policy }) => policy !== "pack-summary")
    .map(({ policy, urn, message }) => {
      const reported = message.slice((policies.find(({ id }) => id === policy)?.description.length ?? -1) + 1);
      const unknown = reported.startsWith("CANNOT TELL: ");
      return `${policy} ${unknown ? "unknown" : "violation"} ${urn} ${unknown ? reported.slice("CANNOT TELL: ".length) : reported}`;
    })
    .sort();
}

/** As the engine does in a run: each resource's inputs, and at the end the outputs, which hold the id once there is one. */
async function ask(
  pack: PackServer,
  plain: PlainGraph,
  outputs = ({ inputs, outputs: given }: PlainResource): Record<string, unknown> => ({ ...inputs, ...given }),
): Promise<Diagnostic[]> {
  for (const resource of plain.resources) await pack.resource(resource);
  return pack.stack(plain, outputs);
}

/** One role is played, so the others are missing. */
function gatewayAlone(): ReturnType<ReturnType<typeof program>["plain"]> {
  const p = program();
  p.add("aws:ec2/securityGroup:SecurityGroup", "edge", { ingress: [], tags: { Role: "gateway" } });
  return p.plain("unknown");
}

describe("asked over gRPC", () => {
  let pack: PackServer;
  beforeAll(async () => {
    pack = await startPack();
  });
  afterAll(() => pack.stop());
  beforeEach(() => pack.configure({}));

  test("every policy is one of its own, with its level and a schema", async () => {
    const { policiesList } = await pack.info();
    const names = policiesList.map(({ name }) => name);
    expect(names).toEqual(["settings", ...policies.map(({ id }) => id), "pack-summary"]);
    const levels = new Map(policiesList.map(({ name, enforcementlevel }) => [name, enforcementlevel]));
    for (const { id, enforcementLevel } of policies) expect([id, levels.get(id)]).toEqual([id, enforcementLevel === "mandatory" ? 1 : 0]);
    expect(policiesList.filter(({ name }) => name !== "pack-summary").every(({ configschema }) => configschema !== undefined)).toBe(true);
  });

  test.each<Mode>(["unknown", "known"])("the runner's verdicts with %s ids", async (mode) => {
    const plain = flawed().plain(mode);
    const expected = await runnerSays(plain);
    expect(expected.length).toBeGreaterThan(5);
    expect(packSays(await ask(pack, plain))).toEqual(expected);
  });

  test.each<Mode>(["unknown", "known"])(
    "the real program with %s ids: quiet, whatever a provider fills in and notes for itself",
    async (mode) => {
      const plain = await cleanGraph(mode);
      const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
      const bookkeeping = { __meta: "{}", __defaults: [], __pulumi_raw_state_delta: { obj: { ps: { tags: unknown, userData: unknown } } } };
      const filledIn = ({ type, inputs, outputs }: PlainResource): Record<string, unknown> => ({
        ...(mode === "unknown" ? Object.fromEntries(outputsOf(type).map((key) => [key, unknown])) : {}),
        ...bookkeeping,
        ...inputs,
        ...outputs,
      });
      expect(await runnerSays(plain)).toEqual([]);
      expect(await ask(pack, plain, filledIn)).toEqual([]);
      const counts =
        /(\d+) policies ran: (\d+) passed, (\d+) had nothing to evaluate, 0 with findings, 0 cannot tell, 1 not evaluated here \(bucket-kept: the engine does not show policies the option retainOnDelete\)/.exec(
          pack.stderr(),
        );
      const [ran = 0, passed = 0, nothing = 0] = (counts ?? []).slice(1).map(Number);
      expect(ran).toBe(policies.length);
      expect(passed + nothing).toBe(ran - 1);
    },
  );

  test("known ids that no property shows are read off the properties that hold them", async () => {
    const plain = flawed().plain("known");
    expect(packSays(await ask(pack, plain, ({ inputs }) => inputs))).toEqual(await runnerSays(plain));
  });

  test("the inputs count, not what the provider adds to them at the end", async () => {
    const plain = flawed().plain("unknown");
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const outputs = ({ inputs }: PlainResource) => ({
      associatePublicIpAddress: unknown,
      route: unknown,
      ingress: unknown,
      id: unknown,
      ...inputs,
    });
    expect(packSays(await ask(pack, plain, outputs))).toEqual(await runnerSays(plain));
  });

  test("a stack evaluated by itself, and another one after it, with nothing left of the first", async () => {
    const plain = flawed().plain("known");
    await ask(pack, plain);
    const p = flawed();
    p.remove(p.find("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"));
    p.set(p.find("aws:ec2/instance:Instance", "api"), { userData: undefined });
    const other = p.plain("known");
    const answers = packSays(await pack.stack(other)).join("\n");
    expect(answers).not.toMatch(/API_KEY/);
    expect(answers).not.toContain("::hole ");
    expect(packSays(await pack.stack(plain)).join("\n")).toContain("API_KEY");
  });

  test("secret marks are seen: a marked key is fine, the same in plain is not; no value in any message", async () => {
    const p = flawed();
    p.set(p.find("command:remote:Command", "env"), { stdin: `SECRET_KEY=${SECRET_KEY}` });
    const marked = await ask(pack, flawed().plain("known"));
    const plain = await ask(pack, p.plain("known"));
    const about = (diagnostics: Diagnostic[]) =>
      diagnostics.filter(({ urn, message }) => urn.endsWith("Command::env") && message.includes("stdin"));
    expect(about(marked)).toEqual([]);
    expect(about(plain).map(({ level }) => level)).toContain("mandatory");
    expect(JSON.stringify([marked, plain])).not.toContain(SECRET_KEY);
  });

  test("without the remediation nobody knows what is secret: cannot tell, not a violation", async () => {
    const p = flawed();
    // Not the graph of another test: a graph once evaluated keeps the marks that were seen then.
    p.add("aws:ec2/vpc:Vpc", "another");
    p.set(p.find("command:remote:Command", "env"), { stdin: `SECRET_KEY=${SECRET_KEY}` });
    await pack.configure({ settings: { level: "disabled" } });
    const about = (await ask(pack, p.plain("known"))).filter(
      ({ urn, message }) => urn.endsWith("Command::env") && message.includes("stdin"),
    );
    expect(about.map(({ level, message }) => [level, message.includes("CANNOT TELL")])).toEqual([["advisory", true]]);
  });

  test("roles, levels and exemptions of the configuration count", async () => {
    const p = flawed();
    p.set(p.find("aws:s3/bucket:Bucket"), { tags: {} });
    const plain = p.plain("known");
    const reported = (await ask(pack, plain)).filter(({ policy }) => policy === "roles-resolved");
    expect(reported.map(({ level, message }) => [level, message.includes("CANNOT TELL")])).toEqual([["advisory", true]]);
    await pack.configure({ settings: { properties: { roles: { modelBuckets: { names: ["models"] } } } } });
    expect((await pack.stack(plain)).filter(({ policy }) => policy === "roles-resolved")).toEqual([]);
    const [urn] = plain.resources.map((resource) => resource.urn);
    const exemption = { policy: "roles-resolved", urn, reason: "the bucket is in another stack", expires: "2999-12-31" };
    await pack.configure({ settings: { properties: { exemptions: [exemption] } } });
    expect((await pack.stack(plain)).filter(({ policy }) => policy === "roles-resolved")).toEqual([]);
    await pack.configure({ settings: { properties: { exemptions: [{ ...exemption, expires: "2020-01-01" }] } } });
    expect(
      (await pack.stack(plain))
        .filter(({ policy }) => policy === "roles-resolved")
        .map(({ message }) => /expired|CANNOT TELL/.exec(message)?.[0]),
    ).toEqual(["CANNOT TELL", "expired"]);
  });

  test("a configuration that cannot be used is mandatory, with all its problems", async () => {
    await pack.configure({
      settings: { properties: { roles: { nobody: {} }, servicePort: "x" } },
      "roles-resolved": { properties: { home: "x" } },
    });
    const wrong = (await pack.stack(flawed().plain("known"))).filter(({ message }) => message.includes("configuration cannot be used"));
    expect(wrong.map(({ policy, level }) => [policy, level])).toEqual([
      ["settings", "mandatory"],
      ["roles-resolved", "mandatory"],
    ]);
    expect(wrong[0]?.message).toMatch(/roles\.nobody: unknown key.*\n.*servicePort: found .*; write a whole number/);
  });

  test("a disabled policy leaves a trace", async () => {
    await pack.configure({ "roles-resolved": { level: "disabled" } });
    const reported = (await pack.stack(flawed().plain("known"))).filter(({ policy }) => policy === "pack-summary");
    expect(reported.map(({ level, message }) => [level, message])).toEqual([
      ["advisory", expect.stringMatching(/policies ran: \d+ passed, .*; disabled: roles-resolved\.$/)],
    ]);
    // One channel a run.
    expect(pack.stderr()).not.toContain("disabled: roles-resolved");
  });

  test("a mandatory 'cannot tell' stops where the configuration says so", async () => {
    await pack.configure({ settings: { properties: { unknownIsError: true } } });
    const reported = (await pack.stack(gatewayAlone())).filter(({ policy }) => policy === "roles-resolved");
    expect(reported.length).toBeGreaterThan(0);
    expect(new Set(reported.map(({ level }) => level))).toEqual(new Set(["mandatory"]));
  });
});

test("with CI set, a mandatory 'cannot tell' stops by default", async () => {
  const pack = await startPack({ CI: "true" });
  try {
    const reported = (await pack.stack(gatewayAlone())).filter(({ policy }) => policy === "roles-resolved");
    expect(new Set(reported.map(({ level }) => level))).toEqual(new Set(["mandatory"]));
    await pack.configure({ settings: { properties: { unknownIsError: false } } });
    const lenient = (await pack.stack(gatewayAlone())).filter(({ policy }) => policy === "roles-resolved");
    expect(new Set(lenient.map(({ level }) => level))).toEqual(new Set(["advisory"]));
  } finally {
    await pack.stop();
  }
});

test("at an update, what one resource decides stops that resource; at a preview only the stack is evaluated", async () => {
  const plain = flawed().plain("known");
  const api = plain.resources.find((resource) => resource.urn.endsWith("::api"));
  if (!api) throw new Error("api");
  const pack = await startPack({ PULUMI_NODEJS_DRY_RUN: "false" });
  try {
    const reported = await pack.resource(api);
    expect(reported).toContainEqual(expect.objectContaining({ policy: "secret-in-user-data", level: "mandatory", urn: api.urn }));
    expect(JSON.stringify(reported)).not.toContain(SECRET_KEY);
    const exemptions = reported.map(({ policy, urn }) => ({ policy, urn, reason: "accepted for this test", expires: "2999-01-01" }));
    await pack.configure({ settings: { properties: { exemptions } } });
    expect(await pack.resource(api)).toEqual([]);
  } finally {
    await pack.stop();
  }
});
