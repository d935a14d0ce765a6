import type { Finding, Graph, Policy, Settings } from "../../core/types";
import { ofType, resolveId } from "../../core/references";
import { keepsStrangersOut, networksNamed } from "../../graph/iam-condition";
import type { Statement } from "../../graph/iam-document";
import { actionAnswer } from "../../graph/iam-match";
import { reachOf } from "../../graph/iam-principal";
import { policyTexts } from "./bucket-policy-text";
import type { PolicyText } from "./bucket-policy-text";
import { BUCKET_TYPES, finding, nameOf } from "./model";

const FIX =
  "name the roles that may read it as principals; a condition narrows a statement only where it names something of your own, whole and without wildcards (the id of your VPC endpoint, the ARN of your role)";

const WRITES = ["s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy"];

export const policy: Policy = {
  id: "bucket-not-public",
  severity: "critical",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "No policy of the models bucket or of its access points lets everybody in.",
  why: "A model that anybody can download is published; one that anybody can write runs anybody's code on the backend.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'policy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${arn}/*` }] }',
  good: 'policy: { Statement: [{ Effect: "Allow", Principal: { AWS: backendRole.arn }, Action: "s3:GetObject", Resource: `${arn}/models/*` }] }',
  evaluate: (graph, settings) => letsInAll(graph, settings),
};

/** @param isForWebsites a network that publishes what it reads is what the buckets are for */
export function letsInAll(graph: Graph, settings: Settings, isForWebsites = false): Finding[] {
  return policyTexts(graph, settings).flatMap((text) => {
    const found = text.document.statements.flatMap((statement) => open(graph, text, statement, isForWebsites));
    if (text.document.complete) return found;
    return [
      ...found,
      finding(
        text,
        `the policy of ${nameOf(text.bucket)} is not known as a whole yet, so it may let everybody in: write it with known names`,
        "unknown",
      ),
    ];
  });
}

function open(graph: Graph, text: PolicyText, statement: Statement, isForWebsites: boolean): Finding[] {
  if (statement.effect === "Deny") return [];
  const which = statement.sid === undefined ? "a statement" : `statement "${statement.sid}"`;
  return reachOf(statement).flatMap((reach): Finding[] => {
    const what = `${which} of the policy on ${nameOf(text.bucket)} allows ${reach.by}`;
    if (reach.who === "account") return [];
    if (reach.who === "federated") return [finding(text, `${what}, whoever signs in there: ${FIX}`)];
    if (reach.who === "service") return forStrangers(text, statement, what);
    if (reach.who === "unknown") return [finding(text, `${what}, and who that is is not known: ${FIX}`, "unknown")];
    if (reach.who === "cdn" && isForWebsites) return [];
    if (reach.who === "cdn") return [finding(text, `${what}, a content delivery network that publishes what it reads: ${FIX}`)];
    const kept = keepsStrangersOut(statement);
    if (kept === "yes") return strangeNetworks(graph, text, statement, what);
    if (kept === "maybe" || statement.effect === undefined)
      return [finding(text, `${what}, and whether that is narrowed is not known yet: ${FIX}`, "pending")];
    return [finding(text, `${what} without a condition that keeps strangers out: ${FIX}`)];
  });
}

/** A service does what any account asks of it, unless the statement names the account, the organization or the resource that it asks for. */
function forStrangers(text: PolicyText, statement: Statement, what: string): Finding[] {
  if (keepsStrangersOut(statement) !== "no" || statement.effect === undefined) return [];
  return [
    finding(
      text,
      `${what}, a service that acts for any account: add a condition on aws:SourceAccount or aws:SourceArn of your own`,
      "unknown",
    ),
  ];
}

/** Endpoints and VPCs that are none of the program's: whoever owns them decides who comes through. */
function strangeNetworks(graph: Graph, text: PolicyText, statement: Statement, what: string): Finding[] {
  const strange = networksNamed(statement).filter((id) => resolveId(graph, id).length === 0);
  if (strange.length === 0) return [];
  // Who only reads by way of an endpoint that stands in the policy by its id may be another stack of the owner's. A whole VPC lets in all that is in it.
  if (!WRITES.some((action) => actionAnswer(statement, action) !== "no")) {
    const networks = strange.filter((id) => !id.startsWith("vpce-"));
    const doubt = `${what} by way of ${networks.join(", ")}, and whether that is your own cannot be told: ${FIX}`;
    return networks.length === 0 ? [] : [finding(text, doubt, "unknown")];
  }
  const open = ofType(graph, /^aws:ec2\/(vpcEndpoint|vpc):/).some(({ id }) => id === undefined);
  const named = `${what} by way of ${strange.join(", ")}`;
  return open
    ? [finding(text, `${named}, and whether that is the program's own is not known yet: refer to the endpoint by its resource`, "pending")]
    : [finding(text, `${named}, which is none of this program: ${FIX}`)];
}
