import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { asProps, asString, isAbsent } from "../../core/values";
import { REMOTE } from "./places";
import { label, violation } from "./report";

const FIX = "log in with a key (`privateKey`) and switch password login off on the host";

export const policy: Policy = {
  id: "connection-without-password",
  severity: "high",
  control: "NET-4",
  tags: ["secrets", "ssh"],
  description: "Hosts and the bastion are logged in to with a key, never with a password.",
  why: "Password login has to be open on the host for it to work, and passwords can be guessed and replayed.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'connection: { host, user: "ubuntu", password: config.requireSecret("password") }',
  good: 'connection: { host, user: "ubuntu", privateKey: config.requireSecret("sshPrivateKey") }',
  evaluate: (graph) => ofType(graph, REMOTE).flatMap(check),
};

function check(resource: Resource): Finding[] {
  const own = asProps(resource.inputs.connection);
  const places = [
    { path: "connection.password", value: own?.password },
    { path: "connection.proxy.password", value: asProps(own?.proxy)?.password },
  ];
  return places
    .filter(({ value }) => !isAbsent(value) && asString(value) !== "")
    .map(({ path }) => violation(resource, `${path} is set on ${label(resource)}, so the login is by password: ${FIX}`));
}
