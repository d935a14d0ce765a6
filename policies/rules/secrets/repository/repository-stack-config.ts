import type { Finding, Policy, Resource, Value } from "../../../core/types";
import { asProps, asString } from "../../../core/values";
import { readYaml } from "../../../core/yaml";
import { isSecretValue } from "../names";
import { scan } from "../scan";
import { filesOf, found, textOf } from "./graph";

const FIX = "set it with `pulumi config set --secret`, which writes it encrypted (`secure:`)";

export const policy: Policy = {
  id: "repository-stack-config",
  severity: "critical",
  control: "SECRET-2",
  tags: ["repository", "secrets"],
  description:
    "Pulumi.yaml and the stack files hold no plain secret: values under secret names are encrypted, and defaults are no secrets.",
  why: "Stack files are in git; `pulumi config set` without --secret writes the value as it is.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "config:\n  ml-gateway:secretKey: 4f9a…",
  good: "config:\n  ml-gateway:secretKey:\n    secure: v1:…",
  evaluate: (graph) =>
    filesOf(graph)
      .filter(({ urn }) => STACK_FILE.test(urn))
      .flatMap(check),
};

const STACK_FILE = /(^|\/)Pulumi(\.[^/]+)?\.ya?ml$/;

function check(file: Resource): Finding[] {
  const text = textOf(file);
  const document = readYaml(text ?? "");
  if (text === undefined || document === undefined || document.errors.length > 0)
    return [{ verdict: "unknown", urn: file.urn, message: `${file.urn} cannot be read as YAML, so what it holds is not known: fix it` }];
  const config = asProps(asProps(document.toJS() as Value)?.config) ?? {};
  return Object.entries(config).flatMap(([key, value]) => entry(file.urn, key, value));
}

/** A stack's value, or a project's declaration `{ type, default | value, secret }`. */
function entry(path: string, key: string, value: Value): Finding[] {
  const name = key.split(":").pop() ?? key;
  const declared = asProps(value);
  const secretDefault = declared?.secret === true && isSecretValue(asString(declared.default ?? declared.value) ?? "");
  if (secretDefault)
    return [found(path, `${path}: the default of ${key} is plain, though the key is declared secret: leave the default out; ${FIX}`)];
  const spots = scan(declared && "default" in declared ? { [name]: declared.default ?? null } : plain(value), key, name);
  return [...new Set(spots.filter((spot) => spot.state === "secret").map((spot) => `${spot.path} holds ${spot.kind}`))].map((what) =>
    found(path, `${path}: ${what} in plain: ${FIX}`),
  );
}

/** Encrypted parts taken out. */
function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain);
  const props = asProps(value);
  if (!props) return value;
  if (Object.keys(props).length === 1 && typeof props.secure === "string") return null;
  return Object.fromEntries(Object.entries(props).map(([key, item]) => [key, plain(item)]));
}
