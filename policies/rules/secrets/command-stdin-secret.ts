import { Secret } from "../../core/types";
import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/references";
import { asString, isUnknown } from "../../core/values";
import { COMMAND, SCRIPT_KEYS } from "./places";
import { scriptFiles } from "./script-files";
import { label, unknown, unlessMarked } from "./report";
import { scan } from "./scan";

const FIX = "wrap the text in pulumi.secret";

export const policy: Policy = {
  id: "command-stdin-secret",
  severity: "high",
  control: "SECRET-2",
  tags: ["secrets", "host-setup"],
  description: "Secrets on the standard input of a Command are marked as secret.",
  why: "Unmarked input is kept in plain in the state and shown by previews.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new remote.Command("env", { create: "cat > .env", stdin: envText, ... });',
  good: 'new remote.Command("env", { create: "cat > .env", stdin: pulumi.secret(envText), ... });',
  evaluate: async (graph, settings) => {
    const files = await scriptFiles(graph, settings);
    return ofType(graph, COMMAND).flatMap((resource) => check(graph, resource, files(resource)));
  },
};

/** @param files texts of the script files that the Command runs */
function check(graph: Graph, resource: Resource, files: readonly string[]): Finding[] {
  const { stdin } = resource.inputs;
  if (!(stdin instanceof Secret) && isUnknown(stdin)) {
    // A mark is lost while the value is unknown; most such inputs are addresses, so only a secret's destination is a reason to ask.
    if (!takesSecrets(resource, files)) return [];
    return [
      unknown(
        resource,
        `stdin of ${label(resource)} is not known yet and goes into a secret file, so whether it is marked is not known: ${FIX}`,
      ),
    ];
  }
  return unlessMarked(graph, resource, scan(stdin, "stdin"), FIX);
}

/** Does the script write its input into a file that is there for secrets, or does its name say so? */
function takesSecrets(resource: Resource, files: readonly string[]): boolean {
  if (/(^|[-_])(dot)?env($|[-_])|secret|credential|password/i.test(resource.name)) return true;
  return [...SCRIPT_KEYS.map((key) => asString(resource.inputs[key]) ?? ""), ...files].some((script) =>
    script.split(/[\n#]/).some(writesSecrets),
  );
}

const WRITES = />|\btee\b|\binstall\b|\bof=/;
const SECRET_FILE = /\.env\b(?!\.)|credentials|\.pgpass|\.netrc|id_(rsa|ed25519|ecdsa)\b(?!\.pub)/;

function writesSecrets(line: string): boolean {
  const at = line.search(WRITES);
  return at >= 0 && SECRET_FILE.test(line.slice(at + 1));
}
