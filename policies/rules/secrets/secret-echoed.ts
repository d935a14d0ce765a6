import { Secret } from "../../core/types";
import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { asProps, asString, containsSecret } from "../../core/values";
import { printedSecrets } from "./echo";
import { isSecretName } from "./names";
import { COMMAND, SCRIPT_KEYS } from "./places";
import { label, violation } from "./report";
import { scan } from "./scan";
import { scriptFiles } from "./script-files";

const FIX = 'print nothing of it; on steps that see secrets set logging: "none" and additionalSecretOutputs: ["stdout", "stderr"]';

export const policy: Policy = {
  id: "secret-echoed",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets", "host-setup", "shell"],
  description: "A Command that gets a secret does not print it where it is logged or kept in plain.",
  why: "A Command's stdout is not secret because its input is: it goes to the log of the deployment and, as an output, to the state.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new remote.Command("env", { create: "tee /home/ddos/app/.env", stdin: pulumi.secret(envText), ... });',
  good: 'new remote.Command("env", { create: "tee /home/ddos/app/.env >/dev/null", stdin: pulumi.secret(envText), ... });',
  evaluate: async (graph, settings) => {
    const files = await scriptFiles(graph, settings);
    return ofType(graph, COMMAND).flatMap((resource) => check(resource, files(resource)));
  },
};

/** @param files texts of the script files that the Command runs */
function check(resource: Resource, files: readonly string[]): Finding[] {
  const { inputs } = resource;
  const secretInput = containsSecret(inputs.stdin) || scan(inputs.stdin, "stdin").some((spot) => spot.state === "secret");
  const variables = Object.entries(asProps(inputs.environment) ?? {})
    .filter(([name, value]) => value instanceof Secret || isSecretName(name))
    .map(([name]) => name);
  const scripts = [
    ...SCRIPT_KEYS.map((key) => ({ what: key, text: asString(inputs[key]) ?? "" })),
    ...files.map((text) => ({ what: "a script file", text })),
  ];
  const ways = scripts.flatMap(({ what, text }) =>
    printedSecrets(text, { stdin: secretInput, variables }).map((way) => `${what} of ${label(resource)} ${way}`),
  );
  const open = exposure(resource);
  return open === undefined ? [] : ways.map((way) => violation(resource, `${way}, and ${open}: ${FIX}`));
}

/** Where the output of the command can be read; undefined where it is neither logged nor kept in plain. */
function exposure(resource: Resource): string | undefined {
  const logging = asString(resource.inputs.logging) ?? "stdoutAndStderr";
  const kept = resource.options.additionalSecretOutputs?.includes("stdout") === true || resource.outputs.stdout instanceof Secret;
  if (logging === "stdout" || logging === "stdoutAndStderr") return `its output is logged (logging: "${logging}")`;
  return kept ? undefined : "its stdout is kept in plain in the state";
}
