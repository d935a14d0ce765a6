import { Secret } from "../../core/types";
import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { isUnknown } from "../../core/values";
import { COMMAND, SCRIPT_KEYS } from "./places";
import { evenMarked, label, unknown } from "./report";
import { scan } from "./scan";

const FIX = "keep the script literal and send the secret by `stdin`, wrapped in pulumi.secret";

export const policy: Policy = {
  id: "secret-in-script",
  severity: "critical",
  control: "SECRET-2",
  tags: ["secrets", "host-setup", "shell"],
  description: "The create, update and delete scripts of a Command hold no secret: no .env text, no key, no clone URL with a password.",
  why: "Scripts are kept in the state, printed as a whole when they fail (even where marked as secret), and shown in the process list of the host.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new remote.Command("env", { create: `echo "SECRET_KEY=4f9a…" > /home/ddos/app/.env`, ... });',
  good: 'new remote.Command("env", { create: "umask 077; cat > /home/ddos/app/.env", stdin: pulumi.secret(envText), ... });',
  evaluate: (graph) => ofType(graph, COMMAND).flatMap(check),
};

function check(resource: Resource): Finding[] {
  return [...SCRIPT_KEYS, "interpreter"].flatMap((key) => {
    const value = resource.inputs[key];
    if (!(value instanceof Secret) && isUnknown(value))
      return [unknown(resource, `${key} of ${label(resource)} is not known yet, so it may come to hold a secret: ${FIX}`)];
    return evenMarked(resource, scan(value, key), FIX);
  });
}
