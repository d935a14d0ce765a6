/**
 * Writes the reference pages from the policies' own metadata: `npm run policies:docs` writes docs/policies.md (the index) and docs/policies/ (a page
 * a family), with `--check` it only says whether they are up to date (exit 1 when not).
 */
import { join } from "node:path";
import { pageCommand, start } from "./cli";
import { areas, repositoryArea } from "./rules";
import type { Area } from "./rules";
import { CONTROLS } from "./core/framework";
import { mappingTexts } from "./core/mappings";
import { answersEarly } from "./core/types";
import type { Policy } from "./core/types";

const INTRODUCTION = `# Policies

<!-- Written by \`npm run policies:docs\` from policies/rules; change the policies, not this page. -->
`;

/** The index: each policy in one line, by family. */
export function indexPage(all: readonly Area[]): string {
  const policies = all.flatMap((area) => area.policies);
  const mandatory = policies.filter((policy) => policy.enforcementLevel === "mandatory").length;
  const early = policies.filter(answersEarly).length;
  return [
    INTRODUCTION,
    `${String(policies.length)} policies, ${String(mandatory)} of them mandatory. Each family has a page with the reason, the fix and examples of each policy.`,
    "How to run, configure and exempt: [policies/README.md](../policies/README.md).",
    "",
    `"Early": ${String(early)} policies are evaluated before a resource is created or changed as well, which matters for \`pulumi up --skip-preview\`:`,
    "see [operations.md](operations.md#policies-and---skip-preview).",
    "",
    ...all.flatMap(indexSection),
  ].join("\n");
}

function indexSection(area: Area): string[] {
  const row = (policy: Policy): string =>
    `| [${policy.id}](policies/${area.page}.md#${policy.id}) | ${policy.enforcementLevel} | ${answersEarly(policy) ? "yes" : "no"} | ${cell(oneLine(policy.description))} |`;
  return [
    `## [${area.title}](policies/${area.page}.md)`,
    "",
    "| policy | level | early | what holds |",
    "| --- | --- | --- | --- |",
    ...area.policies.map(row),
    "",
  ];
}

/** The page of one family. */
export function familyPage(area: Area): string {
  return [
    `# ${area.title}`,
    "",
    "<!-- Written by `npm run policies:docs` from policies/rules; change the policies, not this page. -->",
    "",
    `${String(area.policies.length)} of the [policies](../policies.md).`,
    "",
    ...area.policies.flatMap(section),
  ].join("\n");
}

/** What a line of a table holds. */
const LINE = 110;

/** The first sentence, cut between its words where it is longer than a line. */
function oneLine(description: string): string {
  const [sentence = ""] = /^.*?\.(?= |$)/s.exec(description) ?? [description];
  // eslint-disable-next-line regexp/no-super-linear-backtracking -- of one line, and of the pack's own words
  return sentence.length <= LINE ? sentence : `${sentence.slice(0, LINE).replace(/[\s,;:(]+\S*$/, "")} …`;
}

function section(policy: Policy): string[] {
  return [
    `## ${policy.id}`,
    "",
    policy.description,
    "",
    `- Level: ${policy.enforcementLevel}; severity: ${policy.severity}`,
    `- Control: ${policy.control}, ${CONTROLS[policy.control]}`,
    ...mappingLine(policy.id),
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

function mappingLine(id: string): string[] {
  const texts = mappingTexts(id);
  return texts.length === 0 ? [] : [`- Also: ${texts.join("; ")}`];
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

/** Every page, with the path that it has below docs/. */
export function policyPages(all: readonly Area[]): { readonly path: string; readonly text: () => string }[] {
  return [
    { path: "policies.md", text: () => indexPage(all) },
    ...all.map((area) => ({ path: `policies/${area.page}.md`, text: () => familyPage(area) })),
  ];
}

const DOCS = join(__dirname, "..", "docs");

export const policiesDocsCommand = pageCommand(
  "policies:docs",
  policyPages([...areas, repositoryArea]).map(({ path, text }) => ({ file: join(DOCS, path), source: "policies/rules", text })),
  "Writes docs/policies.md, the index, and docs/policies/*.md, a page a family, from the policies' own metadata.",
);

if (require.main === module) start(policiesDocsCommand);
