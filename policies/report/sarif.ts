/** SARIF 2.1.0, as code scanning services read it. */
import type { Outcome, Result } from "../core/outcome";
import { CONTROLS } from "../core/framework";
import type { Policy } from "../core/types";

/** Scores that GitHub sorts into low, medium, high and critical. */
const SEVERITY: Readonly<Record<Policy["severity"], string>> = { low: "3.0", medium: "5.0", high: "7.5", critical: "9.5" };

/**
 * @param graphFile path of the evaluated file, as the result's location
 * @param version of the pack
 */
export function sarifReport(result: Result, policies: readonly Policy[], graphFile: string, version: string): string {
  const spoken = result.outcomes.filter((outcome) => outcome.verdict !== "pass");
  const results = [
    ...spoken.map((outcome) => finding(outcome, graphFile)),
    ...result.exempted.map(({ outcome, exemption }) => ({
      ...finding(outcome, graphFile),
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
  return {
    id: policy.id,
    shortDescription: { text: policy.description },
    fullDescription: { text: policy.why },
    help: { text: policy.remediationSteps },
    defaultConfiguration: {
      level: policy.enforcementLevel === "mandatory" ? "error" : "warning",
      enabled: !result.disabled.includes(policy.id),
    },
    properties: {
      control: `${policy.control}: ${CONTROLS[policy.control]}`,
      "security-severity": SEVERITY[policy.severity],
      tags: ["security", ...policy.tags],
    },
  };
}

/** What is unknown is of kind "review", what is not evaluated "notApplicable": SARIF wants level "none" with every kind but "fail". */
function finding(outcome: Outcome, graphFile: string): object {
  const violation = outcome.verdict === "violation";
  return {
    ruleId: outcome.policy,
    kind: violation ? "fail" : outcome.notShown === undefined ? "review" : "notApplicable",
    level: violation ? (outcome.level === "mandatory" ? "error" : "warning") : "none",
    message: { text: outcome.message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(graphFile) } },
        logicalLocations: [{ fullyQualifiedName: outcome.urn === "" ? "stack" : outcome.urn, kind: "resource" }],
      },
    ],
    properties: { verdict: outcome.verdict, enforcementLevel: outcome.level },
  };
}
