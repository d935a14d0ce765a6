import { Secret } from "../../core/types";
import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { isUnknown } from "../../core/values";
import { COMMAND, SCRIPT_KEYS } from "./places";
import { evenMarked, label, unknown, violation } from "./report";
import { findSecrets } from "./decode";
import { askHosts } from "../../shell/answers";
import type { Question } from "../../shell/answers";
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
    const composed = new Map((await askHosts(COMPOSED, graph, settings)).flat());
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
const COMPOSED: Question<readonly (readonly [urn: string, kinds: readonly string[]])[]> = {
  name: "secrets composed by scripts",
  operator: true,
  answer: ({ record }) =>
    record.written.flatMap(({ content, place }): [string, readonly string[]][] => {
      if (holdsSecret(content) || !isKnown(content) || content.length > 20_000) return [];
      const kinds = findSecrets(plain(content));
      return kinds.length > 0 ? [[place.runBy ?? place.urn, kinds]] : [];
    }),
};

function check(resource: Resource): Finding[] {
  return [...SCRIPT_KEYS, "interpreter"].flatMap((key) => {
    const value = resource.inputs[key];
    if (!(value instanceof Secret) && isUnknown(value))
      return [unknown(resource, `${key} of ${label(resource)} is not known yet, so it may come to hold a secret: ${FIX}`)];
    return evenMarked(resource, scan(value, key), FIX);
  });
}
