import { Secret } from "../../core/types";
import type { Finding, Graph, Policy, Props, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { REMOTE } from "./places";
import { label, unknown, violation } from "./report";

const FIX = "read it with config.requireSecret (or wrap it in pulumi.secret)";
const FIELDS = ["privateKey", "privateKeyPassword", "password"];

export const policy: Policy = {
  id: "connection-credentials-marked",
  severity: "critical",
  control: "NET-4",
  tags: ["secrets", "ssh"],
  description: "Private keys and passwords of SSH connections, the bastion's included, are marked as secret.",
  why: "A plain key in the program is in git, and in the state for everybody who can read it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'connection: { host, user: "ubuntu", privateKey: config.require("sshPrivateKey") }',
  good: 'connection: { host, user: "ubuntu", privateKey: config.requireSecret("sshPrivateKey") }',
  evaluate: (graph) => ofType(graph, REMOTE).flatMap((resource) => check(graph, resource)),
};

function check(graph: Graph, resource: Resource): Finding[] {
  const { connection } = resource.inputs;
  // The command provider's SDK marks the connection as a whole; Pulumi drops that mark while the host's address is unknown.
  if (connection instanceof Secret || isUnknown(connection)) return [];
  const own = asProps(connection) ?? {};
  const proxy = own.proxy;
  const inner = proxy instanceof Secret ? {} : (asProps(proxy) ?? {});
  return [...fields(graph, resource, own, "connection"), ...fields(graph, resource, inner, "connection.proxy")];
}

function fields(graph: Graph, resource: Resource, props: Props, path: string): Finding[] {
  return FIELDS.flatMap((field) => {
    const value = props[field];
    if (value instanceof Secret || isAbsent(value) || asString(value) === "") return [];
    const what = `${path}.${field} of ${label(resource)}`;
    if (isUnknown(value)) return [unknown(resource, `${what} is not known yet, and not marked as secret: ${FIX}`)];
    if (!graph.secretsMarked)
      return [unknown(resource, `${what} is readable here, and this source does not tell whether it is marked as secret: ${FIX}`)];
    return [violation(resource, `${what} is plain (not marked as secret): ${FIX}`)];
  });
}
