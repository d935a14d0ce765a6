/** What flows into the connection of a remote step while it is not known. */
import type { Graph, Resource } from "../../core/types";
import { asString } from "../../core/values";
import { REMOTE } from "../../shell/steps";

export const isRemote = (resource: Resource): boolean => REMOTE.test(resource.type);

/** The resources whose outputs flow into the connection. */
export const seenInConnection = (graph: Graph, step: Resource): Resource[] =>
  (step.propertyDependencies.connection ?? []).map((urn) => graph.byUrn.get(urn)).filter((r): r is Resource => r !== undefined);

/** A Command whose text asks a host for its keys, to pin them. */
export const learnsHostKeys = (resource: Resource): boolean =>
  /^command:(local|remote):Command$/u.test(resource.type) &&
  /\bssh-keyscan\b|ssh_host_\w+_key\.pub/u.test(asString(resource.inputs.create) ?? "");
