import { join } from "node:path";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { previewProvider } from "../../../infra/offline/preview-provider";
import { readStackFile } from "../../../infra/offline/stack-file";
import { runProgramProcess, type Run, type RunOptions, type Values } from "./engine-double";

/** A hang guard; each run takes about 4 s, and took minutes when an error carried its stack. */
jest.setTimeout(300_000);

/** With a stack, Node 20.20 needs 3,500 MiB. */
const LIMIT_MIB = 300;
/** Of a run without a mistake: newer versions of Node take more of it for the same program, and an error must not add to it. */
let usualMiB = 0;

const file = readStackFile(join(__dirname, "../../.."), "dev", { privateKey: placeholderKey });

async function run(change: Partial<RunOptions>): Promise<Run> {
  const provider = previewProvider(file.config["aws:region"] ?? "");
  const result = await runProgramProcess({
    ...file,
    invoke: (token, args) => provider.call(token, args),
    register: (_type, _name, inputs) => inputs,
    ...change,
  });
  process.stderr.write(`    ${result.seconds.toFixed(1)} s, ${result.peakMiB.toFixed(0)} MiB\n`);
  return result;
}

function expectText(result: Run, ...texts: (string | RegExp)[]): void {
  expect(result.errors).toEqual(texts.map((text) => (typeof text === "string" ? text : (expect.stringMatching(text) as string))));
  expect(result.exitCode).toBe(32);
  expect(result.peakMiB).toBeLessThan(Math.max(LIMIT_MIB, usualMiB + 60));
}

test("a program without a mistake ends well, so that what follows is about the mistakes", async () => {
  const usual = await run({});
  expect(usual).toMatchObject({ errors: [], stderr: "", exitCode: 0 });
  usualMiB = usual.peakMiB;
});

test("a mistake in the configuration: its list and nothing else", async () => {
  const config = { ...file.config, "ml-gateway:network": JSON.stringify({ egres: "none" }) };
  expectText(
    await run({ config }),
    'the configuration of this stack has 1 problem:\n  - ml-gateway:network.egres: unknown key; did you mean "egress"?',
  );
});

test("no AWS credentials: one sentence", async () => {
  const invoke = (): Promise<Values> => Promise.reject(new Error("No valid credential sources found.\nPlease see https://www.pulumi.com/"));
  expectText(await run({ invoke }), /^aws: no credentials were found \(No valid credential sources found\), .* `aws sso login`$/);
});

test("an error inside an apply: its text, its stack as text", async () => {
  // An address that no provider gives: the step's input is refused where it is put together, in an apply.
  const register: RunOptions["register"] = (type, _name, inputs) =>
    type === "aws:ec2/instance:Instance" ? { ...inputs, privateIp: "10.0.101.10\n" } : inputs;
  const result = await run({ register });
  expectText(result, /^Running program .* failed with an unhandled exception:\nthis is not about the configuration /);
  expect(result.errors[0]).toMatch(
    /Error: (error serializing property "stdin": )?Step prepare: line breaks are not possible in backendAddress\.\n {4}at .*infra\/release\/steps\.ts/,
  );
});

test("a resource that the engine refuses: the SDK's own error, its stack as text", async () => {
  const register: RunOptions["register"] = (_type, name, inputs) => {
    if (name === "network-vpc") throw new Error("the engine is in a bad mood");
    return inputs;
  };
  const result = await run({ register });
  expectText(
    result,
    /this is not about the configuration .*\n.*network-vpc.*the engine is in a bad mood\n(.*\n)* {4}at .*infra\/network\/vpc\.ts/,
  );
});

test("a module that is missing", async () => {
  const result = await run({ preload: join(__dirname, "without-mustache.js") });
  expectText(result, /\nA module is missing: .*; run npm ci\. .*\nError: .*Cannot find module 'mustache'\.\n {4}at /);
});
