/** Which top-level properties of a resource receive a guarded thing: by reference, by a literal id, ARN, name or address, or by a tag that selects it. */
import type { Props, Resource, Value } from "../../core/types";
import { asArray, asProps, asString, children, containsUnknown, leaves, reveal } from "../../core/values";
import { intersect, isEmpty, parseCidr } from "../network/ip-set";
import type { Guarded, Thing } from "./guarded";

export interface Receipt {
  readonly property: string;
  readonly thing: Thing;
  /** False where an unknown or foreign literal may be the thing. */
  readonly certain: boolean;
}

const OWN_NOTES = /^(tags|tagsAll|tagSpecifications|defaultTags|volumeTags|__.*)$/;
/** Longer texts are programs or data; names are looked for in their beginning. */
const LONGEST = 100_000;

export function receipts(guarded: Guarded, resource: Resource): Receipt[] {
  const found = Object.entries(resource.inputs)
    .filter(([key]) => !OWN_NOTES.test(key))
    .flatMap(([property, value]) => received(guarded, resource, property, value).map((one) => ({ ...one, property })));
  if (found.length > 0 || Object.keys(resource.propertyDependencies).length > 0 || !containsUnknown(resource.inputs)) return found;
  // A source that does not note which property a dependency flows into.
  return resource.dependencies.flatMap((urn) => {
    const thing = guarded.things.get(urn);
    return thing ? [{ property: "a property that is not known yet", thing, certain: true }] : [];
  });
}

function received(guarded: Guarded, resource: Resource, property: string, value: Value): Omit<Receipt, "property">[] {
  const found = new Map<string, Omit<Receipt, "property">>();
  const note = (thing: Thing, certain = true): void => {
    if (thing.resource.urn !== resource.urn && !found.has(thing.resource.urn)) found.set(thing.resource.urn, { thing, certain });
  };
  // A known value is read; only an unknown one is joined to what flows into it.
  if (containsUnknown(value))
    for (const urn of resource.propertyDependencies[property] ?? []) {
      const thing = guarded.things.get(urn);
      if (thing) note(thing);
    }
  for (const leaf of leaves(value)) if (typeof leaf === "string") for (const thing of named(guarded, leaf)) note(thing);
  if (JOINS.test(resource.type))
    for (const leaf of leaves(value))
      if (typeof leaf === "string") for (const word of [leaf, ...wordsOf(leaf)]) for (const thing of routed(guarded, word)) note(thing);
  for (const thing of selected(guarded, value)) note(thing);
  return [...found.values()];
}

/** Things that a text names. */
function named(guarded: Guarded, text: string): Thing[] {
  const exact = guarded.names.get(text) ?? guarded.names.get(text.split("/").pop() ?? "");
  if (exact) return [exact];
  const inside = guarded.words.filter(({ text: word }) => hasWord(text, word)).map(({ thing }) => thing);
  if (inside.length > 0) return inside;
  const inText = text.length > 40 ? namesInside(guarded, text) : [];
  return inText.length > 0 ? inText : addressed(guarded, text);
}

/** Ids inside a longer text: a template, a definition, a kubeconfig. */
function namesInside(guarded: Guarded, text: string): Thing[] {
  const words = text.slice(0, LONGEST).match(/[\w:/.-]{8,}/g) ?? [];
  return [...new Set(words.flatMap((word) => guarded.names.get(word) ?? guarded.names.get(word.split("/").pop() ?? "") ?? []))];
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? "/"}${text[at + word.length] ?? "/"}`;
    if (!/[a-z0-9-]/i.test(around)) return true;
  }
  return false;
}

/** One host's address in the backend's subnets, alone or in a URL. */
function addressed({ addresses, host, names }: Guarded, text: string): Thing[] {
  // `10.0.0.0/20` is a range, and so no host's.
  if (/\/(?!32$)\d{1,2}$/.test(text)) return [];
  // By an address or a name that is known to be its own, wherever its subnet lies.
  const named = names.get(/^(?:[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?)?([\w.-]+)(?:\/32)?(?::\d+)?(?:[/?#].*)?$/i.exec(text)?.[1] ?? "");
  if (named) return [named];
  const address = /^(?:[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?)?(\d{1,3}(?:\.\d{1,3}){3})(?:\/32)?(?::\d+)?(?:[/?#].*)?$/i.exec(text)?.[1];
  const set = address === undefined ? undefined : parseCidr(address);
  return host && set && !isEmpty(intersect(set, addresses)) ? [host] : [];
}

/** Resources that lead one network into another: what they are told of a range they make reachable. In AWS that is the route tables' part. */
const JOINS =
  /^(?!aws:)(tailscale|wireguard|zerotier|unifi|mikrotik|cloudflare|netbird|twingate):|^(?!aws[:-])[^$]*(vpn|tunnel|localNetworkGateway|interconnect)/i;

/** Of a list of access rules, such as Tailscale's `acl` (HuJSON): `"dst": ["10.0.101.0/24:9000"]`. */
const wordsOf = (text: string): readonly string[] =>
  /[\s",:]/.test(text)
    ? [...new Set(text.slice(0, LONGEST).match(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\d./])/g) ?? [])]
    : [];

/** A range or an address of the backend's subnets, or one that holds them; the default route names no network. */
function routed({ addresses, host }: Guarded, text: string): Thing[] {
  const set = /^[\d.]+(\/(?!0$)\d{1,2})?$/.test(text) ? parseCidr(text) : undefined;
  return host && set && !isEmpty(intersect(set, addresses)) ? [host] : [];
}

const PREFIX = /^(tag:|aws:ResourceTag\/)/;
const KEY_FIELDS = ["key", "Key", "name", "Name", "tagKey"];
const VALUE_FIELDS = ["value", "Value", "values", "Values", "tagValue"];

/** A backend host selected by its tag: `{ Role: "backend" }`, `{ key: "tag:Role", values: ["backend"] }`. */
function selected(guarded: Guarded, value: Value | undefined): Thing[] {
  if (guarded.tags.size === 0) return [];
  const props = asProps(value);
  const here = props ? selectedBy(props, guarded.tags) : [];
  return [...here, ...children(value).flatMap((inner) => selected(guarded, inner))];
}

/** Looked up by the names that are there, not by each host: hosts of one program often bear the same tag. */
function selectedBy(props: Props, tags: Guarded["tags"]): Thing[] {
  const of = (name: string | undefined, value: Value | undefined): readonly Thing[] => {
    const values = name === undefined ? undefined : tags.get(name.replace(PREFIX, ""));
    return values === undefined ? [] : texts(value).flatMap((text) => values.get(text) ?? []);
  };
  const name = KEY_FIELDS.map((field) => asString(props[field])).find((found) => found !== undefined);
  return [...Object.entries(props).flatMap(([key, value]) => of(key, value)), ...VALUE_FIELDS.flatMap((field) => of(name, props[field]))];
}

function texts(value: Value | undefined): string[] {
  return (asArray(value) ?? [reveal(value) ?? null]).map(asString).filter((text) => text !== undefined);
}
