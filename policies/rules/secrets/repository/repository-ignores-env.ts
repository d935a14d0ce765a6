import type { Finding, Graph, Policy } from "../../../core/types";
import { filesOf, found, textOf } from "./graph";
import { isIgnored } from "./ignore";

const FIX = 'add a line ".env" to it';

export const policy: Policy = {
  id: "repository-ignores-env",
  severity: "high",
  control: "SECRET-1",
  tags: ["repository", "secrets"],
  description: "The repository's .gitignore names .env.",
  why: "Without it the next `git add .` commits every secret of the service, and git does not forget.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "# .gitignore\nnode_modules/",
  good: "# .gitignore\nnode_modules/\n.env",
  evaluate: check,
};

function check(graph: Graph): Finding[] {
  const file = filesOf(graph).find(({ urn }) => urn === ".gitignore");
  if (!file) return [found(".gitignore", 'there is no .gitignore, so .env is one `git add .` away from git: make one with a line ".env"')];
  const text = textOf(file) ?? "";
  return isIgnored(text, ".env") ? [] : [found(".gitignore", `.gitignore does not ignore .env: ${FIX}`)];
}
