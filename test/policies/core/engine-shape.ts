/**
 * A graph of the offline run, put into the shape in which the real engine writes it. What is done, and where it can be read in
 * pulumi/pulumi and pulumi/pulumi-terraform-bridge:
 *
 * - every custom resource has an id, a provider reference `urn::id`, and outputs: the inputs and what the provider added
 *   (sdk/go/common/apitype/core.go, ResourceV3);
 * - options stand beside the other fields, empty ones are left out;
 * - default providers are resources too in an export; a preview hides their steps (pkg/engine/deployment.go, isDefaultProviderStep);
 * - a bridged provider writes `__defaults` into every object of the inputs, `__meta` and `__pulumi_raw_state_delta` into the outputs; parts
 *   of the delta are secret where the property is (pkg/reservedkeys/keys.go, pkg/tfbridge/rawstate.go);
 * - an export has `ciphertext` in place of a secret; a preview has the text "[secret]" in place of the whole value, whatever its type
 *   (pkg/backend/display/json.go, massagePropertyValue);
 * - a step "same" has id and outputs in its old state alone; without `--show-sames` only the stack's own step is listed.
 */
import { createHash } from "node:crypto";
import { SIGNATURE, SIGNATURES } from "../../../policies/graph/wire";
import type { PlainGraph, PlainResource } from "./builder";

type Json = Record<string, unknown>;

/** What the engine keeps of a secret in place of the text. */
type Hide = (value: unknown) => unknown;
const encrypted: Hide = (value) => ({
  [SIGNATURE]: SIGNATURES.secret,
  ciphertext: `v1:${digest(JSON.stringify(value) ?? "").slice(0, 24)}`,
});
const masked: Hide = () => "[secret]";
/** As with `--show-secrets`. */
const shown: Hide = (value) => ({ [SIGNATURE]: SIGNATURES.secret, plaintext: JSON.stringify(value) });

const VERSIONS: Readonly<Record<string, string>> = { aws: "7.48.0", command: "1.2.1" };

/** `pulumi stack export` of a stack that is up. @param graph with known ids */
export function exported(graph: PlainGraph, secrets: "encrypted" | "shown" = "encrypted"): Json {
  const hide = secrets === "shown" ? shown : encrypted;
  const [stack, ...rest] = states(graph, hide);
  return {
    version: 3,
    deployment: {
      manifest: { time: "2030-01-01T00:00:00Z", magic: "", version: "" },
      secrets_providers: { type: "passphrase", state: { salt: "v1:" } },
      resources: [stack, ...providers(graph).map((one) => ({ ...one, ...DATES })), ...rest],
      metadata: {},
    },
  };
}

/**
 * `pulumi preview --json` of a stack in which nothing changes.
 * @param sames with `--show-sames`; without it only the stack's own step is listed
 */
export function unchangedPreview(graph: PlainGraph, sames = true): Json {
  const all = states(graph, masked);
  const steps = (sames ? all : all.slice(0, 1)).map((state) => ({
    op: "same",
    urn: state.urn,
    ...(state.provider === undefined ? {} : { provider: state.provider }),
    oldState: state,
    newState: { ...state, id: undefined, outputs: undefined, created: undefined, modified: undefined },
    detailedDiff: null,
  }));
  return { config: { "aws:region": "us-east-1" }, steps, duration: 5_000_000_000, changeSummary: { same: all.length } };
}

const DATES = { created: "2030-01-01T00:00:00Z", modified: "2030-01-01T00:00:00Z" };

function states(graph: PlainGraph, hide: Hide): Json[] {
  return graph.resources.map((resource) => stateOf(resource, hide));
}

function stateOf(resource: PlainResource, hide: Hide): Json {
  const { urn, type, custom, parent, dependencies, propertyDependencies, options } = resource;
  const bridged = custom && type.startsWith("aws:");
  const inputs = replaceSecrets(resource.inputs, hide) as Json;
  const given = replaceSecrets({ ...resource.inputs, ...resource.outputs }, hide) as Json;
  return dropEmpty({
    urn,
    custom,
    id: custom ? (resource.id ?? digest(urn).slice(0, 8)) : undefined,
    type,
    inputs: bridged ? withDefaults(inputs) : inputs,
    outputs: bridged ? withBookkeeping(given, hide) : given,
    parent,
    dependencies,
    propertyDependencies,
    provider: custom ? (resource.provider ?? `${providerUrn(urn, type)}::${digest(type.split(":")[0] ?? "").slice(0, 36)}`) : undefined,
    ...options,
    ...DATES,
  });
}

/** The engine registers a provider of each package that the program does not configure itself. */
function providers(graph: PlainGraph): Json[] {
  const first = new Map<string, PlainResource>();
  for (const one of graph.resources)
    if (one.custom && !first.has(one.type.split(":")[0] ?? "")) first.set(one.type.split(":")[0] ?? "", one);
  return [...first]
    .filter(([name]) => name in VERSIONS)
    .map(([name, { urn, type }]) => {
      const inputs = { ...(name === "aws" ? { region: "us-east-1", skipCredentialsValidation: "false" } : {}), version: VERSIONS[name] };
      return {
        urn: providerUrn(urn, type),
        custom: true,
        id: digest(name).slice(0, 36),
        type: `pulumi:providers:${name}`,
        inputs,
        outputs: inputs,
      };
    });
}

function providerUrn(urn: string, type: string): string {
  const name = type.split(":")[0] ?? "";
  return `${urn.split("::").slice(0, 2).join("::")}::pulumi:providers:${name}::default_${(VERSIONS[name] ?? "0.0.0").replaceAll(".", "_")}`;
}

/** Every object of a bridged provider's inputs says which of its properties were filled in. */
function withDefaults(value: Json): Json {
  const inner = Object.entries(value).map(
    ([key, item]) => [key, /^(tags|tagsAll|variables)$/.test(key) ? item : defaultsIn(item)] as const,
  );
  return { __defaults: [], ...Object.fromEntries(inner) };
}

function defaultsIn(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(defaultsIn);
  if (typeof item !== "object" || item === null || SIGNATURE in item) return item;
  return withDefaults(item as Json);
}

/** The delta names the properties of the resource once more; here each part of it is secret, as it is where the property is. */
function withBookkeeping(outputs: Json, hide: Hide): Json {
  const delta = Object.fromEntries(Object.keys(outputs).map((key) => [key, hide({ replace: { raw: "not for plain eyes" } })]));
  return {
    __meta: '{"schema_version":"1","e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":600000000000}}',
    __pulumi_raw_state_delta: { obj: { ps: delta } },
    ...outputs,
  };
}

function replaceSecrets(value: unknown, hide: Hide): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceSecrets(item, hide));
  if (typeof value !== "object" || value === null) return value;
  const record = value as Json;
  if (record[SIGNATURE] === SIGNATURES.secret) return hide(record.value);
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, replaceSecrets(item, hide)]));
}

function dropEmpty(state: Json): Json {
  const empty = (value: unknown): boolean =>
    value === undefined || value === false || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(state).filter(([key, value]) => key === "custom" || !empty(value)));
}

function digest(text: string): string {
  return createHash("sha256")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
}
