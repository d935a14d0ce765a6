/**
 * Writes the reference page from the policies' own metadata: `npm run policies:docs` writes docs/policies.md, with
 * `--check` it only says whether the page is up to date (exit 1 when not).
 */
import { join } from "node:path";
import { pageCommand, start } from "./cli";
import { areas, repositoryArea } from "./rules";
import type { Area } from "./rules";
import { CONTROLS } from "./core/framework";
import { answersEarly } from "./core/types";
import type { Policy } from "./core/types";

/** The page's text. */
export function referencePage(all: readonly Area[]): string {
  const policies = all.flatMap((area) => area.policies);
  const mandatory = policies.filter((policy) => policy.enforcementLevel === "mandatory").length;
  const early = policies.filter(answersEarly).length;
  return [
    "# Policies",
    "",
    "<!-- Written by `npm run policies:docs` from policies/rules; change the policies, not this page. -->",
    "",
    `${String(policies.length)} policies, ${String(mandatory)} of them mandatory. How to run, configure and exempt: [policies/README.md](../policies/README.md).`,
    "",
    `${String(early)} policies are evaluated before a resource is created or changed as well, which matters for \`pulumi up --skip-preview\`: see [operations.md](operations.md#policies-and---skip-preview).`,
    "",
    "| policy | level | severity | before creation | what holds |",
    "| --- | --- | --- | --- | --- |",
    ...policies.map(
      (policy) =>
        `| [${policy.id}](#${policy.id}) | ${policy.enforcementLevel} | ${policy.severity} | ${answersEarly(policy) ? "yes" : "no"} | ${cell(policy.description)} |`,
    ),
    "",
    ...all.flatMap((area) => [`## ${area.title}`, "", ...area.policies.flatMap(section)]),
  ].join("\n");
}

function section(policy: Policy): string[] {
  return [
    `### ${policy.id}`,
    "",
    policy.description,
    "",
    `- Level: ${policy.enforcementLevel}; severity: ${policy.severity}`,
    `- Control: ${policy.control}, ${CONTROLS[policy.control]}`,
    `- Why: ${policy.why}`,
    `- Remediation: ${policy.remediationSteps}`,
    `- Evaluated before creation at \`pulumi up\`: ${before(policy)}`,
    "",
    "Violates:",
    "",
    ...code(policy.bad),
    "Holds:",
    "",
    ...code(policy.good),
  ];
}

function before(policy: Policy): string {
  if (!answersEarly(policy)) return policy.enforcementLevel === "advisory" ? "no (it stops nothing)" : "no, at the end of the run alone";
  return policy.local ? "yes, on each resource alone" : "yes, on a resource and those registered before it, as far as they show";
}

function code(example: string): string[] {
  return ["```ts", example.trim(), "```", ""];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

export const policiesDocsCommand = pageCommand("policies:docs", [
  { file: join(__dirname, "..", "docs", "policies.md"), source: "policies/rules", text: () => referencePage([...areas, repositoryArea]) },
]);

if (require.main === module) start(policiesDocsCommand);
