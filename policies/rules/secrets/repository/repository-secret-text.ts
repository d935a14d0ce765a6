import type { Finding, Policy, Resource } from "../../../core/types";
import { realFormats } from "../detect";
import { filesOf, found, textOf } from "./graph";

const FIX = "take it out, change it at its issuer (git keeps the old text), and read it from secret configuration";

export const policy: Policy = {
  id: "repository-secret-text",
  severity: "critical",
  control: "SECRET-2",
  tags: ["repository", "secrets"],
  description: "No file of the repository holds a key or a token of a known issuer, such as a default in code.",
  why: "Whoever can read the repository, now or later, has it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'const apiKey = process.env.API_KEY ?? "sk-proj-…";',
  good: 'const apiKey = config.requireSecret("apiKey");',
  evaluate: (graph) => filesOf(graph).flatMap(check),
};

/** Lock files are digests from end to end. */
const LOCKS = /(^|\/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|go\.sum|Cargo\.lock)$/;

function check(file: Resource): Finding[] {
  const text = textOf(file);
  if (text === undefined || LOCKS.test(file.urn)) return [];
  return realFormats(text).map(({ kind, line }) => found(file.urn, `${file.urn}:${String(line)} holds ${kind}: ${FIX}`, line));
}
