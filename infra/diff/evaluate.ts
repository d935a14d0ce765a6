/**
 * Evaluates one side of a comparison. The program is that of the tree itself, since a change of the program is what is looked at most often; the
 * engine, the answers of AWS, the policies and the prices are those beside this file, so that both sides are measured alike.
 */
import { environmentRegion } from "../region";
import { existsSync, readFileSync } from "fs";
import * as path from "path";
import { RunError } from "@pulumi/pulumi";
import { evaluate, exitCode } from "../../policies/core/evaluate";
import { loadGraph } from "../../policies/graph/load";
import { policies } from "../../policies/rules";
import { policyConfigOf } from "../cli/policy-config";
import { isEncrypted } from "../config/plain-secrets";
import { projectSettings, stackSettings } from "../config/stack-text";
import { stepRows } from "../offline/document";
import { runProgram, type GraphResource, type Properties, type Provider, type RunResult } from "../offline/engine";
import { placeholderKeyOf } from "../offline/placeholder-key";
import { readStackFile, StackFileError, type StackFile } from "../offline/stack-file";
import type { HostFile, HostSpec } from "../release/types";
import { borrow } from "./borrowed";
import { flowsOf } from "./flows";
import { deployedProvider, firstProvider } from "./provider";
import { digestSecrets, shortDigest, type Evaluated, type Side, type SideRequest } from "./side";

interface Inputs {
  readonly specs: Readonly<Record<"gateway" | "backend", HostSpec>>;
}
type Program = (root: string, surroundings: { observe: (inputs: Inputs) => void }) => Promise<object>;
type HostFiles = (spec: HostSpec) => HostFile[];

export async function evaluateSide(request: SideRequest): Promise<Evaluated> {
  const { root, stack } = request;
  if (!existsSync(path.join(root, `Pulumi.${stack}.yaml`))) return { noStack: `no Pulumi.${stack}.yaml` };
  try {
    return { side: await sideOf(request) };
  } catch (error) {
    if (error instanceof RunError || error instanceof StackFileError || error instanceof OtherLayout) return { problem: error.message };
    throw error;
  }
}

/** The tree is of a time, or a project, whose program this tool cannot run. */
class OtherLayout extends Error {}

async function sideOf({ root, working, stack, policyConfig, key }: SideRequest): Promise<Side> {
  const { program, hostFiles } = await programOf(root);
  const file = readStackFile(root, stack, {
    privateKey: (encrypted = "") => placeholderKeyOf(encrypted),
    mark: (encrypted) => `-${shortDigest(encrypted)}`,
  });
  if (file.unreadable.length > 0) throw new StackFileError(file.unreadable.join("\n"));
  const borrowed = borrow(file, root, working);
  const region = file.config["aws:region"] ?? environmentRegion() ?? "";
  let inputs: Inputs | undefined;
  const run = (provider: Provider, preview: boolean): Promise<RunResult> =>
    runProgram({
      ...file,
      config: borrowed.config,
      preview,
      provider,
      program: async () => ({ ...(await program(root, { observe: (seen) => (inputs = seen) })) }),
    });
  const first = await run(firstProvider(region, borrowed.published), true);
  const deployed = await run(deployedProvider(region, borrowed.published), false);
  if (inputs === undefined) throw new OtherLayout("its program does not say what the hosts get");
  const { graph } = loadGraph(JSON.stringify({ resources: first.resources }), `stack ${stack}`);
  const config = policyConfigOf(policyConfig?.file, policyConfig?.text ?? "");
  const result = await evaluate(policies, graph, config, new Date().toISOString().slice(0, 10));
  const specs = inputs.specs;
  const side: Side = {
    project: file.project,
    stack,
    region,
    resources: deployed.resources.map((resource) => digested(resource, key)),
    files: [...hostFiles(specs.gateway), ...hostFiles(specs.backend)],
    steps: stepRows(deployed.resources),
    exitCode: exitCode(result),
    findings: result.outcomes.filter(({ verdict }) => verdict !== "pass"),
    flows: flowsOf(graph, config.settings),
    secrets: encryptedValues(root, file),
    notices: borrowed.notices,
  };
  // Where a tree lies is nothing that changed.
  return JSON.parse(JSON.stringify(side).replaceAll(JSON.stringify(`${root}/`).slice(1, -1), "")) as Side;
}

/** What a tree has to have; it is so since the program is a function of its folder. */
async function programOf(root: string): Promise<{ program: Program; hostFiles: HostFiles }> {
  const [program, hostFiles] = ["infra/program", "infra/release/host-files"].map((name) => path.join(root, name));
  const missing = [program, hostFiles].filter((name) => !existsSync(`${name}.ts`)).map((name) => path.relative(root, `${name}.ts`));
  if (missing.length > 0) {
    throw new OtherLayout(
      `it has no ${missing.join(" and no ")}: it is of an older layout of the project, which cannot be evaluated; name a later commit`,
    );
  }
  const [one, other] = (await Promise.all([import(program ?? ""), import(hostFiles ?? "")])) as [
    { program?: Program },
    { hostFiles?: HostFiles },
  ];
  if (one.program === undefined || other.hostFiles === undefined) {
    throw new OtherLayout("its program is not in the form that this command runs (program() and hostFiles()); name a later commit");
  }
  return { program: one.program, hostFiles: other.hostFiles };
}

function digested(resource: GraphResource, key: string): GraphResource {
  return { ...resource, inputs: digestSecrets(resource.inputs, key) as Properties, outputs: {} };
}

/** Every encrypted value of the project's and the stack's file. */
function encryptedValues(root: string, { project, stack }: StackFile): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (value: unknown, key: string): void => {
    if (isEncrypted(value)) found[key] = shortDigest(JSON.stringify(value));
    else if (value !== null && typeof value === "object") {
      for (const [name, inner] of Object.entries(value)) look(inner, `${key}.${name}`);
    }
  };
  const read = (name: string, of: typeof projectSettings): void => {
    const text = of(name, readFileSync(path.join(root, name), "utf8"));
    const config = "settings" in text ? (text.settings.config as Record<string, unknown> | undefined) : undefined;
    for (const [key, value] of Object.entries(config ?? {})) look(value, key.replace(`${project}:`, ""));
  };
  read("Pulumi.yaml", projectSettings);
  read(`Pulumi.${stack}.yaml`, stackSettings);
  return found;
}
