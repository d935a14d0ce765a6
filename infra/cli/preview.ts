/**
 * `npm run preview:offline`: evaluates the program and the policy pack for one stack, on this machine alone.
 *
 * Exit codes: 0 nothing wrong, 1 a mandatory policy is violated, 2 the configuration or the command line cannot be used.
 */
import * as fs from "fs";
import * as path from "path";
import { parseArgs } from "util";
import { RunError } from "@pulumi/pulumi";
import { utils } from "ssh2";
import { readConfig, DEFAULT_CONFIG, ConfigError as PolicyConfigError, type Config as PolicyConfig } from "../../policies/core/config";
import { evaluate } from "../../policies/core/evaluate";
import { loadGraph } from "../../policies/graph/load";
import { policies, policyIds } from "../../policies/rules";
import { failureText } from "../errors";
import { hostFiles } from "../release/host-files";
import type { StackInputs } from "../release/inputs";
import { program } from "../program";
import { maskSecrets, stepRows, type PreviewDocument } from "../offline/document";
import { runProgram, type GraphResource, type Properties } from "../offline/engine";
import { previewProvider } from "../offline/preview-provider";
import { Progress } from "./progress";
import { renderReport } from "./preview-report";
import { readStackFile, StackFileError, type StackFile } from "../offline/stack-file";

const USAGE = `Usage: npm run -s preview:offline -- [--stack NAME] [--policy-config FILE] [--verbose] [--json]

  --stack NAME           the stack whose Pulumi.NAME.yaml is evaluated (default: dev)
  --policy-config FILE   configuration of the policy pack (roles, levels, exemptions)
  --verbose              also print scripts, inputs and the text of every file
  --json                 print one JSON document instead of the report

Exit codes: 0 nothing wrong, 1 a mandatory policy is violated, 2 bad configuration or command line.`;

/** The command line cannot be used. */
class UsageError extends Error {}

interface Options {
  readonly stack: string;
  readonly policyConfig?: string;
  readonly verbose: boolean;
  readonly json: boolean;
}

function readOptions(args: readonly string[]): Options | "help" {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", short: "s", default: "dev" },
        "policy-config": { type: "string" },
        verbose: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values.help
      ? "help"
      : { stack: values.stack, policyConfig: values["policy-config"], verbose: values.verbose, json: values.json };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Evaluates one stack of the project in `root`. */
export async function previewStack(
  root: string,
  options: Pick<Options, "stack" | "policyConfig">,
  progress: Progress,
): Promise<{ document: PreviewDocument; file: StackFile }> {
  const policyConfig = readPolicyConfig(options.policyConfig);
  const file = readStackFile(root, options.stack, { privateKey: () => utils.generateKeyPairSync("ed25519").private });
  let inputs: StackInputs | undefined;
  progress.say("evaluating the program");
  const result = await runProgram({
    ...file,
    preview: true,
    provider: previewProvider(file.config["aws:region"] ?? process.env.AWS_REGION ?? ""),
    onRegister: (request) => progress.say(`registering ${request.name}`),
    program: async () => ({ ...(await program(root, { observe: (seen) => (inputs = seen) })) }),
  });
  if (inputs === undefined) {
    throw new Error("the program ended without its inputs");
  }
  const resources = result.resources.map(presentable);
  progress.say(`asking ${policies.length} policies`);
  const { graph } = loadGraph(JSON.stringify({ resources: result.resources }), `stack ${options.stack}`);
  const verdicts = await evaluate(policies, graph, policyConfig, new Date().toISOString().slice(0, 10));
  const files = [...hostFiles(inputs.specs.gateway), ...hostFiles(inputs.specs.backend)];
  const { project, stack } = file;
  const document = { project, stack, resources, files, steps: stepRows(resources), policies: verdicts.outcomes, summary: verdicts.summary };
  return { document, file };
}

function readPolicyConfig(file: string | undefined): PolicyConfig {
  if (file === undefined) {
    return DEFAULT_CONFIG;
  }
  try {
    return readConfig(JSON.parse(fs.readFileSync(file, "utf8")), policyIds);
  } catch (error) {
    throw new UsageError(`--policy-config ${file}: ${(error as Error).message}`);
  }
}

/** Without secrets, and without the copy of the inputs that a preview has for outputs. */
function presentable(resource: GraphResource): GraphResource {
  const outputs = resource.custom ? {} : resource.outputs;
  return { ...resource, inputs: maskSecrets(resource.inputs) as Properties, outputs: maskSecrets(outputs) as Properties };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const progress = new Progress(process.stderr);
  try {
    const { document, file } = await previewStack(path.resolve(__dirname, "../.."), options, progress);
    progress.end();
    const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    const text = options.json
      ? JSON.stringify(document, null, 2)
      : renderReport(document, { unset: file.unset, verbose: options.verbose, colours });
    await write(`${text}\n`);
    return document.policies.some((row) => row.verdict === "violation" && row.level === "mandatory") ? 1 : 0;
  } finally {
    progress.end();
  }
}

/** A pipe takes a long document in parts; the process must not end before the last one. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())));
}

if (require.main === module) {
  main()
    .catch((error: unknown) => {
      const known = [RunError, StackFileError, UsageError, PolicyConfigError].some((kind) => error instanceof kind);
      console.error(`preview:offline: ${known ? (error as Error).message : failureText(error)}`);
      if (error instanceof UsageError) {
        console.error(USAGE);
      }
      return known ? 2 : 70;
    })
    .then(
      (code) => process.exit(code),
      () => process.exit(70),
    );
}
