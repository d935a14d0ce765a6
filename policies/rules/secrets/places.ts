/** Which properties of which resources carry what: the one map from a resource to the secret policies that evaluate it. */
import type { Resource, Value } from "../../core/types";
import { once } from "../../core/graph";
import { asArray, asProps, containsSecret, isAbsent, isUnknown } from "../../core/values";

export const COMMAND = /^command:(local|remote):Command$/;
export const REMOTE = /^command:remote:/;
export const STACK = "pulumi:pulumi:Stack";
export const PROVIDER = /^pulumi:providers:/;
/** What the path of an output begins with. */
export const OUTPUT = "output ";
export const PARAMETER = /^aws:ssm\/parameter:Parameter$|^aws-native:ssm:Parameter$/;

export const SCRIPT_KEYS = ["create", "update", "delete"];
const COMMAND_KEYS = [...SCRIPT_KEYS, "triggers", "environment", "stdin", "connection"];
/** One tag as a resource of its own (ec2, autoscaling, ecs, dynamodb, transfer). */
export const TAG_RESOURCE = /^aws(-native)?:\w+(\/\w+)?:Tag$/;
const USER_DATA = /^userData(s|Base64|ReplaceOnChange)?$/;
const TAGS = /^(tags(All)?|volumeTags|tagSpecifications|defaultTags)$/;
/** Properties by which compute services take environment variables. */
const ENVIRONMENT =
  /^(environment(s|Variables)?|envVars|containerDefinitions|containerProperties|ecsProperties|settings|sourceConfiguration|taskDefinition|variables)$/;

export type Area = "user-data" | "tags" | "command" | "parameter" | "environment" | "provider" | "output" | "other";

/** The area that a top-level property belongs to; each policy evaluates one, so one secret is reported once. */
export function areaOf(resource: Resource, key: string): Area {
  if (resource.type === STACK) return "output";
  if (PROVIDER.test(resource.type)) return TAGS.test(key) ? "tags" : "provider";
  if (USER_DATA.test(key)) return "user-data";
  if (TAGS.test(key) || (TAG_RESOURCE.test(resource.type) && /^(key|value|tag)$/.test(key))) return "tags";
  if (COMMAND.test(resource.type) && COMMAND_KEYS.includes(key)) return "command";
  if (REMOTE.test(resource.type) && (key === "connection" || key === "triggers")) return "command";
  if (PARAMETER.test(resource.type) && /^(value|insecureValue)$/.test(key)) return "parameter";
  return ENVIRONMENT.test(key) ? "environment" : "other";
}

export interface Place {
  readonly path: string;
  readonly key: string;
  readonly value: Value;
}

/**
 * The top-level properties of a resource, inputs first, outputs where the program gave no such input. An output that is not known is left
 * out: what the provider is going to fill in there is not the program's (`userDataBase64` at every preview), and once it is known it counts.
 */
export const properties = once((resource: Resource): readonly Place[] => {
  const given = Object.entries(resource.inputs).map(([key, value]) => ({ path: key, key, value }));
  const made = Object.entries(resource.outputs)
    .filter(([key, value]) => isAbsent(resource.inputs[key]) && !isUnknown(value))
    .map(([key, value]) => ({ path: `${OUTPUT}${key}`, key, value }));
  return [...given, ...made];
});

/** Outputs that repeat a marked input without its mark: the state then holds in plain what the program kept secret. */
export function unmarkedCopies(resource: Resource): Place[] {
  return Object.entries(resource.outputs)
    .filter(([key, value]) => containsSecret(resource.inputs[key]) && !containsSecret(value))
    .map(([key, value]) => ({ path: `${OUTPUT}${key}`, key, value }));
}

/** Properties of one area, wherever they are in the resource (a launch specification in a list has user data of its own). */
export function nested(resource: Resource, area: Area): readonly Place[] {
  const areas = areasOf(resource);
  const found = areas.get(area) ?? findNested(resource, area);
  areas.set(area, found);
  return found;
}

const areasOf = once((_: Resource) => new Map<Area, readonly Place[]>());

function findNested(resource: Resource, area: Area): Place[] {
  const found: Place[] = [];
  const visit = (value: Value, path: string, depth: number): void => {
    const list = asArray(value);
    const props = list ? undefined : asProps(value);
    if (depth > 6) return;
    list?.forEach((item, index) => visit(item, `${path}[${String(index)}]`, depth + 1));
    for (const [key, item] of Object.entries(props ?? {})) {
      if (areaOf(resource, key) === area) found.push({ path: `${path}.${key}`, key, value: item });
      else visit(item, `${path}.${key}`, depth + 1);
    }
  };
  for (const place of properties(resource)) {
    if (areaOf(resource, place.key) === area) found.push(place);
    else if (resource.type !== STACK) visit(place.value, place.path, 0);
  }
  return found;
}
