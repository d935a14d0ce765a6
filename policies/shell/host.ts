/** What each host of a graph ends up with. Computed once per graph and shared by all policies. */
import { createHash } from "node:crypto";
import { once } from "../core/graph";
import type { Graph, Resource, Settings } from "../core/types";
import { containsSecret, exactText, isAbsent } from "../core/values";
import { newContext } from "./analyse";
import { cloneFiles, joinFiles, noFiles } from "./files";
import type { Entry, Files, Place } from "./files";
import { holdsSecrets, inputsOf, runPart } from "./host-steps";
import { keptAnswers, keptReport } from "./kept-report";
import type { Answers, Material, Report } from "./kept-report";
import { runLater } from "./later";
import type { ParseShell } from "./parser";
import { shellParser } from "./parser";
import { relation } from "./paths";
import { withoutRepeats } from "./repeated";
import type { Context, Happenings } from "./state";
import { hostsOf, ordersOf, predecessors } from "./steps";
import { shortened } from "./text";
import type { Host } from "./steps";
import { firstBoot } from "./user-data";

export interface HostReport extends Report {
  readonly host: Host;
}

const keyOfRoles = once((roles: Settings["roles"]) => JSON.stringify(roles));
const perGraph = new WeakMap<Graph, Map<string, readonly SeenHost[]>>();

/** A host, of which a report is made only where somebody asks what no earlier process has found out. */
export interface SeenHost {
  readonly host: Host;
  report(this: void): Promise<HostReport>;
  answers(this: void): Promise<Answers>;
}

export function seenHosts(graph: Graph, settings: Settings): readonly SeenHost[] {
  const known = perGraph.get(graph) ?? new Map<string, readonly SeenHost[]>();
  perGraph.set(graph, known);
  const key = settings.home + keyOfRoles(settings.roles);
  const found = known.get(key) ?? hostsOf(graph, settings).map((host) => seen(graph, host, settings.home));
  known.set(key, found);
  return found;
}

function seen(graph: Graph, host: Host, home: string): SeenHost {
  let material: Material | undefined;
  let report: Promise<HostReport> | undefined;
  const known = (): Material => (material ??= materialOf(graph, host, home));
  return {
    host,
    report: () => (report ??= cachedReport(graph, host, home, known())),
    answers: () => cachedAnswers(known()),
  };
}

/** Hosts with the very same steps are common: the graph of each resource in turn, of each stage, of each change on trial. */
const reports = new Map<string, Report>();
const MOST_REPORTS = 64;

function materialOf(graph: Graph, host: Host, home: string): Material {
  const before = [...predecessors(graph, host.steps)].map(([urn, urns]) => [urn, ...urns]);
  const start = startOf(host);
  const steps = JSON.stringify(host.steps.map(digestOfInputs));
  const key = digest([home, start, host.name, host.role ?? "", host.instance?.urn ?? "", steps, JSON.stringify(before)]);
  const length = host.steps.reduce((sum, step) => sum + lengthOfInputs(step), start.length);
  return { digest: key, length, guarded: isGuarded(graph, host) };
}

async function cachedReport(graph: Graph, host: Host, home: string, material: Material): Promise<HostReport> {
  const key = material.digest;
  const report = reports.get(key) ?? (await keptReport(material, () => reportOn(graph, host, home)));
  remember(reports, key, report, MOST_REPORTS);
  // The steps may differ in what no script sees, their connection for example.
  return { ...report, host };
}

const answers = new Map<string, Promise<Answers>>();

function cachedAnswers(material: Material): Promise<Answers> {
  const found = answers.get(material.digest) ?? keptAnswers(material);
  remember(answers, material.digest, found, MOST_REPORTS);
  return found;
}

/** Whether secrets are, or may be, in what the host gets. */
const isGuarded = (graph: Graph, host: Host): boolean =>
  !graph.secretsMarked ||
  host.steps.some(holdsSecrets) ||
  containsSecret(host.boot?.value) ||
  host.stored?.some(({ secret }) => secret) === true;

function remember<V>(cache: Map<string, V>, key: string, value: V, most: number): void {
  cache.delete(key);
  cache.set(key, value);
  const [oldest] = cache.keys();
  if (cache.size > most && oldest !== undefined) cache.delete(oldest);
}

const digest = (parts: readonly string[]): string => createHash("sha256").update(parts.join("\0")).digest("base64");
const summaryOf = once((step: Resource) => {
  const text = inputsOf(step);
  return { length: text.length, digest: digest([text]) };
});
const digestOfInputs = (step: Resource): string => summaryOf(step).digest;
const lengthOfInputs = (step: Resource): number => summaryOf(step).length;
const startOf = ({ key, name, isOperator, boot, stored }: Host): string =>
  JSON.stringify([
    key,
    name,
    isOperator,
    boot && [boot.resource.urn, boot.part, boot.encoded, exactText(boot.value)],
    stored?.map(({ urn, key, bucket, digests, isPinned }) => [urn, key, bucket, digests, isPinned]),
  ]);

async function reportOn(graph: Graph, host: Host, home: string): Promise<Report> {
  const parse = await shellParser();
  const usual = create(host, ordersOf(graph, host.steps, () => false)[0] ?? [], parse, home);
  const touched = ({ urn }: Resource): Touched => usual.touched.get(urn) ?? { changed: [], ran: [] };
  const orders = ordersOf(graph, host.steps, (a, b) => collide(touched(a), touched(b))).slice(1);
  const others = orders.map((order) => create(host, order, parse, home));
  const record = copyOf(usual.context.record);
  for (const other of others) addNew(record, other.context.record);
  let files = [usual, ...others].map((r) => r.files).reduce(joinFiles);
  const updating = host.steps.filter((s) => !isAbsent(s.inputs.update));
  if (updating.length > 0) {
    const again = contextOf(host, parse, home);
    again.time = 1e6;
    again.sources = usual.context.sources;
    const updated = cloneFiles(files);
    for (const step of updating) runPart(step, "update", updated, again);
    addNew(record, again.record);
    files = joinFiles(files, updated);
  }
  if (!host.isOperator) {
    const after = contextOf(host, parse, home);
    after.time = 2e6;
    after.sources = usual.context.sources;
    files = runLater(files, record, after);
    addNew(record, after.record);
  }
  const last = contextOf(host, parse, home);
  last.sources = usual.context.sources;
  for (const step of [...host.steps].reverse()) if (!isAbsent(step.inputs.delete)) runPart(step, "delete", cloneFiles(files), last);
  const isSetUp = host.steps.length > 0 || record.executed.length > 0;
  return { files, record: withoutRepeats(record), deletion: withoutRepeats(last.record), isSetUp };
}

/** Paths whose state a step changed, so that the order of two steps can matter. */
function changed(before: Files, after: Files): string[] {
  const look = (entries: readonly Entry[] | undefined): string =>
    JSON.stringify((entries ?? []).map((e) => [e.kind, e.mode, e.owner, e.group, e.target, e.secret]));
  return [...after.entries]
    .filter(([path, entries]) => before.entries.get(path) !== entries && look(before.entries.get(path)) !== look(entries))
    .map(([path]) => path);
}

/** What a step did to the host's files. */
interface Touched {
  /** Paths whose state it changed. */
  readonly changed: readonly string[];
  /** Scripts that it ran. */
  readonly ran: readonly string[];
}

/** One changes what the other changes, or runs. */
const collide = (a: Touched, b: Touched): boolean => meet(a.changed, b.changed) || meet(a.changed, b.ran) || meet(a.ran, b.changed);

const meet = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((x) => b.some((y) => relation(x, y) !== "apart" || relation(y, x) !== "apart"));

const LISTS = ["executed", "written", "unclear", "shown", "sent", "remoteCode", "ran"] as const;

/** Other orders of the same steps repeat most of what happened. */
function addNew(into: Happenings, from: Happenings): void {
  for (const name of LISTS) {
    const list: Item[] = into[name];
    // What stages in common have led to is the same items, in front.
    let shared = 0;
    while (shared < list.length && list[shared] === from[name][shared]) shared += 1;
    const added: readonly Item[] = from[name].slice(shared);
    if (added.length === 0) continue;
    const lines = new Set(added.map(lineOf));
    const spots = new Set(added.map(spotOf));
    const seen = new Set(list.filter((item) => lines.has(lineOf(item)) && spots.has(spotOf(item))).map(keyOf));
    for (const item of added) if (!seen.has(keyOf(item))) list.push(item);
  }
}

type Item = { readonly place: Place } | Happenings["ran"][number];

/** Where it happened: nearly always enough to see that something is new. */
const spotOf = (item: Item): string => ("place" in item ? `${String(item.place.line)} ${item.place.part} ${item.place.urn}` : item.path);
const lineOf = (item: Item): number => ("place" in item ? item.place.line : 0);
/** A long text, such as what a hundred commands have on their standard input, counts by its digest. */
const keyOf = once((item: Item): string =>
  JSON.stringify(item, (key, value: unknown) => (key === "time" ? undefined : typeof value === "string" ? shortened(value) : value)),
);

interface Run {
  readonly files: Files;
  readonly context: Context;
  readonly touched: ReadonlyMap<string, Touched>;
}

/** What a host has after the first steps of an order: the next graph often differs in a later step only. */
const stages = new Map<string, Run>();
const MOST_STAGES = 256;

function create(host: Host, order: readonly Resource[], parse: ParseShell, home: string): Run {
  let key = digest([home, startOf(host)]);
  let run = stages.get(key) ?? boot(host, parse, home);
  remember(stages, key, run, MOST_STAGES);
  for (const step of order) {
    key = digest([key, digestOfInputs(step)]);
    run = stages.get(key) ?? advance(run, step);
    remember(stages, key, run, MOST_STAGES);
  }
  return run;
}

function boot(host: Host, parse: ParseShell, home: string): Run {
  const run: Run = {
    files: noFiles(),
    context: { ...contextOf(host, parse, home), ...(host.isOperator ? { isOperator: true } : {}) },
    touched: new Map(),
  };
  return host.boot ? { ...run, files: firstBoot(host.boot, run.files, run.context) } : run;
}

const contextOf = ({ stored }: Host, parse: ParseShell, home: string): Context => ({
  ...newContext(parse, home),
  ...(stored?.length ? { stored } : {}),
});

function advance(run: Run, step: Resource): Run {
  const files = cloneFiles(run.files);
  const context: Context = { ...run.context, record: copyOf(run.context.record) };
  runPart(step, "create", files, context);
  const ran = context.record.ran.slice(run.context.record.ran.length).map(({ path }) => path);
  return { files, context, touched: new Map([...run.touched, [step.urn, { changed: changed(run.files, files), ran }]]) };
}

const copyOf = (record: Happenings): Happenings => ({
  executed: [...record.executed],
  written: [...record.written],
  unclear: [...record.unclear],
  shown: [...record.shown],
  sent: [...record.sent],
  remoteCode: [...record.remoteCode],
  ran: [...record.ran],
});
