import { Secret } from "../../core/types";
import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { isUnknown } from "../../core/values";
import { COMMAND, SCRIPT_KEYS } from "./places";
import { evenMarked, label, unknown, violation } from "./report";
import { findSecrets } from "./decode";
import { hostReports } from "../../shell/host";
import type { HostReport } from "../../shell/host";
import { holdsSecret, isKnown, plain } from "../../shell/text";
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
  evaluate: async (graph, settings) => {
    const composed = composedIn(await hostReports(graph, settings));
    return ofType(graph, COMMAND).flatMap((resource) => {
      const found = check(resource);
      return found.length > 0
        ? found
        : (composed.get(resource.urn) ?? [])
            .filter((kind) => !isGiven(resource, kind))
            .map((kind) => violation(resource, `a script of ${label(resource)} puts together ${kind}: ${FIX}`));
    });
  },
};

/** What comes by an input is a matter of that input, whose mark not every engine shows. */
const isGiven = (resource: Resource, kind: string): boolean =>
  [...scan(resource.inputs.stdin, "stdin"), ...scan(resource.inputs.environment, "environment")].some((spot) => spot.kind === kind);

/** Secrets that a script makes of pieces, in the text that it writes: by the Command that runs it. Text of a marked input is where it belongs. */
function composedIn(reports: readonly HostReport[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { record } of reports)
    for (const { content, place } of record.written) {
      if (holdsSecret(content) || !isKnown(content) || content.length > 20_000) continue;
      const kinds = findSecrets(plain(content));
      if (kinds.length > 0) found.set(place.runBy ?? place.urn, kinds);
    }
  return found;
}

function check(resource: Resource): Finding[] {
  return [...SCRIPT_KEYS, "interpreter"].flatMap((key) => {
    const value = resource.inputs[key];
    if (!(value instanceof Secret) && isUnknown(value))
      return [unknown(resource, `${key} of ${label(resource)} is not known yet, so it may come to hold a secret: ${FIX}`)];
    return evenMarked(resource, scan(value, key), FIX);
  });
}
