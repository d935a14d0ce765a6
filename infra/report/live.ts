/** What a deployed stack says of itself: Pulumi's state, and what verify and releases print as JSON. Nothing is asked here. Pure. */
import type { Graph, Value } from "../../policies/core/types";
import { nameOfUrn } from "../../policies/core/graph";
import { Problem } from "../../policies/cli";
import { loadGraph } from "../../policies/graph/load";
import { maskSecrets } from "../../policies/graph/wire";
import type { HostReleases } from "../cli/releases-report";
import type { HostOutcome, HostReport } from "../cli/verify-report";
import { safeText } from "../diff/safe";
import { HOST_IDS } from "../hosts/ids";
import type { LiveHost, LiveView } from "./types";

export interface Given {
  readonly name: string;
  readonly text: string;
}

export interface LiveFiles {
  readonly state?: Given;
  readonly verify?: Given;
  readonly releases?: Given;
}

const STACK = "pulumi:pulumi:Stack";
/** Outputs that are no secret by what they are (infra/outputs.ts). */
const OUTPUTS = ["gatewayAddress", "backendAddress", "healthUrl", "modelBucket", "modelRelease"] as const;

/** @throws Problem that names the file */
export function liveView(planned: Graph, stack: string, { state, verify, releases }: LiveFiles): LiveView | undefined {
  if (state === undefined && verify === undefined && releases === undefined) return undefined;
  const deployed = state === undefined ? undefined : readState(state, stack);
  const outcomes = verify === undefined ? reported(deployed?.graph) : (hostsOf(verify, stack, "verify") as HostOutcome[]);
  const lists = releases === undefined ? [] : (hostsOf(releases, stack, "releases") as HostReleases[]);
  const roles = [...new Set([...outcomes, ...lists].map(({ role }) => role))];
  return {
    ...(deployed?.updated === undefined ? {} : { updated: deployed.updated }),
    ...differences(planned, deployed?.graph),
    facts: deployed === undefined ? [] : outputFacts(deployed.graph),
    hosts: roles.map((role) => liveHost(role, outcomes.find((one) => one.role === role), lists.find((one) => one.role === role))), // prettier-ignore
  };
}

function parse({ name, text }: Given): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The message below says it: JSON.parse would quote the text.
  }
  throw new Problem(`${name}: found no JSON object; expected what the command prints with --json`);
}

function readState(given: Given, stack: string): { readonly graph: Graph; readonly updated: string | undefined } {
  const json = maskSecrets(parse(given)) as Record<string, unknown>;
  const deployment = json["deployment"] as { manifest?: { time?: unknown } } | undefined;
  if (typeof deployment !== "object")
    throw new Problem(`${given.name}: it has no "deployment"; expected what "pulumi stack export --stack ${stack}" prints`);
  const { graph } = loadGraph(JSON.stringify(json), given.name);
  const found = graph.resources
    .find(({ type }) => type === STACK)
    ?.urn.split("::")[0]
    ?.replace("urn:pulumi:", "");
  if (found !== undefined && found !== stack)
    throw new Problem(`${given.name}: it is the state of the stack "${found}", and the report is of "${stack}"; export that one`);
  const time = deployment.manifest?.time;
  return { graph, updated: typeof time === "string" ? safeText(time) : undefined };
}

function hostsOf(given: Given, stack: string, command: string): readonly { readonly role: string }[] {
  const { stack: of, hosts } = parse(given);
  const good =
    Array.isArray(hosts) &&
    hosts.every((host: unknown) => typeof host === "object" && host !== null && typeof (host as { role?: unknown }).role === "string");
  if (!good)
    throw new Problem(`${given.name}: it has no list of "hosts"; expected what "npm run -s ${command} -- --stack ${stack} --json" prints`);
  if (of !== stack) throw new Problem(`${given.name}: it is of the stack "${String(of)}", and the report is of "${stack}"; ask that one`);
  return hosts as { role: string }[];
}

/** The stack's output `verification`: what each host said at the last update. */
function reported(graph: Graph | undefined): HostOutcome[] {
  const output = graph?.resources.find(({ type }) => type === STACK)?.outputs["verification"];
  const hosts = JSON.parse(JSON.stringify(output ?? {})) as Record<string, unknown>;
  return HOST_IDS.flatMap((role): HostOutcome[] => {
    const report = hosts[role] as HostReport | undefined;
    return typeof report === "object" && typeof report.ok === "boolean" && Array.isArray(report.failed) ? [{ role, report }] : [];
  });
}

function outputFacts(graph: Graph): [string, string][] {
  const outputs = graph.resources.find(({ type }) => type === STACK)?.outputs ?? {};
  const known = OUTPUTS.flatMap((name): [string, string][] => {
    const value: Value | undefined = outputs[name];
    return typeof value === "string" ? [[name, safeText(value)]] : [];
  });
  return [["resources", String(graph.resources.length)], ...known];
}

function differences(planned: Graph, deployed: Graph | undefined): Pick<LiveView, "missing" | "surplus"> {
  if (deployed === undefined) return { missing: [], surplus: [] };
  const names = (from: Graph, than: Graph): string[] =>
    from.resources
      .filter(({ urn, type }) => !than.byUrn.has(urn) && !type.startsWith("pulumi:"))
      .map(({ urn }) => safeText(nameOfUrn(urn)));
  return { missing: names(planned, deployed), surplus: names(deployed, planned) };
}

function liveHost(role: string, outcome: HostOutcome | undefined, list: HostReleases | undefined): LiveHost {
  const report = outcome !== undefined && "report" in outcome ? outcome.report : undefined;
  const error = [outcome, list].flatMap((one) =>
    one !== undefined && "error" in one ? [`${one === outcome ? "verify" : "releases"} could not ask it: ${one.error}`] : [],
  )[0];
  const releases = list !== undefined && !("error" in list) ? list : undefined;
  return {
    role: safeText(role),
    verdict: report !== undefined ? (report.ok ? "as wanted" : "differs") : releases !== undefined ? "not verified" : "could not be asked",
    facts: factsOf(report, releases),
    failed: (report?.failed ?? []).map(({ check, expected, found }) => ({
      check: said(check),
      expected: said(expected),
      found: said(found),
    })),
    ...(error === undefined ? {} : { error: safeText(error) }),
    history: [...(releases?.entries ?? [])].reverse().map((one) => ({
      at: said(one.at),
      release: said(one.release),
      result: said(one.result),
      via: said(one.via),
      by: said(one.by),
      reason: said(one.reason),
    })),
  };
}

const said = (value: unknown): string =>
  typeof value === "string" ? safeText(value) : value === undefined || value === null ? "" : safeText(JSON.stringify(value));

function factsOf(report: HostReport | undefined, releases: Exclude<HostReleases, { error: string }> | undefined): [string, string][] {
  const rolled = report?.rolledBack ?? releases?.rolledBack ?? undefined;
  return [
    ...(report === undefined ? [] : ([["release", said(report.release)], ["models", said(report.models)], ["checks", `${String(report.passed)} passed, ${String(report.failed.length)} failed`]] as [string, string][])), // prettier-ignore
    ...(report?.proof === undefined ? [] : ([["proof", `${said(report.proof.request)} was answered by the backend's release ${said(report.proof.answeredBy)}`]] as [string, string][])), // prettier-ignore
    ...(releases === undefined ? [] : ([["serves", said(releases.serving)], ["can be rolled back to", releases.here.map(({ release }) => said(release)).filter((id) => id !== releases.serving).join(", ") || "nothing"]] as [string, string][])), // prettier-ignore
    ...(rolled === undefined ? [] : ([["rolled back", `by ${said(rolled.by)} at ${said(rolled.at)}; deployed is ${said(rolled.deployed)}`]] as [string, string][])), // prettier-ignore
  ];
}
