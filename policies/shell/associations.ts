/**
 * What Systems Manager runs on hosts: an association when it is made, and again by its schedule; a task, a rule or a schedule in its time. A document
 * of the program that holds shell scripts alone is read as these (schema versions 1.2 and 2.2, "SSM document data elements"); of another one
 * judgeable-resources says that it cannot be read.
 */
import { ofType, once } from "../core/graph";
import { dependenciesOf, resolveId } from "../core/references";
import { tagOf } from "../core/select";
import { fieldsOf, readTemplate } from "../core/template/read";
import type { Graph, Props, Resource, Value } from "../core/types";
import { asArray, asProps, asString, isAbsent, leaves, reveal } from "../core/values";
import { INSTANCE } from "./launches";
import { sendingsOf } from "./sendings";
import type { Sending, Targets } from "./sendings";
import { quote } from "./text";

const DOCUMENT = /^aws:ssm\/document:Document$/u;
const LAUNCHERS = /^aws:(autoscaling\/group:|ec2\/(fleet|spotFleetRequest):)/u;
/** AWS's own document, which runs the text that it is given. */
const GIVEN_TEXT = /^AWS-RunShellScript$/u;

export interface Associated {
  /** The association, task, rule's target or schedule, with the script as its input `document`. */
  readonly step: Resource;
  readonly instances: readonly Resource[];
}

/** Those of which the script and the hosts are known, by their URNs. */
export const associationsOf = once(
  (graph: Graph): ReadonlyMap<string, Associated> =>
    new Map(
      sendingsOf(graph).flatMap((sending): [string, Associated][] => {
        const document = scriptOf(graph, sending);
        const instances = document === undefined ? [] : targetsOf(graph, sending);
        const { resource } = sending;
        return document === undefined || instances.length === 0
          ? []
          : [[resource.urn, { step: { ...resource, inputs: { ...resource.inputs, document } }, instances }]];
      }),
    ),
);

/** All that it runs, as one script; undefined where a part of it is something else, or not known. */
function scriptOf(graph: Graph, { resource, property, version, ...sending }: Sending): string | undefined {
  const name = asString(sending.document)?.replace(/^arn:[^:]*:ssm:[^:]*:[^:]*:document\//u, "");
  const given = parametersOf(sending.parameters);
  if (given === undefined) return undefined;
  if (name !== undefined && GIVEN_TEXT.test(name)) return inFolder(given.get("workingDirectory"), given.get("commands"));
  // A name that is known says which one is meant; only one that is not known is joined to what flows in.
  const documents = dependenciesOf(graph, resource, property, DOCUMENT).filter((one) => name === undefined || ownName(one) === name);
  const named = name === undefined ? [] : ofType(graph, DOCUMENT).filter((one) => asString(one.inputs.name) === name || one.name === name);
  const [document, ...others] = [...new Set([...documents, ...named])];
  if (document === undefined || others.length > 0 || (!isAbsent(version) && !/^\$(LATEST|DEFAULT)$/u.test(asString(version) ?? "")))
    return undefined;
  const content = contentOf(document);
  const scripts = content && scriptsIn(content);
  const parameters = content && new Map([...defaultsOf(content.parameters), ...given]);
  const filled = scripts?.map((text) => filledIn(text, parameters ?? new Map()));
  return filled !== undefined && filled.length > 0 && filled.every((text) => text !== undefined)
    ? filled.map((text) => (filled.length === 1 ? text : `(\n${text}\n)\n`)).join("")
    : undefined;
}

const ownName = ({ inputs, outputs, id }: Resource): string | undefined => asString(inputs.name) ?? asString(outputs.name) ?? id;

const contentOf = once((document: Resource): Readonly<Record<string, unknown>> | undefined => {
  const content = reveal(document.inputs.content);
  const text = asString(content);
  return text === undefined ? fieldsOf(asProps(content)) : readTemplate(text);
});

/** The scripts of its steps; undefined where a step does something else. */
function scriptsIn(content: Readonly<Record<string, unknown>>): string[] | undefined {
  const old = fieldsOf(content.runtimeConfig);
  const steps: readonly unknown[] = old
    ? Object.entries(old).flatMap(([action, plugin]) => listOf(fieldsOf(plugin)?.properties).map((inputs): unknown => ({ action, inputs })))
    : listOf(content.mainSteps);
  const scripts = steps.map((step) => {
    const { action, inputs } = fieldsOf(step) ?? {};
    const { runCommand, workingDirectory } = fieldsOf(inputs) ?? {};
    const lines = typeof runCommand === "string" ? [runCommand] : listOf(runCommand);
    if (action !== "aws:runShellScript" || lines.length === 0 || !lines.every((line) => typeof line === "string")) return undefined;
    return inFolder(workingDirectory, lines.join("\n"));
  });
  return scripts.every((text) => text !== undefined) ? scripts : undefined;
}

function inFolder(folder: unknown, text: string | undefined): string | undefined {
  if (text === undefined || folder === undefined || folder === "") return text;
  return typeof folder === "string" ? `cd ${quote(folder)}\n${text}` : undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

function defaultsOf(parameters: unknown): [string, string][] {
  return Object.entries(fieldsOf(parameters) ?? {}).flatMap(([name, declared]): [string, string][] => {
    const value = fieldsOf(declared)?.default;
    const text = Array.isArray(value) ? value.map(String).join("\n") : value;
    return typeof text === "string" || typeof text === "number" || typeof text === "boolean" ? [[name, String(text)]] : [];
  });
}

/** What is given with it; undefined where some of it is not known. */
function parametersOf(given: Value | undefined): ReadonlyMap<string, string> | undefined {
  if (isAbsent(given)) return new Map();
  const entries = Object.entries(asProps(given) ?? { unknown: null }).map(([name, value]): [string, string | undefined] => [
    name,
    asString(value) ?? lines(value),
  ]);
  return entries.every((entry): entry is [string, string] => entry[1] !== undefined) ? new Map(entries) : undefined;
}

function lines(value: Value | undefined): string | undefined {
  const texts = asArray(value)?.map(asString);
  return texts?.every((text) => text !== undefined) ? texts.join("\n") : undefined;
}

/** `{{ name }}` of a parameter; what Systems Manager looks up elsewhere (`{{ ssm:name }}`) is not known. */
function filledIn(text: string, parameters: ReadonlyMap<string, string>): string | undefined {
  let isWhole = true;
  const filled = text.replace(/\{\{\s{0,20}([\w:./-]{1,200})\s{0,20}\}\}/gu, (all, name: string) => {
    if (name.startsWith("global:") || name.startsWith("platform:")) return all;
    const value = parameters.get(name);
    if (value === undefined) isWhole = false;
    return value ?? all;
  });
  return isWhole ? filled : undefined;
}

/** The instances of the program that it names; none where it may name others as well. */
function targetsOf(graph: Graph, { targets }: Sending): readonly Resource[] {
  const found = targets.flatMap((one) => (asArray(one.value) ?? [null]).map((target) => hostsOf(graph, one, asProps(target) ?? {})));
  return found.some((some) => some.length === 0) ? [] : [...new Set(found.flat())];
}

function hostsOf(graph: Graph, { holder, property }: Targets, { key, values }: Props): readonly Resource[] {
  const instances = ofType(graph, INSTANCE);
  const name = asString(key) ?? "";
  if (/^instanceids$/iu.test(name)) return leaves(values).includes("*") ? instances : meant(graph, holder, property, values);
  const tag = /^tag:(.+)$/u.exec(name)?.[1];
  // Machines of a group or a fleet have tags that no resource of their own shows.
  return tag === undefined || ofType(graph, LAUNCHERS).length > 0 ? [] : instances.filter((one) => hasTag(graph, one, tag, values));
}

function meant(graph: Graph, holder: Resource, property: string, value: Value | undefined): readonly Resource[] {
  const named = leaves(value).flatMap((leaf) => (typeof leaf === "string" ? resolveId(graph, leaf, INSTANCE) : []));
  return [...new Set([...named, ...dependenciesOf(graph, holder, property, INSTANCE)])];
}

/** A tag that is not known yet may be the one. */
function hasTag(graph: Graph, instance: Resource, name: string, values: Value | undefined): boolean {
  const tag = tagOf(graph, instance, name);
  const own = asString(tag);
  return own === undefined ? !isAbsent(tag) : leaves(values).some((leaf) => asString(leaf) === own);
}
