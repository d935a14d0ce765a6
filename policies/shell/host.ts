/** What each host of a graph ends up with. Computed once per graph and shared by all policies. */
import { Asset } from "../core/types";
import type { Graph, Resource, Settings, Value } from "../core/types";
import { asProps, asString, isAbsent, isUnknown, reveal } from "../core/values";
import { Secret } from "../core/types";
import { newContext, runOnHost } from "./analyse";
import { makeFile } from "./effects/create";
import { noFiles, cloneFiles, joinFiles } from "./files";
import type { Entry } from "./files";
import type { Files } from "./files";
import { exactly } from "./mode";
import type { ParseShell } from "./parser";
import { shellParser } from "./parser";
import { nameOf, relation } from "./paths";
import type { Context, Happenings, State } from "./state";
import { hostsOf, ordersOf } from "./steps";
import type { Host } from "./steps";
import { makeFolders, unpack } from "./tree";
import { userDataOf } from "./user-data";
import { hole, isSecretName, markSecret } from "./text";

export interface HostReport {
  readonly host: Host;
  /** Every state the files can end in. */
  readonly files: Files;
  readonly record: Happenings;
  /** What the `delete` scripts would do. */
  readonly deletion: Happenings;
  /** Something sets this host up: a step, or user data. */
  readonly isSetUp: boolean;
}

const known = new WeakMap<Graph, Map<string, Promise<readonly HostReport[]>>>();

export function hostReports(graph: Graph, settings: Settings): Promise<readonly HostReport[]> {
  const perGraph = known.get(graph) ?? new Map<string, Promise<readonly HostReport[]>>();
  known.set(graph, perGraph);
  const key = JSON.stringify([settings.roles, settings.home, settings.user]);
  const found = perGraph.get(key) ?? shellParser().then((parse) => hostsOf(graph, settings).map((host) => reportOn(graph, host, parse)));
  perGraph.set(key, found);
  return found;
}

function reportOn(graph: Graph, host: Host, parse: ParseShell): HostReport {
  const usual = create(host, host.steps, ordersOf(graph, host.steps, () => false)[0] ?? [], parse);
  const orders = ordersOf(graph, host.steps, (a, b) => collide(usual.touched.get(a.urn), usual.touched.get(b.urn))).slice(1);
  const others = orders.map((order) => create(host, host.steps, order, parse));
  const record = usual.context.record;
  for (const other of others) addNew(record, other.context.record);
  let files = [usual, ...others].map((r) => r.files).reduce(joinFiles);
  const updating = host.steps.filter((s) => !isAbsent(s.inputs.update));
  if (updating.length > 0) {
    const again = newContext(parse);
    again.time = 1e6;
    const updated = cloneFiles(files);
    for (const step of updating) runPart(step, "update", updated, again);
    addNew(record, again.record);
    files = joinFiles(files, updated);
  }
  const last = newContext(parse);
  for (const step of [...host.steps].reverse()) if (!isAbsent(step.inputs.delete)) runPart(step, "delete", cloneFiles(files), last);
  return { host, files, record, deletion: last.record, isSetUp: host.steps.length > 0 || record.executed.length > 0 };
}

/** Paths whose state a step changed, so that the order of two steps can matter. */
function changed(before: Files, after: Files): string[] {
  const look = (entries: readonly Entry[] | undefined): string =>
    JSON.stringify((entries ?? []).map((e) => [e.kind, e.mode, e.owner, e.group, e.target, e.secret]));
  return [...after.entries]
    .filter(([path, entries]) => before.entries.get(path) !== entries && look(before.entries.get(path)) !== look(entries))
    .map(([path]) => path);
}

const collide = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.some((x) => b.some((y) => relation(x, y) !== "apart" || relation(y, x) !== "apart"));

/** Other orders of the same steps repeat most of what happened. */
function addNew(into: Happenings, from: Happenings): void {
  const seen = new Set(Object.values(into).flatMap((list: readonly unknown[]) => list.map(keyOf)));
  for (const name of ["executed", "written", "unclear", "shown", "remoteCode"] as const) {
    const list: unknown[] = into[name];
    for (const item of from[name]) if (!seen.has(keyOf(item))) list.push(item);
  }
}

const keyOf = (item: unknown): string => JSON.stringify(item, (key, value: unknown) => (key === "time" ? undefined : value));

interface Run {
  readonly files: Files;
  readonly context: Context;
  readonly touched: ReadonlyMap<string, readonly string[]>;
}

function create(host: Host, all: readonly Resource[], order: readonly Resource[], parse: ParseShell): Run {
  const files = noFiles();
  const context = newContext(parse);
  const touched = new Map<string, readonly string[]>();
  if (host.instance) userDataOf(host.instance, files, context);
  for (const step of order) {
    const before = all.length > 1 ? cloneFiles(files) : files;
    runPart(step, "create", files, context);
    touched.set(step.urn, changed(before, files));
  }
  return { files, context, touched };
}

function runPart(step: Resource, part: "create" | "update" | "delete", files: Files, context: Context): void {
  if (step.type.endsWith(":Command")) runCommandResource(step, part, files, context);
  else if (part === "create") copy(step, files, context);
}

/** The user that logs in; root where that is written, else ubuntu, as the image has it. */
export const loginOf = (step: Resource): string => asString(asProps(step.inputs.connection)?.user) ?? "ubuntu";

function runCommandResource(step: Resource, part: "create" | "update" | "delete", files: Files, context: Context): void {
  const given = step.inputs[part];
  if (isAbsent(given)) return;
  const text = asString(given);
  if (text === undefined) {
    const place = { urn: step.urn, part, line: 1 };
    const what = `the ${part} script of «${step.name}», which is not known before it runs`;
    context.record.unclear.push({ what, place });
    files.fog = { time: (context.time += 1), reason: what, place };
    return;
  }
  const environment = new Map(
    Object.entries(asProps(step.inputs.environment) ?? {}).map(([name, value]) => [name, textOf(value, `$${name}`, isSecretName(name))]),
  );
  runOnHost(
    { urn: step.urn, part, text, stdin: textOf(step.inputs.stdin, "stdin", false), user: loginOf(step), environment },
    files,
    context,
  );
}

/** A value as abstract text: known, known but secret, or a hole. */
function textOf(value: Value | undefined, label: string, secretAnyway: boolean): string {
  if (isAbsent(value)) return "";
  const text = asString(value) ?? (isUnknown(value) ? undefined : JSON.stringify(reveal(value)));
  const secret = secretAnyway || value instanceof Secret;
  if (text === undefined) return hole(secret ? "secret" : "value", label);
  return secret ? markSecret(text) : text;
}

/** CopyToRemote and CopyFile: mode 0644 (folders 0755), owner the login user. */
function copy(step: Resource, files: Files, context: Context): void {
  context.place = { urn: step.urn, part: "remotePath", line: 1 };
  const to = asString(step.inputs.remotePath) ?? hole("value", "remotePath");
  const user = loginOf(step);
  const state = { files, user, umask: exactly(0o022), cwd: `/home/${user}` } as State;
  const source = reveal(step.inputs.source);
  const path =
    asString(step.inputs.localPath) ?? (source instanceof Asset ? (source.kind === "text" ? undefined : source.content) : undefined);
  const call = { name: "copy", args: [], state, scope: { context, channels: new Map(), frame: { exits: [] }, depth: 0, ignored: false } };
  if (source instanceof Asset && source.kind === "archive") {
    makeFolders(state, context, to, exactly(0o755));
    unpack(state, context, to, { wanted: exactly(0o644), folders: exactly(0o755) });
    return;
  }
  const content =
    source instanceof Asset && source.kind === "text" ? (source.content ?? "") : hole("value", `content of ${path ?? "the asset"}`);
  const secret = step.inputs.source instanceof Secret ? markSecret(content) : content;
  const folder = to.endsWith("/") && path !== undefined;
  makeFile(call, folder ? `${to}${nameOf(path)}` : to, secret, exactly(0o644));
}
