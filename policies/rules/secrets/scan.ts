/** Where a value holds secrets: every leaf with its path, what it holds, and whether the program marked it. */
import { partsOf } from "../../core/assets";
import type { Part } from "../../core/assets";
import { Asset, Secret, Unknown } from "../../core/types";
import type { Props, Value } from "../../core/types";
import { asProps, isProps } from "../../core/values";
import { findSecrets } from "./decode";
import { findFormats } from "./detect";
import type { Kind } from "./detect";
import { isSecretName, isSecretValue, namesAStoredSecret } from "./names";

/** One place of interest. */
export interface Spot {
  /** `environment.SECRET_KEY`, `tags["x"]`: fit to be printed. */
  readonly path: string;
  readonly marked: boolean;
  /**
   * `secret`: the text is at hand and holds one. `hidden`: marked, the text is not at hand. `unknown`: not known
   * before `up` and not marked, under a name that promises a secret.
   */
  readonly state: "secret" | "hidden" | "unknown";
  readonly kind: Kind;
}

interface Place {
  readonly path: string;
  /** The nearest key: what the value is called. */
  readonly name: string;
  readonly marked: boolean;
}

/** All places in a value that hold, or may hold, a secret. `path` names the value in messages. */
export function scan(value: Value | undefined, path: string, name = path): Spot[] {
  return value === undefined ? [] : visit(value, { path, name, marked: false });
}

function visit(value: Value, place: Place): Spot[] {
  if (value instanceof Secret) return visit(value.value, { ...place, marked: true });
  if (value instanceof Unknown) return unknownSpot(place);
  if (value instanceof Asset) return partsOf(value).flatMap((part) => partSpots(part, place));
  if (typeof value === "string") return textSpots(value, place);
  if (typeof value === "number") return isSecretName(place.name) && value >= 100_000 ? [spot(place, `a value for ${place.name}`)] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => visit(item, { ...place, path: `${place.path}[${String(index)}]` }));
  return isProps(value) ? propsSpots(value, place) : [];
}

function partSpots({ path, asset, secret }: Part, place: Place): Spot[] {
  if (asset?.kind !== "text" || asset.content === undefined) return [];
  return textSpots(asset.content, {
    ...place,
    path: path === "" ? place.path : `${place.path}["${path}"]`,
    marked: place.marked || secret,
  });
}

function unknownSpot(place: Place): Spot[] {
  if (place.marked) return [{ path: place.path, marked: true, state: "hidden", kind: "a value marked as secret" }];
  return isSecretName(place.name)
    ? [{ path: place.path, marked: false, state: "unknown", kind: `${printable(place.name)}, not known yet` }]
    : [];
}

function textSpots(text: string, place: Place): Spot[] {
  const json = parsed(text);
  if (json !== undefined) {
    const inner = visit(json, place);
    if (inner.length > 0) return inner;
  }
  const kinds = findSecrets(text);
  if (kinds.length > 0) return kinds.map((kind) => spot(place, kind));
  return isSecretName(place.name) && isSecretValue(text) && !namesAStoredSecret(place.name, text)
    ? [spot(place, `a value for ${printable(place.name)}`)]
    : [];
}

/** What a value is called that stands beside its name: ECS, App Runner, tag lists, variables of CI. */
export const calledIn = (props: Props): Value | undefined => props.name ?? props.Name ?? props.key ?? props.Key ?? props.variableName;

/** The name of the header that a rule of a load balancer or of WAF compares with the text in `key`. */
function comparedIn(props: Props, key: string): string | undefined {
  const header =
    key === "values" ? props.httpHeaderName : key === "searchString" ? asProps(asProps(props.fieldToMatch)?.singleHeader)?.name : undefined;
  return typeof header === "string" ? header : undefined;
}

/** CodeBuild's `type` says that the value is where the secret is kept: a parameter, or `secret-id:json-key:stage:version`. */
const REFERRING = /^(PARAMETER_STORE|SECRETS_MANAGER)$/;

/** A variable by reference; its value may still have the form of a secret, which is then found as in any text. */
const refers = ({ type, Type }: Props): boolean => [type, Type].some((kind) => typeof kind === "string" && REFERRING.test(kind));

/** `{ name, value }` and `{ key, value }` say in `name` what `value` is. */
function propsSpots(props: Props, place: Place): Spot[] {
  const called = calledIn(props);
  return Object.entries(props).flatMap(([key, item]) => {
    if (typeof item === "string" && /^value$/i.test(key) && refers(props))
      return findSecrets(item).map((kind) => spot({ ...place, path: `${place.path}${step(key)}` }, kind));
    const name = (/^value$/i.test(key) && typeof called === "string" ? called : comparedIn(props, key)) ?? key;
    const inKey = findFormats(key).map((kind) => spot({ ...place, path: `${place.path}${step(key)}` }, `${kind} as a name`));
    return [...inKey, ...visit(item, { path: `${place.path}${step(key)}`, name, marked: place.marked })];
  });
}

function spot(place: Place, kind: Kind): Spot {
  return { path: place.path, marked: place.marked, state: "secret", kind };
}

function step(key: string): string {
  return /^[A-Za-z_][\w-]{0,60}$/.test(printable(key)) ? `.${printable(key)}` : `["${printable(key)}"]`;
}

/** A key can be a secret as well (a token as a tag's name): then it is not printed. */
export function printable(key: string): string {
  return findSecrets(key).length > 0 ? "***" : key.slice(0, 80);
}

const PARSE_LIMIT = 1_000_000;

function parsed(text: string): Value | undefined {
  if (!/^\s*[{[]/.test(text) || text.length > PARSE_LIMIT) return undefined;
  try {
    const json = JSON.parse(text) as Value;
    return typeof json === "object" ? json : undefined;
  } catch {
    return undefined; // not JSON: read as text
  }
}
