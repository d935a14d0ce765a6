/**
 * What has been registered so far in an update, and the part of it that one resource has to do with: over that a policy answers before the
 * resource is created (`Policy.early`).
 *
 * The engine shows a resource's inputs before it is created, and nothing else: no dependencies, and no ids of what exists by now. Names are
 * in the inputs, so what names a bucket or a role is joined to it. An id (`sg-0123…`) is in the inputs of whoever refers to it alone: for
 * each one a resource of that type stands in, of which nothing but the id is known. Two resources that name the same id are joined by it,
 * and which registered resource the id belongs to stays open.
 */
import { makeGraph, makeResource } from "../core/graph";
import { matches } from "../core/select";
import type { Graph, NotShown, Resource, Selector, Settings } from "../core/types";
import { asString, leaves } from "../core/values";

export interface EarlyRecord {
  readonly resource: Resource;
  /** True where the secret marks of the inputs were seen. */
  readonly marked: boolean;
}

export interface Early {
  /** A resource is about to be created or changed. @param run tells one update from the next */
  note(record: EarlyRecord, settings: Settings, run: object): void;
  /** The resource and those noted before it that it has to do with, directly or through others. */
  graph(urn: string): Graph | undefined;
}

/** So much of the stack is looked at for one resource, that the whole stack takes time in proportion to its size. */
const MOST_RESOURCES = 40;
const MOST_PLAYERS = 24;
const MOST_OF_A_TYPE = 16;

/** What these say may hold for every resource: they are looked at whatever is registered. */
const EVERYWHERE =
  /^(pulumi:providers:|aws:(ec2\/(instanceMetadataDefaults|ebsEncryptionByDefault|ami|amiCopy|amiFromInstance)|ebs\/encryptionByDefault|s3\/accountPublicAccessBlock):)/;

/** What an id of this shape belongs to. */
const BY_PREFIX: Readonly<Record<string, string>> = {
  eni: "aws:ec2/networkInterface:NetworkInterface",
  i: "aws:ec2/instance:Instance",
  rtb: "aws:ec2/routeTable:RouteTable",
  sg: "aws:ec2/securityGroup:SecurityGroup",
  subnet: "aws:ec2/subnet:Subnet",
  vpc: "aws:ec2/vpc:Vpc",
};
const ID = /^(eni|i|rtb|sg|subnet|vpc)-[0-9a-z]+$/;
/** Names are no longer than this; scripts are not looked through, and documents for the buckets in them alone. */
const LONGEST_NAME = 200;
const BUCKET_ARN = /arn:[\w-]+:s3:::([^"/*?]+)/g;

interface Noted extends EarlyRecord {
  /** Ids and names that the inputs hold. */
  readonly texts: readonly string[];
}

/** Everything noted in one update. */
class Registered {
  private readonly all = new Map<string, Noted>();
  private readonly names = new Set<string>();
  /** Who holds an id or a name, by type. */
  private readonly holders = new Map<string, Map<string, Noted[]>>();
  private readonly everywhere = new Map<string, Noted>();
  /** What plays a role: most policies ask for it. */
  private readonly players = new Map<string, Noted>();
  private known: { readonly urn: string; readonly graph: Graph } | undefined;

  constructor(private readonly notShown: readonly NotShown[]) {}

  note(record: EarlyRecord, settings: Settings): void {
    const { resource } = record;
    const before = this.all.get(resource.urn);
    if (before) this.forget(before);
    for (const key of ["name", "bucket"]) {
      const name = asString(resource.inputs[key]);
      if (name !== undefined && name !== "") this.names.add(name);
    }
    const noted = { ...record, texts: this.textsOf(resource) };
    this.known = undefined;
    this.all.set(resource.urn, noted);
    if (EVERYWHERE.test(resource.type)) this.everywhere.set(resource.urn, noted);
    else if (this.players.size < MOST_PLAYERS && playsARole(settings, resource)) this.players.set(resource.urn, noted);
    for (const text of noted.texts) {
      const byType = this.holders.get(text) ?? new Map<string, Noted[]>();
      this.holders.set(text, byType.set(resource.type, [...(byType.get(resource.type) ?? []), noted].slice(-MOST_OF_A_TYPE)));
    }
  }

  graph(urn: string): Graph | undefined {
    const start = this.all.get(urn);
    if (!start) return undefined;
    if (this.known?.urn !== urn) this.known = { urn, graph: this.build(start) };
    return this.known.graph;
  }

  /** The engine asks again for a resource that it comes back to. */
  private forget({ resource, texts }: Noted): void {
    for (const text of texts) {
      const byType = this.holders.get(text);
      byType?.set(
        resource.type,
        (byType.get(resource.type) ?? []).filter((other) => other.resource.urn !== resource.urn),
      );
    }
    this.players.delete(resource.urn);
  }

  private textsOf({ inputs }: Resource): string[] {
    const texts = leaves(inputs).filter((leaf) => typeof leaf === "string");
    const named = texts.filter((text) => text.length <= LONGEST_NAME).map(bareName);
    const buckets = texts
      .filter((text) => text.includes(":s3:::"))
      .flatMap((text) => [...text.matchAll(BUCKET_ARN)].map(([, name = ""]) => name));
    return [...new Set([...named, ...buckets])].filter((text) => ID.test(text) || this.names.has(text));
  }

  private build(start: Noted): Graph {
    const found = [...new Set([...this.everywhere.values(), ...this.players.values(), ...this.around(start)])];
    const ids = found.flatMap(({ texts }) => texts.filter((text) => ID.test(text)));
    const standIns = [...new Set(ids)].map((id) => standIn(id, start.resource.urn));
    const marked = found.every((one) => one.marked || one.resource.type.startsWith("pulumi:providers:"));
    const resources = [...found.map(({ resource }) => resource), ...standIns];
    return { ...makeGraph(resources, marked), notShown: this.notShown, partial: true };
  }

  /** The resource, and the nearest ones that share an id or a name with it. */
  private around(start: Noted): ReadonlySet<Noted> {
    const found = new Set([start]);
    for (const one of found) {
      if (found.size >= MOST_RESOURCES) break;
      // Everything is in the one VPC: that joins nothing.
      for (const text of one.texts.filter((id) => !id.startsWith("vpc-")))
        for (const list of this.holders.get(text)?.values() ?? []) for (const other of list) found.add(other);
    }
    return found;
  }
}

const NOTHING = makeGraph([], true);

function playsARole({ roles }: Settings, resource: Resource): boolean {
  return Object.values(roles).some((selector) => matches(NOTHING, selector as Selector, resource) === true);
}

/** @param concerns the types that any policy evaluates early; others are not kept */
export function makeEarly(concerns: (type: string) => boolean, notShown: readonly NotShown[]): Early {
  let current: object | undefined;
  let registered = new Registered(notShown);
  return {
    note(record, settings, run) {
      if (run !== current) registered = new Registered(notShown);
      current = run;
      const { type } = record.resource;
      if (concerns(type) || EVERYWHERE.test(type)) registered.note(record, settings);
    },
    graph: (urn) => registered.graph(urn),
  };
}

/** A resource of which nothing but the id is known. */
function standIn(id: string, near: string): Resource {
  const type = BY_PREFIX[id.split("-")[0] ?? ""] ?? "";
  const urn = `${near.split("::").slice(0, 2).join("::")}::${type}::${id}`;
  return makeResource({ urn, type, id, external: true, idOnly: true });
}

/** The last part of an ARN: `arn:aws:iam::1:policy/path/name`. */
function bareName(text: string): string {
  return text.startsWith("arn:") ? (text.split(/[:/]/).pop() ?? text) : text;
}
