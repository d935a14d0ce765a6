/**
 * Associations of Systems Manager: their agent runs a document on hosts when the association is made, and again by its schedule. A document of the
 * program that holds shell scripts alone is read as these (schema versions 1.2 and 2.2, "SSM document data elements"); of another one
 * judgeable-resources says that it cannot be read.
 */
import { ofType, once } from "../core/graph";
import { dependenciesOf, resolveId } from "../core/references";
import { fieldsOf, readTemplate } from "../core/template/read";
import type { Graph, Resource, Value } from "../core/types";
import { asArray, asProps, asString, isAbsent, leaves, reveal } from "../core/values";
import { INSTANCE } from "./launches";
import { quote } from "./text";

const ASSOCIATION = /^aws:ssm\/association:Association$/u;
const DOCUMENT = /^aws:ssm\/document:Document$/u;
const LAUNCHERS = /^aws:(autoscaling\/group:|ec2\/(fleet|spotFleetRequest):)/u;
/** AWS's own document, which runs the text that it is given. */
const GIVEN_TEXT = /^(arn:[^:]*:ssm:[^:]*:[^:]*:document\/)?AWS-RunShellScript$/u;

export const isAssociation = ({ type }: Resource): boolean => ASSOCIATION.test(type);

export interface Associated {
  /** The association, with the script as its input `document`. */
  readonly step: Resource;
  readonly instances: readonly Resource[];
}

/** Those of which the script and the hosts are known, by their URNs. */
export const associationsOf = once(
  (graph: Graph): ReadonlyMap<string, Associated> =>
    new Map(
      ofType(graph, ASSOCIATION).flatMap((association): [string, Associated][] => {
        const document = scriptOf(graph, association);
        const instances = document === undefined ? [] : targetsOf(graph, association);
        return document === undefined || instances.length === 0
          ? []
          : [[association.urn, { step: { ...association, inputs: { ...association.inputs, document } }, instances }]];
      }),
    ),
);

/** All that it runs, as one script; undefined where a part of it is something else, or not known. */
function scriptOf(graph: Graph, association: Resource): string | undefined {
  const name = asString(association.inputs.name);
  const given = parametersOf(association.inputs.parameters);
  if (given === undefined) return undefined;
  if (name !== undefined && GIVEN_TEXT.test(name)) return given.get("commands");
  const documents = dependenciesOf(graph, association, "name", DOCUMENT);
  const named = name === undefined ? [] : ofType(graph, DOCUMENT).filter((one) => asString(one.inputs.name) === name || one.name === name);
  const [document, ...others] = [...new Set([...documents, ...named])];
  const version = association.inputs.documentVersion;
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
    if (workingDirectory === undefined || workingDirectory === "") return lines.join("\n");
    return typeof workingDirectory === "string" ? `cd ${quote(workingDirectory)}\n${lines.join("\n")}` : undefined;
  });
  return scripts.every((text) => text !== undefined) ? scripts : undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

function defaultsOf(parameters: unknown): [string, string][] {
  return Object.entries(fieldsOf(parameters) ?? {}).flatMap(([name, declared]): [string, string][] => {
    const value = fieldsOf(declared)?.default;
    const text = Array.isArray(value) ? value.map(String).join("\n") : value;
    return typeof text === "string" || typeof text === "number" || typeof text === "boolean" ? [[name, String(text)]] : [];
  });
}

/** What the association gives; undefined where some of it is not known. */
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
function targetsOf(graph: Graph, association: Resource): readonly Resource[] {
  const { instanceId, targets } = association.inputs;
  const instances = ofType(graph, INSTANCE);
  const found = (isAbsent(instanceId) ? (asArray(targets) ?? []) : []).map((target) => {
    const { key, values } = asProps(target) ?? {};
    const name = asString(key) ?? "";
    if (/^instanceids$/iu.test(name)) return leaves(values).includes("*") ? instances : meant(graph, association, values);
    const tag = /^tag:(.+)$/u.exec(name)?.[1];
    // Machines of a group or a fleet have tags that no resource of their own shows.
    return tag === undefined || ofType(graph, LAUNCHERS).length > 0 ? [] : instances.filter((one) => hasTag(one, tag, values));
  });
  return found.some((some) => some.length === 0) ? [] : [...new Set(found.flat())];
}

function meant(graph: Graph, association: Resource, value: Value | undefined): readonly Resource[] {
  const named = leaves(value).flatMap((leaf) => (typeof leaf === "string" ? resolveId(graph, leaf, INSTANCE) : []));
  return [...new Set([...named, ...dependenciesOf(graph, association, "targets", INSTANCE)])];
}

/** A tag that is not known yet may be the one. */
function hasTag({ inputs: { tags } }: Resource, name: string, values: Value | undefined): boolean {
  const tag = asProps(tags)?.[name];
  const own = asString(tag);
  return own === undefined ? !isAbsent(tag) : leaves(values).some((leaf) => asString(leaf) === own);
}
