import type { Finding, Policy, Resource } from "../../core/types";
import { asString, isUnknown, propertyOf } from "../../core/values";
import { ofType } from "../../core/references";
import { isSecretName } from "./names";
import { PARAMETER } from "./places";
import { evenMarked, label, unknown, violation } from "./report";
import { scan } from "./scan";

const FIX = 'make it type "SecureString"';

export const policy: Policy = {
  id: "plain-ssm-parameter",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets"],
  description: "SSM parameters that hold secrets are of type SecureString.",
  why: "A parameter of type String or StringList is stored in plain and shown to every identity that may read parameters.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.ssm.Parameter("key", { type: "String", name: "/ddos/SECRET_KEY", value: secretKey });',
  good: 'new aws.ssm.Parameter("key", { type: "SecureString", name: "/ddos/SECRET_KEY", value: secretKey });',
  evaluate: (graph) => ofType(graph, PARAMETER).flatMap(check),
};

function check(resource: Resource): Finding[] {
  const type = propertyOf(resource, "type");
  if (asString(type) === "SecureString") return [];
  const called = [resource.name, asString(resource.inputs.name)].find((name) => name !== undefined && isSecretName(name));
  if (isUnknown(type))
    return called === undefined
      ? []
      : [unknown(resource, `type of ${label(resource)} is not known yet, and its name promises a secret: ${FIX}`)];
  // The SDK marks `value` always, so a mark says nothing here: the text decides, and the name where there is none to read.
  const values = ["value", "insecureValue"].filter((key) => resource.inputs[key] !== undefined);
  const seen = values.flatMap((key) => scan(resource.inputs[key], key, called ?? key).filter((spot) => spot.state === "secret"));
  if (seen.length > 0) return evenMarked(resource, seen, `it is a parameter of type "${asString(type) ?? "String"}"; ${FIX}`);
  const hidden = values.some((key) => isUnknown(resource.inputs[key]));
  if (!hidden || called === undefined) return [];
  return [
    violation(resource, `${label(resource)} is of type "${asString(type) ?? "String"}" and its name, ${called}, promises a secret: ${FIX}`),
  ];
}
