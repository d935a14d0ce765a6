/**
 * Builds the graph of a made-up program, or changes one that is at hand. The same program comes out as at a first
 * preview (`unknown`: ids and other outputs are Pulumi's unknown mark, joined by propertyDependencies) and as after
 * `pulumi up` (`known`: every reference is a made-up id). It writes plain JSON as `pulumi stack export` does, and the
 * graph is read back from there, so fixtures go the same way as real input.
 *
 *   const p = program();
 *   const vpc = p.add("aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.0.0.0/16" });
 *   p.add("aws:ec2/subnet:Subnet", "a", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
 *   const findings = await policy.evaluate(p.graph("unknown"), DEFAULT_SETTINGS);
 */
import { createHash } from "node:crypto";
import { makeGraph } from "../../../policies/core/graph";
import type { Graph, Resource } from "../../../policies/core/types";
import { loadResource } from "../../../policies/graph/load-resource";
import { SIGNATURE, SIGNATURES, UNKNOWN_MARK } from "../../../policies/graph/wire";

export type Mode = "unknown" | "known";

/** A resource as `pulumi stack export` writes it; `options` as preview:offline writes them. */
export interface PlainResource {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  parent?: string;
  provider?: string;
  external?: boolean;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  options: { protect?: boolean; retainOnDelete?: boolean; ignoreChanges?: string[]; additionalSecretOutputs?: string[] };
}
export interface PlainGraph {
  resources: PlainResource[];
}

/** An output of a resource of the program; stands anywhere in inputs. */
export class Ref {
  constructor(
    readonly urn: string,
    readonly attribute: string,
  ) {}
}

/** A value that is unknown whatever the mode, with the resources that flow into it. */
export class Computed {
  constructor(readonly from: readonly string[]) {}
}

/** Handle on one resource of the program. */
export interface Handle {
  readonly urn: string;
  readonly type: string;
  readonly id: Ref;
  readonly arn: Ref;
  /** Another output. */
  out(attribute: string): Ref;
}

export interface AddOptions {
  readonly parent?: string | { readonly urn: string };
  readonly provider?: { readonly urn: string };
  readonly custom?: boolean;
  readonly external?: boolean;
  readonly options?: PlainResource["options"];
  readonly dependsOn?: readonly { readonly urn: string }[];
}

export interface Program {
  add(type: string, name: string, inputs?: Record<string, unknown>, options?: AddOptions): Handle;
  /** Finds by exact type token (or pattern) and, where given, logical name; throws when there is not exactly one. */
  find(type: string | RegExp, name?: string | RegExp): Handle;
  findAll(type: string | RegExp, name?: string | RegExp): Handle[];
  /** The resource's inputs, to read; change them by `set`. */
  inputs(resource: { readonly urn: string }): Record<string, unknown>;
  /** Sets top-level inputs; undefined takes one away. Refs inside become ids (or unknown) and propertyDependencies. */
  set(resource: { readonly urn: string }, inputs: Record<string, unknown>): void;
  setOptions(resource: { readonly urn: string }, options: PlainResource["options"]): void;
  setProvider(resource: { readonly urn: string }, provider: { readonly urn: string }): void;
  remove(...resources: { readonly urn: string }[]): void;
  plain(mode: Mode): PlainGraph;
  graph(mode: Mode): Graph;
}

/** Pulumi's secret mark around a value (as the wire and preview:offline have it). */
export function secret(value: unknown): Record<string, unknown> {
  return { [SIGNATURE]: SIGNATURES.secret, value };
}
export function stringAsset(text: string): Record<string, unknown> {
  return { [SIGNATURE]: SIGNATURES.asset, text };
}
export function fileAsset(path: string): Record<string, unknown> {
  return { [SIGNATURE]: SIGNATURES.asset, path };
}
export function archive(assets: Record<string, unknown>): Record<string, unknown> {
  return { [SIGNATURE]: SIGNATURES.archive, assets };
}
/** A value unknown until `up` that these resources flow into: `pulumi.interpolate`, `all(...).apply(...)`. */
export function computed(...from: { readonly urn: string }[]): Computed {
  return new Computed(from.map((resource) => resource.urn));
}

/**
 * A new program, or (with `base`) one that changes a graph at hand. The base is frozen and shared by all programs that are
 * made of it; a resource is copied when it is changed.
 */
export function program(base?: PlainGraph, stack = "dev", project = "demo"): Program {
  const resources: PlainResource[] = base ? base.resources.map(share) : [];
  const root =
    resources.find((resource) => resource.type === "pulumi:pulumi:Stack")?.urn ??
    `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  const prefix = root.split("::").slice(0, 2).join("::");
  if (!base) resources.push(withDefaults({ urn: root, type: "pulumi:pulumi:Stack", custom: false }));

  const at = (urn: string): PlainResource => {
    const found = resources.find((resource) => resource.urn === urn);
    if (!found) throw new Error(`no resource ${urn} in the program`);
    return found;
  };
  const own = (urn: string): PlainResource => {
    const found = at(urn);
    if (!Object.isFrozen(found)) return found;
    const copy = structuredClone(found);
    resources[resources.indexOf(found)] = copy;
    return copy;
  };
  const findAll: Program["findAll"] = (type, name) =>
    resources.filter((r) => fits(r.type, type) && (name === undefined || fits(r.urn.split("::").slice(3).join("::"), name))).map(handle);

  return {
    add(type, name, inputs = {}, options = {}) {
      const parent = options.parent === undefined ? root : typeof options.parent === "string" ? options.parent : options.parent.urn;
      const chain = parent === root ? type : `${parent.split("::")[2] ?? ""}$${type}`;
      const urn = `${prefix}::${chain}::${name}`;
      if (resources.some((resource) => resource.urn === urn)) throw new Error(`the program has ${urn} already`);
      resources.push(
        withDefaults({
          urn,
          type,
          parent,
          custom: options.custom ?? true,
          ...(options.external ? { external: true, id: madeUp(type, urn, "id") } : {}),
          ...(options.provider ? { provider: `${options.provider.urn}::${UNKNOWN_MARK}` } : {}),
          inputs: { ...inputs },
          dependencies: (options.dependsOn ?? []).map((resource) => resource.urn),
          options: options.options ?? {},
        }),
      );
      return handle(at(urn));
    },
    find(type, name) {
      const found = findAll(type, name);
      if (found.length !== 1 || !found[0])
        throw new Error(`${String(found.length)} resources ${String(type)} ${String(name ?? "")} in the program, expected one`);
      return found[0];
    },
    findAll,
    inputs: (resource) => at(resource.urn).inputs,
    set(resource, inputs) {
      const target = own(resource.urn);
      for (const [key, value] of Object.entries(inputs)) {
        Reflect.deleteProperty(target.propertyDependencies, key);
        Reflect.deleteProperty(target.outputs, key);
        if (value === undefined) Reflect.deleteProperty(target.inputs, key);
        else target.inputs[key] = value;
      }
    },
    setOptions(resource, options) {
      const target = own(resource.urn);
      target.options = { ...target.options, ...options };
    },
    setProvider(resource, provider) {
      own(resource.urn).provider = `${provider.urn}::${UNKNOWN_MARK}`;
    },
    remove(...gone) {
      for (const { urn } of gone) resources.splice(resources.indexOf(at(urn)), 1);
    },
    plain(mode) {
      const index = indexOf(resources);
      return { resources: resources.map((resource) => render(resource, index, mode)) };
    },
    graph(mode) {
      return makeGraph(this.plain(mode).resources.map(load), true);
    },
  };
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

function withDefaults(given: Partial<PlainResource> & { urn: string; type: string }): PlainResource {
  return { custom: true, inputs: {}, outputs: {}, dependencies: [], propertyDependencies: {}, options: {}, ...given };
}

const bases = new WeakMap<PlainResource, PlainResource>();
function share(given: PlainResource): PlainResource {
  const shared = bases.get(given) ?? freeze(withDefaults(freeze(given)));
  bases.set(given, shared);
  return shared;
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

const loaded = new WeakMap<PlainResource, Resource>();
function load(resource: PlainResource, index: number): Resource {
  const known = loaded.get(resource);
  if (known) return known;
  const made = loadResource(resource, `resources[${String(index)}]`);
  if (Object.isFrozen(resource)) loaded.set(resource, made);
  return made;
}

function handle(resource: PlainResource): Handle {
  const { urn, type } = resource;
  return { urn, type, id: new Ref(urn, "id"), arn: new Ref(urn, "arn"), out: (attribute) => new Ref(urn, attribute) };
}

const rendered: Record<Mode, WeakMap<PlainResource, PlainResource>> = { unknown: new WeakMap(), known: new WeakMap() };
/** A resource of the base, as long as nothing new refers to it: then its outputs say more. */
function render(resource: PlainResource, index: Index, mode: Mode): PlainResource {
  if (!Object.isFrozen(resource) || index.refs.has(resource.urn)) return renderAnew(resource, index, mode);
  const made = rendered[mode].get(resource) ?? share(renderAnew(resource, index, mode));
  rendered[mode].set(resource, made);
  return made;
}

/** Replaces the Refs in a resource's inputs and notes which resources they came from. */
function renderAnew(resource: PlainResource, index: Index, mode: Mode): PlainResource {
  const result: PlainResource = structuredClone({ ...resource, inputs: {} });
  for (const [key, value] of Object.entries(resource.inputs)) {
    const from = new Set<string>();
    result.inputs[key] = resolve(value, index, mode, from);
    if (from.size > 0) result.propertyDependencies[key] = [...from];
  }
  result.dependencies = [...new Set([...result.dependencies, ...Object.values(result.propertyDependencies).flat()])];
  if (mode === "known" && resource.custom) {
    result.id ??= madeUp(resource.type, resource.urn, "id");
    result.outputs = {
      ...result.inputs,
      ...referencedOutputs(resource.urn, index),
      arn: madeUp(resource.type, resource.urn, "arn"),
      ...result.outputs,
      id: result.id,
    };
  }
  return result;
}

/** What rendering looks up: resources by URN, and the references to each. */
interface Index {
  readonly byUrn: ReadonlyMap<string, PlainResource>;
  readonly refs: ReadonlyMap<string, readonly Ref[]>;
}

function indexOf(resources: readonly PlainResource[]): Index {
  const refs = new Map<string, Ref[]>();
  const own = resources.filter((resource) => !Object.isFrozen(resource)); // a base holds plain values
  for (const ref of own.flatMap((resource) => refsIn(resource.inputs))) refs.set(ref.urn, [...(refs.get(ref.urn) ?? []), ref]);
  return { byUrn: new Map(resources.map((resource) => [resource.urn, resource])), refs };
}

/** Outputs that other resources refer to, so that their ids lead back here. */
function referencedOutputs(urn: string, index: Index): Record<string, unknown> {
  return Object.fromEntries((index.refs.get(urn) ?? []).map((ref) => [ref.attribute, output(ref, index, "known")]));
}

function refsIn(value: unknown): Ref[] {
  if (value instanceof Ref) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(refsIn) : [];
}

function resolve(value: unknown, index: Index, mode: Mode, from: Set<string>): unknown {
  if (value instanceof Computed) {
    for (const urn of value.from) from.add(urn);
    return UNKNOWN_MARK;
  }
  if (value instanceof Ref) {
    from.add(value.urn);
    return output(value, index, mode);
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, index, mode, from));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, index, mode, from)]));
}

function output(ref: Ref, index: Index, mode: Mode): unknown {
  const target = index.byUrn.get(ref.urn);
  const known = ref.attribute === "id" ? target?.id : (target?.outputs[ref.attribute] ?? target?.inputs[ref.attribute]);
  if (known !== undefined && !(known instanceof Ref)) return known;
  return mode === "known" ? madeUp(target?.type ?? "", ref.urn, ref.attribute) : UNKNOWN_MARK;
}

/** A stable value of the right look: `sg-0f3c…`, an ARN, an address of a documentation range. */
function madeUp(type: string, urn: string, attribute: string): string {
  const hash = createHash("sha256").update(urn).digest("hex");
  const kind = (type.split(":").pop() ?? "").replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  const prefix: Record<string, string> = {
    instance: "i",
    "security-group": "sg",
    "route-table": "rtb",
    "internet-gateway": "igw",
    "network-interface": "eni",
    eip: "eipalloc",
  };
  const id = `${prefix[kind] ?? kind}-0${hash.slice(0, 16)}`;
  if (attribute === "id") return id;
  if (/arn$/i.test(attribute)) return `arn:aws:${type.split(":")[1]?.split("/")[0] ?? "x"}:us-east-1:111122223333:${kind}/${id}`;
  if (/public_?ip/i.test(attribute)) return `203.0.113.${String(parseInt(hash.slice(0, 2), 16))}`;
  if (/ip$/i.test(attribute)) return `10.0.101.${String(parseInt(hash.slice(0, 2), 16))}`;
  return `${attribute}-of-${id}`;
}
