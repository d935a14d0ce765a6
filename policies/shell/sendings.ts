/**
 * Who has Systems Manager run a document on hosts: an association, a task of a maintenance window, a rule of EventBridge, a schedule. Properties as
 * @pulumi/aws has them; the input of a schedule is that of the API's SendCommand.
 */
import { ofType } from "../core/graph";
import { dependenciesOf, resolveId } from "../core/references";
import { fieldsOf, readTemplate } from "../core/template/read";
import { UNKNOWN } from "../core/types";
import type { Graph, Props, Resource, Value } from "../core/types";
import { asArray, asProps, asString, isAbsent, isUnknown, leaves } from "../core/values";

/** Where hosts are named: a list of `{ key, values }`, and whose property that is. */
export interface Targets {
  readonly holder: Resource;
  readonly property: string;
  readonly value: Value | undefined;
}

export interface Sending {
  readonly resource: Resource;
  /** The name or the ARN of the document. */
  readonly document: Value | undefined;
  /** The property through which a document of the program flows in. */
  readonly property: string;
  readonly version: Value | undefined;
  /** Values by the names of parameters; unknown where nobody knows. */
  readonly parameters: Value | undefined;
  readonly targets: readonly Targets[];
}

const WINDOW_TARGET = /^aws:ssm\/maintenanceWindowTarget:MaintenanceWindowTarget$/u;
const SEND_COMMAND = /^arn:[^:]*:scheduler:::aws-sdk:ssm:sendCommand$/u;

type Read = (resource: Resource, graph: Graph) => Sending | undefined;

const association: Read = (resource) => {
  const { name, documentVersion, parameters, instanceId, targets } = resource.inputs;
  // The older way to name one host.
  const one = { holder: resource, property: "instanceId", value: [{ key: "InstanceIds", values: instanceId ?? null }] };
  return {
    resource,
    document: name,
    property: "name",
    version: documentVersion,
    parameters,
    targets: [isAbsent(instanceId) ? { holder: resource, property: "targets", value: targets } : one],
  };
};

const windowTask: Read = (resource, graph) => {
  const { taskType, taskArn, targets, taskInvocationParameters } = resource.inputs;
  if (asString(taskType) !== "RUN_COMMAND") return undefined;
  const run = asProps(asProps(taskInvocationParameters)?.runCommandParameters);
  return {
    resource,
    document: taskArn,
    property: "taskArn",
    version: run?.documentVersion,
    parameters: isUnknown(taskInvocationParameters) ? taskInvocationParameters : namedValues(run?.parameters),
    targets: windowTargets(graph, resource, targets),
  };
};

/** `WindowTargetIds` name lists of hosts that are registered with the window. */
function windowTargets(graph: Graph, resource: Resource, given: Value | undefined): Targets[] {
  const lists = (asArray(given) ?? []).map((target) => asProps(target) ?? {});
  if (!lists.some(({ key }) => asString(key) === "WindowTargetIds")) return [{ holder: resource, property: "targets", value: given }];
  const own = dependenciesOf(graph, resource, "targets", WINDOW_TARGET);
  const named = lists.flatMap(({ values }) =>
    leaves(values).flatMap((leaf) => (typeof leaf === "string" ? resolveId(graph, leaf, WINDOW_TARGET) : [])),
  );
  const all = [...new Set([...own, ...named])];
  const count = lists.reduce((sum, { values }) => sum + leaves(values).length, 0);
  // One that is registered elsewhere may hold other hosts.
  return all.length < count ? [] : all.map((holder) => ({ holder, property: "targets", value: holder.inputs.targets }));
}

/** `[{ name, values }]`. */
function namedValues(given: Value | undefined): Value | undefined {
  if (isAbsent(given) || isUnknown(given)) return given;
  const entries = (asArray(given) ?? []).map((one): [string, Value] => {
    const { name, values } = asProps(one) ?? {};
    return [asString(name) ?? "", values ?? null];
  });
  return Object.fromEntries(entries);
}

const eventTarget: Read = (resource) => {
  const { arn, runCommandTargets, input, inputPath, inputTransformer } = resource.inputs;
  if (isAbsent(runCommandTargets)) return undefined;
  const isMade = !isAbsent(inputPath) || !isAbsent(inputTransformer);
  return {
    resource,
    document: arn,
    property: "arn",
    version: undefined,
    parameters: isMade ? UNKNOWN : objectIn(input),
    targets: [{ holder: resource, property: "runCommandTargets", value: runCommandTargets }],
  };
};

const schedule: Read = (resource) => {
  const { arn, input } = asProps(resource.inputs.target) ?? {};
  if (!SEND_COMMAND.test(asString(arn) ?? "")) return undefined;
  const request = asProps(objectIn(input)) ?? {};
  const ids = isAbsent(request.InstanceIds) ? [] : [{ Key: "InstanceIds", Values: request.InstanceIds }];
  const lists = [...ids, ...(asArray(request.Targets) ?? [])].map((target): Value => {
    const { Key, Values } = asProps(target) ?? {};
    return { key: Key ?? null, values: Values ?? null };
  });
  return {
    resource,
    document: request.DocumentName,
    property: "target",
    version: request.DocumentVersion,
    parameters: request.Parameters,
    targets: [{ holder: resource, property: "target", value: lists }],
  };
};

/** An object as JSON. */
function objectIn(input: Value | undefined): Value | undefined {
  if (isAbsent(input)) return undefined;
  const text = asString(input);
  return (text === undefined ? undefined : (fieldsOf(readTemplate(text)) as Props | undefined)) ?? UNKNOWN;
}

const SENDERS: readonly (readonly [RegExp, Read])[] = [
  [/^aws:ssm\/association:Association$/u, association],
  [/^aws:ssm\/maintenanceWindowTask:MaintenanceWindowTask$/u, windowTask],
  [/^aws:cloudwatch\/eventTarget:EventTarget$/u, eventTarget],
  [/^aws:scheduler\/schedule:Schedule$/u, schedule],
];

/** Whether resources of this type may have a document run. */
export const maySend = ({ type }: Resource): boolean => SENDERS.some(([one]) => one.test(type));

export const sendingsOf = (graph: Graph): Sending[] =>
  SENDERS.flatMap(([type, read]) => ofType(graph, type).flatMap((resource) => read(resource, graph) ?? []));
