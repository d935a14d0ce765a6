/** What a local run remembers between two runs: the counterpart of Pulumi's state. It keeps digests of inputs, never the inputs. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asset } from "@pulumi/pulumi";
import type { Properties, Request } from "../../infra/offline/engine";
import { sha256 } from "../../infra/sha256";
import { runDir } from "./paths";

export interface SavedResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Of a command what it printed, of an object where it is. */
  readonly outputs: Properties;
  /** Inputs in clear, for resources that make the network; there is nothing secret in them. */
  readonly plain?: Properties;
  /** Of a local command what runs when the program no longer has it; there is nothing secret in it. */
  readonly delete?: string;
  /** Input name -> SHA-256 of its value; for a file, of its bytes. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface StackState {
  get(urn: string): SavedResource | undefined;
  /** Written to the disk at once: a run that is killed loses only what had not ended. */
  set(urn: string, resource: SavedResource): void;
  /** Forgets everything that is not among these. @returns what was forgotten */
  keepOnly(urns: ReadonlySet<string>): SavedResource[];
  all(): ReadonlyMap<string, SavedResource>;
  /** Stack outputs of the last run that ended well. */
  outputs(): Properties;
  setOutputs(outputs: Properties): void;
}

const stateFile = (lab: string): string => join(runDir(lab), "stack.json");
const outputsFile = (lab: string): string => join(runDir(lab), "outputs.json");

export function openStackState(lab: string): StackState {
  const file = stateFile(lab);
  const saved = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, SavedResource>) : {};
  const resources = new Map(Object.entries(saved));
  const write = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(resources), null, 1), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    get: (urn) => resources.get(urn),
    set: (urn, resource) => {
      const before = JSON.stringify(resources.get(urn));
      resources.set(urn, resource);
      // Most of them, where little changed: the disk need not hear of it.
      if (JSON.stringify(resource) !== before) write();
    },
    keepOnly: (urns) => {
      const gone = [...resources].filter(([urn]) => !urns.has(urn));
      for (const [urn] of gone) resources.delete(urn);
      write();
      return gone.map(([, resource]) => resource);
    },
    all: () => resources,
    outputs: () => (existsSync(outputsFile(lab)) ? (JSON.parse(readFileSync(outputsFile(lab), "utf8")) as Properties) : {}),
    setOutputs: (outputs) => writeFileSync(outputsFile(lab), JSON.stringify(outputs), { mode: 0o600 }),
  };
}

/** A file asset, with its path known. */
export interface LocalFile {
  readonly localFile: string;
}

/** The request with its file assets (whose paths are promises) as paths. */
export async function withFiles(request: Request): Promise<Request> {
  const inputs: Properties = {};
  for (const [key, value] of Object.entries(request.inputs)) {
    inputs[key] = asset.Asset.isInstance(value) ? { localFile: await (value as asset.FileAsset).path } : (value as unknown);
  }
  return { ...request, inputs };
}

/** Models are large, and a run asks several times of each. */
const digests = new WeakMap<object, string>();

function digestOf(value: unknown): string {
  if (!isFile(value)) return sha256(JSON.stringify(value, sortKeys) ?? "");
  const digest = digests.get(value) ?? sha256(readFileSync(value.localFile));
  digests.set(value, digest);
  return digest;
}

const isFile = (value: unknown): value is LocalFile => (value as Partial<LocalFile> | null)?.localFile !== undefined;

/** An object's order of keys is not part of its value. */
function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function inputDigests(request: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(request.inputs).map(([key, value]) => [key, digestOf(value)]));
}

/** Names of the inputs that differ, without those that the program made the engine ignore. */
export function changedInputs(saved: SavedResource, request: Request): string[] {
  const ignored = ignoredInputs(request);
  return differing(saved.inputs, inputDigests(request)).filter((key) => !ignored.has(key));
}

/** Names of the inputs that differ and are ignored: there the resource stays as it was. */
export function frozenInputs(saved: SavedResource, request: Request): string[] {
  const ignored = ignoredInputs(request);
  return differing(saved.inputs, inputDigests(request)).filter((key) => ignored.has(key));
}

/** What is remembered after a run: of an ignored input its value of before, unless the resource is a new one. */
export function inputsAfter(saved: SavedResource | undefined, request: Request, replaced: boolean): Record<string, string> {
  const inputs = inputDigests(request);
  if (saved === undefined || replaced) return inputs;
  for (const key of frozenInputs(saved, request)) {
    const before = saved.inputs[key];
    if (before === undefined) Reflect.deleteProperty(inputs, key);
    else inputs[key] = before;
  }
  return inputs;
}

function differing(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]);
}

/** @throws for a path into an input, which only the engine takes apart */
function ignoredInputs(request: Request): ReadonlySet<string> {
  const names = request.options.ignoreChanges ?? [];
  const path = names.find((name) => !/^\w+$/.test(name));
  if (path !== undefined) throw new Error(`${request.name}: the local hosts imitate ignoreChanges of whole inputs, not of "${path}"`);
  return new Set(names);
}

/** The request as the engine hands it on: inputs that are ignored are those of the last run, as far as they are kept in clear. */
export function withoutIgnored(saved: SavedResource | undefined, request: Request): Request {
  const { plain } = saved ?? {};
  const ignored = (request.options.ignoreChanges ?? []).filter((key) => plain !== undefined && key in plain);
  return { ...request, inputs: { ...request.inputs, ...Object.fromEntries(ignored.map((key) => [key, plain?.[key] as unknown])) } };
}
