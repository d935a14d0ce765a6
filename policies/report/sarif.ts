/** SARIF 2.1.0, as code scanning services read it. */
import { createHash } from "node:crypto";
import type { Outcome, Result } from "../core/outcome";
import { CONTROLS } from "../core/framework";
import { mappingTags } from "../core/mappings";
import { lessonOf } from "../core/lesson";
import type { Lesson } from "../core/lesson";
import type { Policy } from "../core/types";

/** Scores that GitHub sorts into low, medium, high and critical. */
const SEVERITY: Readonly<Record<Policy["severity"], string>> = { low: "3.0", medium: "5.0", high: "7.5", critical: "9.5" };

/** Where the evaluated things stand in the repository. Paths with forward slashes, relative to its root; empty: the root itself. */
export interface Folders {
  /** The one of Pulumi.yaml. */
  readonly program: string;
  /** The one whose files were evaluated (--repository). */
  readonly files: string;
}

/**
 * Code scanning on GitHub refuses a log in which a result has no file of the repository: what no line of the program accounts for stands at
 * Pulumi.yaml.
 *
 * @param version of the pack
 */
export function sarifReport(result: Result, policies: readonly Policy[], folders: Folders, version: string): string {
  const spoken = result.outcomes.filter((outcome) => outcome.verdict !== "pass");
  const printOf = fingerprints();
  const results = [
    ...spoken.map((outcome) => finding(outcome, folders, printOf(outcome))),
    ...result.exempted.map(({ outcome, exemption }) => ({
      ...finding(outcome, folders, printOf(outcome)),
      suppressions: [{ kind: "external", status: "accepted", justification: `${exemption.reason} (until ${exemption.expires})` }],
    })),
  ];
  const rules = [...policies.map((policy) => rule(policy, result)), exemptionsRule];
  const driver = { name: "ml-gateway-policies", version, informationUri: "https://www.pulumi.com/docs/insights/policy/", rules };
  const sarif = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, results, properties: { summary: result.summary } }],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

const exemptionsRule = {
  id: "exemptions",
  shortDescription: { text: "Exemptions name one finding and have not expired." },
  defaultConfiguration: { level: "warning", enabled: true },
};

function rule(policy: Policy, result: Result): object {
  const lesson = lessonOf(policy);
  return {
    id: policy.id,
    shortDescription: { text: policy.description },
    fullDescription: { text: lesson.why },
    help: { text: `${lesson.why} ${lesson.remediationSteps}`, markdown: helpOf(policy, lesson) },
    defaultConfiguration: {
      level: policy.enforcementLevel === "mandatory" ? "error" : "warning",
      enabled: !result.disabled.includes(policy.id),
    },
    properties: {
      control: `${policy.control}: ${CONTROLS[policy.control]}`,
      "security-severity": SEVERITY[policy.severity],
      tags: ["security", ...policy.tags, ...mappingTags(policy.id)],
    },
  };
}

function helpOf(policy: Policy, { why, remediationSteps, example }: Lesson): string {
  const fence = (code: string): string => `\`\`\`ts\n${code.trim()}\n\`\`\``;
  return `${why}\n\n**Fix.** ${remediationSteps}\n\nViolates:\n\n${fence(policy.bad)}\n\nHolds:\n\n${fence(example)}\n`;
}

/**
 * What makes a finding the same one in the next log: its policy and its resource, whatever its line and its figures are by then; several of one resource
 * are counted. A log that comes by GitHub's API gets none there, and its alerts would be opened anew by each:
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
 */
function fingerprints(): (outcome: Outcome) => string {
  const seen = new Map<string, number>();
  return ({ policy, urn }) => {
    const key = createHash("sha256").update(`${policy}\0${urn}`).digest("hex").slice(0, 16);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return `${key}:${String(count)}`;
  };
}

/** What is unknown is of kind "review", what is not evaluated "notApplicable": SARIF wants level "none" with every kind but "fail". */
function finding(outcome: Outcome, folders: Folders, print: string): object {
  const violation = outcome.verdict === "violation";
  return {
    ruleId: outcome.policy,
    kind: violation ? "fail" : outcome.notShown === undefined ? "review" : "notApplicable",
    level: violation ? (outcome.level === "mandatory" ? "error" : "warning") : "none",
    message: { text: outcome.message },
    locations: [
      {
        physicalLocation: physical(outcome, folders),
        logicalLocations: [{ fullyQualifiedName: outcome.urn === "" ? "stack" : outcome.urn, kind: "resource" }],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: print },
    properties: { verdict: outcome.verdict, enforcementLevel: outcome.level },
  };
}

/** A finding about a file of the repository has that file's path for a URN. */
function physical({ urn, source }: Outcome, { program, files }: Folders): object {
  const isFile = urn !== "" && !urn.startsWith("urn:");
  const file = source?.file ?? (isFile ? urn : "Pulumi.yaml");
  const path = [isFile ? files : program, file].filter((part) => part !== "").join("/");
  const column = source?.column === undefined ? {} : { startColumn: source.column };
  return {
    artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/") },
    region: { startLine: source?.line ?? 1, ...column },
  };
}
