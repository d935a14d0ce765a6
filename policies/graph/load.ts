/** Reads a graph from JSON text: `pulumi stack export`, preview:offline, or `pulumi preview --json`. */
import { makeGraph } from "../core/graph";
import type { Graph, NotShown, Resource } from "../core/types";
import { kind, loadResource, object } from "./load-resource";

export type Format = "stack export" | "preview:offline" | "pulumi preview --json";

/** Input that cannot be evaluated. The message names the source, what was found and what to give instead. */
export class InputError extends Error {}

const EXPECTED =
  "expected the JSON of `pulumi stack export` (deployment.resources), of `npm run -s preview:offline -- --json` (resources) or of `pulumi preview --json --show-sames` (steps)";
/** More problems than this are counted, not listed. */
const LISTED = 10;

/**
 * @param text the JSON
 * @param source the file's name, for messages
 * @throws InputError with every problem found
 */
export function loadGraph(text: string, source: string): { graph: Graph; format: Format } {
  const { format, items, notShown } = detect(parse(text, source), source);
  const problems: string[] = [];
  const resources: Resource[] = [];
  for (const { json, place } of items) {
    try {
      resources.push(loadResource(json, place));
    } catch (error) {
      // The engine's own words for a stack that overflows are no place and no remedy.
      if (error instanceof RangeError)
        problems.push(`${place}: its values nest too deeply to be read; expected at most some hundred levels`);
      else problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length > 0) {
    const more = problems.length > LISTED ? [`and ${String(problems.length - LISTED)} more`] : [];
    throw new InputError(
      `${source}: not a graph that can be evaluated (read as ${format}):\n  ${[...problems.slice(0, LISTED), ...more].join("\n  ")}`,
    );
  }
  return { format, graph: { ...makeGraph(resources, true), ...(notShown.length > 0 ? { notShown } : {}) } };
}

function parse(text: string, source: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's own message quotes the text, which may hold secrets.
    throw new InputError(
      `${source}: not JSON (${text.trim() === "" ? "the file is empty" : "cut short, or with other output mixed in"}); ${EXPECTED}`,
    );
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new InputError(`${source}: found ${kind(json)}; ${EXPECTED}`);
  return json as Readonly<Record<string, unknown>>;
}

interface Item {
  readonly json: unknown;
  readonly place: string;
}
interface Detected {
  readonly format: Format;
  readonly items: readonly Item[];
  readonly notShown: readonly NotShown[];
}

function detect(json: Readonly<Record<string, unknown>>, source: string): Detected {
  if ("deployment" in json) {
    const deployment = wrap(source, () => object(json.deployment, "deployment"));
    // A stack without resources has no such key.
    const items = list(deployment.resources ?? [], "deployment.resources", source);
    // What waits for its deletion is no part of the stack any more.
    return { format: "stack export", items: items.filter(({ json: item }) => field(item, "delete") !== true), notShown: [] };
  }
  // Before `steps`: preview:offline lists the steps of the hosts as well.
  if ("resources" in json) return { format: "preview:offline", items: list(json.resources, "resources", source), notShown: [] };
  if ("steps" in json) {
    const steps = list(json.steps, "steps", source);
    if (leavesOut(json, steps, source)) return { format: "pulumi preview --json", items: [], notShown: ["unchangedResources"] };
    const deleted = new Set(steps.flatMap(({ json: step }) => (field(step, "op") === "delete" ? [field(step, "urn")] : [])));
    const items = steps
      .filter(({ json: step }) => !deleted.has(field(step, "urn")))
      .flatMap(({ json: step, place }) => stateOf(step, place));
    return { format: "pulumi preview --json", items, notShown: ["stackOutputs"] };
  }
  const keys = Object.keys(json);
  throw new InputError(
    `${source}: found an object with ${keys.length > 0 ? `the keys ${keys.slice(0, 8).join(", ")}` : "no keys"}; ${EXPECTED}`,
  );
}

/**
 * Does a preview in which nothing changes leave out the resources?
 *
 * @throws InputError when something changes and the rest is left out: most of the stack is missing then, and whatever were said of it would be
 * wrong.
 */
function leavesOut(json: Readonly<Record<string, unknown>>, steps: readonly Item[], source: string): boolean {
  const counts = Object.entries((json.changeSummary ?? {}) as Readonly<Record<string, unknown>>);
  const counted = field(json.changeSummary, "same");
  const listed = steps.filter(({ json: step }) => field(step, "op") === "same").length;
  if (typeof counted !== "number" || counted <= listed) return false;
  if (listed === steps.length && counts.every(([op, number]) => op === "same" || number === 0)) return true;
  throw new InputError(
    `${source}: steps lists ${String(listed)} of the ${String(counted)} unchanged resources, so the stack cannot be evaluated; write it with \`pulumi preview --json --show-sames\``,
  );
}

/** The state a step leads to; none for a deletion. What does not change keeps its id and its outputs, which only the old state may show. */
function stateOf(step: unknown, place: string): Item[] {
  const state = field(step, "newState");
  const old = field(step, "op") === "same" ? field(step, "oldState") : undefined;
  if (isRecord(state) && isRecord(old)) {
    const kept = Object.fromEntries(["id", "outputs"].flatMap((key) => (state[key] === undefined ? [[key, old[key]]] : [])));
    return [{ json: { ...state, ...kept }, place: `${place}.newState` }];
  }
  if (state !== undefined && state !== null) return [{ json: state, place: `${place}.newState` }];
  return typeof field(step, "op") === "string" ? [] : [{ json: undefined, place: `${place}.newState` }];
}

function list(value: unknown, place: string, source: string): Item[] {
  if (!Array.isArray(value)) throw new InputError(`${source}: ${place}: expected a list, found ${kind(value)}`);
  return value.map((json: unknown, index) => ({ json, place: `${place}[${String(index)}]` }));
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function wrap<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`${source}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
