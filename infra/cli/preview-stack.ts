/** Evaluates one stack offline: the program, then the policies. */
import { environmentRegion } from "../region";
import { RunError } from "@pulumi/pulumi";
import { ConfigError } from "../config/load";
import { keyOf } from "../config/values";
import type { Config as PolicyConfig } from "../../policies/core/config";
import type { Progress } from "../../policies/cli";
import { evaluate } from "../../policies/core/evaluate";
import type { Result } from "../../policies/core/outcome";
import { loadGraph } from "../../policies/graph/load";
import { policies } from "../../policies/rules";
import { maskSecrets } from "../../policies/graph/wire";
import { stepRows, type PreviewDocument } from "../offline/document";
import { runProgram, type GraphResource, type Properties, type RunArgs, type RunResult } from "../offline/engine";
import { placeholderKey } from "../offline/placeholder-key";
import { previewProvider } from "../offline/preview-provider";
import { readStackFile, StackFileError, type StackFile } from "../offline/stack-file";
import { program } from "../program";
import { waves } from "../fleet/bundle";
import { FLEET, FLEETS } from "../fleet/names";
import { hostFiles } from "../release/host-files";
import type { StackInputs } from "../release/inputs";
import { hostSteps } from "../release/steps";
import { TemplateFileError } from "../release/templates";
import type { HostRole, Shadow } from "../release/types";
import { PolicyFileError } from "./policy-config";

/** Mistakes in what the user gave. */
export const KNOWN_ERRORS = [RunError, StackFileError, TemplateFileError, PolicyFileError];

export interface Preview {
  readonly document: PreviewDocument;
  readonly result: Result;
  readonly region: string;
  /** Secrets of the stack that are not set yet. */
  readonly unset: readonly string[];
  readonly models: PreviewModels;
  /** Copies of live requests that a candidate of the backend is asked. @default none */
  readonly shadow?: Shadow | undefined;
}

/** The models of the release that the manifest names. */
export interface PreviewModels {
  readonly release: string;
  readonly rows: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly format: string;
    readonly sha256: string;
    readonly required: boolean;
    /** False: optional, and not there. */
    readonly published: boolean;
  }[];
}

export interface Wanted {
  readonly stack: string;
  readonly policies: PolicyConfig;
}

/** Evaluates one stack of the project in `root`. */
export function previewStack(root: string, { stack, policies: config }: Wanted, progress: Pick<Progress, "say">): Promise<Preview> {
  return previewFile(root, readStackFile(root, stack, { privateKey: placeholderKey }), config, progress);
}

/** The same for a stack whose file need not be there. */
export async function previewFile(root: string, file: StackFile, config: PolicyConfig, progress: Pick<Progress, "say">): Promise<Preview> {
  const region = file.config["aws:region"] ?? environmentRegion() ?? "";
  let inputs: StackInputs | undefined;
  progress.say("evaluating the program");
  const run = await runReadable(file, {
    root,
    preview: true,
    provider: previewProvider(region),
    onRegister: (request) => progress.say(`registering ${request.name}`),
    program: async () => ({ ...(await program(root, { observe: (seen) => (inputs = seen) })) }),
  });
  if (inputs === undefined) {
    throw new Error("the program ended without its inputs");
  }
  const resources = run.resources.map(presentable);
  const { graph } = loadGraph(JSON.stringify({ resources: run.resources }), `stack ${file.stack}`);
  const result = await evaluate(policies, graph, config, new Date().toISOString().slice(0, 10), (text) => progress.say(text));
  const files = [...hostFiles(inputs.specs.gateway), ...hostFiles(inputs.specs.backend)];
  const document = {
    project: file.project,
    stack: file.stack,
    resources,
    files,
    steps: stepRows(resources),
    ...firstBoot(resources, inputs),
    policies: result.outcomes,
    summary: result.summary,
  };
  return { document, result, region, unset: file.unset, models: modelsOf(inputs), shadow: inputs.specs.backend.shadow };
}

function firstBoot(resources: readonly GraphResource[], { specs }: StackInputs): Pick<PreviewDocument, "firstBoot" | "gatewayFirstBoot"> {
  const wavesOf = (role: HostRole): readonly (readonly string[])[] | undefined => {
    if (!resources.some(({ type, name }) => type === FLEET && name === FLEETS[role])) return undefined;
    const steps = hostSteps(specs[role]).map(({ name }) => name);
    return waves(steps, specs[role]);
  };
  const [backend, gateway] = [wavesOf("backend"), wavesOf("gateway")];
  return { ...(backend === undefined ? {} : { firstBoot: backend }), ...(gateway === undefined ? {} : { gatewayFirstBoot: gateway }) };
}

function modelsOf({ models, specs }: StackInputs): PreviewModels {
  const rows = (specs.backend.models?.files ?? []).map(({ path, size, format, sha256, required, absent }) => ({
    name: path.split("/").at(-1) ?? path,
    bytes: size,
    format: format ?? "",
    sha256,
    required,
    published: absent !== true,
  }));
  return { release: models.release, rows };
}

/** Runs the program; what is encrypted and should not be is one of the problems of the configuration, in place of what its placeholders look like. */
export async function runReadable({ unreadable, ...file }: StackFile, more: Omit<RunArgs, keyof StackFile>): Promise<RunResult> {
  try {
    const run = await runProgram({ ...file, ...more });
    if (unreadable.length > 0) throw new ConfigError(unreadable);
    return run;
  } catch (error) {
    if (!(error instanceof ConfigError) || unreadable.length === 0) throw error;
    const keys = unreadable.map(keyOf);
    const isOther = (problem: string): boolean => !keys.some((key) => problem.startsWith(key));
    throw new ConfigError([...unreadable, ...error.problems.filter(isOther)]);
  }
}

/** Without secrets, and without the copy of the inputs that a preview has for outputs. */
function presentable(resource: GraphResource): GraphResource {
  const outputs = resource.custom ? {} : resource.outputs;
  return { ...resource, inputs: maskSecrets(resource.inputs) as Properties, outputs: maskSecrets(outputs) as Properties };
}
