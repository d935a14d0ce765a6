/** Evaluates what a report is of: a stack of this project, or the exported stack of any program. */
import { parseJsonText, Problem, type Progress } from "../../policies/cli";
import { ConfigError, DEFAULT_CONFIG, readConfig, type Config } from "../../policies/core/config";
import { evaluate } from "../../policies/core/evaluate";
import type { Graph } from "../../policies/core/types";
import { asString } from "../../policies/core/values";
import { InputError, loadGraph } from "../../policies/graph/load";
import { maskSecrets } from "../../policies/graph/wire";
import { policies, policyIds } from "../../policies/rules";
import { policyConfigOf } from "../cli/policy-config";
import { KNOWN_ERRORS as OF_PREVIEW, previewStack, type Preview } from "../cli/preview-stack";
import { gather } from "./gather";
import { liveView, type Given, type LiveFiles } from "./live";
import type { Report } from "./types";

/** Mistakes in what the user gave. */
export const KNOWN_ERRORS = [...OF_PREVIEW, InputError];

interface Wanted {
  readonly config: Given | undefined;
  readonly today: Date;
}

type Say = Pick<Progress, "say">;

export async function stackReport(
  root: string,
  wanted: Wanted & { readonly stack: string; readonly live: LiveFiles },
  progress: Say,
): Promise<Report> {
  const { stack, config: given } = wanted;
  const config = policyConfigOf(given?.name, given?.text ?? "");
  return previewReport(await previewStack(root, { stack, policies: config }, progress), config, wanted);
}

/** Of a stack that is evaluated already. */
export function previewReport(
  preview: Preview,
  config: Config,
  { live, today }: Pick<Wanted, "today"> & { readonly live: LiveFiles },
): Report {
  const { document, result, region } = preview;
  const { stack } = document;
  const { graph } = loadGraph(JSON.stringify({ resources: document.resources }), `stack ${stack}`);
  const origin = `Made from the program and Pulumi.${stack}.yaml on one machine: nothing was contacted, and ids are not known yet.`;
  return gather({
    origin,
    project: document.project,
    stack,
    region,
    graph,
    result,
    config,
    today,
    preview,
    live: liveView(graph, stack, live),
  });
}

/** @throws InputError, or Problem that names the configuration */
export async function exportReport(given: Given, { config: configuration, today }: Wanted, progress: Say): Promise<Report> {
  progress.say("reading the export");
  const config = configuration === undefined ? DEFAULT_CONFIG : foreignConfig(configuration);
  // Masked before anything reads it: an export with --show-secrets has them in clear.
  const { graph } = loadGraph(masked(given.text), given.name);
  const result = await evaluate(policies, graph, config, today.toISOString().slice(0, 10), (text) => progress.say(text));
  const [stack = "", project = ""] = (graph.resources[0]?.urn ?? "").replace("urn:pulumi:", "").split("::");
  const origin = "Made from an exported stack: what the engine noted of its resources at the last update.";
  return gather({
    origin,
    project: project || "no project",
    stack: stack || "empty stack",
    region: regionOf(graph),
    graph,
    result,
    config,
    today,
  });
}

/** What is no JSON is left as it is: loadGraph says so in words that quote nothing. */
function masked(text: string): string {
  const read = parseJsonText(text.replace(/^\uFEFF/, ""));
  return "problem" in read ? text : JSON.stringify(maskSecrets(read.value));
}

function foreignConfig({ name, text }: Given): Config {
  const read = parseJsonText(text);
  if ("problem" in read) throw new Problem(`--policy-pack-config ${name}: ${read.problem}`);
  try {
    return readConfig(read.value, policyIds);
  } catch (error) {
    throw error instanceof ConfigError ? new Problem(`--policy-pack-config ${name}: ${error.message}`) : error;
  }
}

/** Of the provider that most resources name, else of the first availability zone. */
function regionOf({ resources }: Graph): string {
  const providers = resources.filter(({ type }) => type === "pulumi:providers:aws").flatMap(({ inputs }) => asString(inputs.region) ?? []);
  const zones = resources.flatMap(
    ({ inputs }) => /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(asString(inputs.availabilityZone) ?? "")?.[1] ?? [],
  );
  return providers[0] ?? zones[0] ?? "";
}
