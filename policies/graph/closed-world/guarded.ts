/** The guarded things of a program (the backend and what decides about it, the gateway's group, the models buckets), and how a value names one. */
import { ofType, once } from "../../core/graph";
import { selectRole } from "../../core/select";
import type { Graph, Resource, Settings } from "../../core/types";
import { asProps, asString, propertyOf } from "../../core/values";
import { parseCidrs } from "../network/ip-set";
import type { IpSet } from "../network/ip-set";
import { networkOf } from "../network/model";
import { backendSubnets } from "../network/placement";
import { targetOf } from "../network/targets";
import { ROUTE_TABLE, VPC } from "../network/kinds";
import { hostRoles } from "../iam-role";

export interface Thing {
  readonly resource: Resource;
  /** For messages: "the backend's group". */
  readonly what: string;
}

export interface Guarded {
  readonly things: ReadonlyMap<string, Thing>;
  /** By every known id, ARN and name that names one thing alone. */
  readonly names: ReadonlyMap<string, Thing>;
  /** Names of buckets, which stand inside paths and URLs. */
  readonly words: readonly { readonly text: string; readonly thing: Thing }[];
  /** Backend hosts by a tag that selects them: by its key, then by its value. */
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, readonly Thing[]>>;
  /** Addresses of the backend's subnets. */
  readonly addresses: IpSet;
  readonly host: Thing | undefined;
}

const BUCKET = /^aws:s3\/bucket(V2)?:Bucket(V2)?$/;
/** Other keys than these name a host in too many programs to tell anything. */
const TELLING_TAG = /^(role|name|service|component|app(lication)?|tier|function|hosttype)$/i;

const perGraph = once((_: Graph) => new Map<string, ReadonlyMap<string, Thing>>());

/** What is guarded by role. */
export function guardedThings(graph: Graph, settings: Settings): ReadonlyMap<string, Thing> {
  const answers = perGraph(graph);
  const key = JSON.stringify(settings);
  const found = answers.get(key) ?? guardedBy(graph, settings);
  answers.set(key, found);
  return found;
}

function guardedBy(graph: Graph, settings: Settings): Map<string, Thing> {
  const things = new Map<string, Thing>();
  const add = (resource: Resource | undefined, what: string): void => {
    if (resource && resource.idOnly !== true && !things.has(resource.urn)) things.set(resource.urn, { resource, what });
  };
  const network = networkOf(graph, settings);
  const hosts = network.backends.filter(({ backend, resource }) => backend === "role" && !resource.type.endsWith(":LoadBalancer"));
  for (const host of hosts) {
    add(host.resource, "the backend");
    for (const card of host.interfaceResources) add(card, "the backend's interface");
  }
  for (const { resource } of network.roles.backend.values()) add(resource, "the backend's group");
  for (const { resource } of network.gateways.values()) add(resource, "the gateway's group");
  for (const { resource } of network.guards.values()) if (!VPC.test(resource.type)) add(resource, "a group of the backend");
  for (const subnet of backendSubnets(network)) {
    add(subnet.resource, "the backend's subnet");
    for (const { table, certain } of subnet.tables) if (certain) add(tableOf(graph, table.key), "the backend's route table");
    add(targetOf(graph, subnet.resource, "vpcId", VPC)?.is, "the backend's VPC");
  }
  const own = new Set(hosts.map(({ resource }) => resource));
  for (const { host, role } of hostRoles(graph)) if (own.has(host)) add(role, "the backend's role");
  for (const bucket of selectRole(graph, settings.roles.modelBuckets, BUCKET)) add(bucket, "the models bucket");
  for (const key of keysOf(graph, [...things.values()])) add(key, "a key of the backend or the models");
  return things;
}

function tableOf(graph: Graph, key: string): Resource | undefined {
  const found = graph.byUrn.get(key);
  return found && ROUTE_TABLE.test(found.type) ? found : undefined;
}

/** Encryption keys that flow into a guarded host or bucket. */
function keysOf(graph: Graph, things: readonly Thing[]): Resource[] {
  const keys = new Set(ofType(graph, /^aws:kms\/(key|replicaKey):/));
  if (keys.size === 0) return [];
  const owners = new Set(things.map(({ resource }) => resource.urn));
  const parts = ofType(graph, /^aws:s3\/bucketServerSideEncryptionConfiguration(V2)?:/).filter(({ dependencies }) =>
    dependencies.some((urn) => owners.has(urn)),
  );
  return [...things.map(({ resource }) => resource), ...parts]
    .flatMap(({ dependencies }) => dependencies.map((urn) => graph.byUrn.get(urn)))
    .filter((found): found is Resource => found !== undefined && keys.has(found));
}

/** The ways to name these things. */
export function guardedOf(settings: Settings, things: ReadonlyMap<string, Thing>): Guarded {
  const all = [...things.values()];
  const names = new Map<string, Thing>();
  for (const thing of all) for (const name of namesOf(thing.resource)) if (!names.has(name)) names.set(name, thing);
  const backend = all.find(({ what }) => what === "the backend");
  return {
    things,
    names,
    words: all
      .filter(({ what }) => what === "the models bucket")
      .flatMap((thing) =>
        ["bucket", "id"]
          .flatMap((key) => asString(propertyOf(thing.resource, key)) ?? [])
          .filter((text) => text.length > 2)
          .map((text) => ({ text, thing })),
      ),
    tags: byTag(
      all.filter(({ what }) => what === "the backend"),
      settings,
    ),
    addresses: parseCidrs(
      all
        .filter(({ what }) => what === "the backend's subnet")
        .flatMap(({ resource }) => asString(propertyOf(resource, "cidrBlock")) ?? []),
    ).set,
    host: backend,
  };
}

/** Ids and ARNs; names only where AWS makes them unique in the account. */
function namesOf(resource: Resource): string[] {
  const keys = /^aws:(iam|kms)\//.test(resource.type)
    ? ["arn", "name", "uniqueId", "keyId"]
    : ["arn", "primaryNetworkInterfaceId", "privateIp", "privateDns"];
  const given = [resource.id, resource.urn, ...keys.map((key) => asString(resource.outputs[key]))];
  const bucket = BUCKET.test(resource.type) ? asString(propertyOf(resource, "bucket")) : undefined;
  return [...given, asString(resource.inputs.privateIp), bucket].filter((text): text is string => text !== undefined && text.length > 3);
}

function byTag(hosts: readonly Thing[], { roles }: Settings): Guarded["tags"] {
  const found = new Map<string, Map<string, Thing[]>>();
  for (const thing of hosts) {
    const own = Object.entries(asProps(thing.resource.inputs.tags) ?? {}).filter(([key]) => TELLING_TAG.test(key));
    for (const [key, given] of [...own, ...Object.entries(roles.backendInstances.tags ?? {})]) {
      const value = asString(given);
      if (value === undefined) continue;
      const values = found.get(key) ?? new Map<string, Thing[]>();
      found.set(key, values);
      const things = values.get(value) ?? [];
      values.set(value, things);
      if (things.at(-1) !== thing) things.push(thing);
    }
  }
  return found;
}
