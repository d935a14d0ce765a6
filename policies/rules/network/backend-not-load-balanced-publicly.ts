import type { Finding, Policy } from "../../core/types";
import { backendBalancers, openPassages } from "../../graph/network/balancers";
import type { Balancer, Passage } from "../../graph/network/balancers";
import { describe, networkOf } from "../../graph/network/model";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "backend-not-load-balanced-publicly",
  severity: "critical",
  control: "NET-1",
  tags: ["network", "public-access"],
  description: "No load balancer that faces the Internet has the backend behind it. An internal one may.",
  why: "A public load balancer is a second front door: what comes through it was never inspected by the gateway.",
  remediationSteps: "Point the load balancer at the gateway, or make it internal: true.",
  enforcementLevel: "mandatory",
  bad: `new aws.lb.TargetGroupAttachment("backend", { targetGroupArn: publicGroup.arn, targetId: backend.id, port: 9000 });`,
  good: `new aws.lb.TargetGroupAttachment("gateway", { targetGroupArn: publicGroup.arn, targetId: gateway.id, port: 80 });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    return distinct([...backendBalancers(network).flatMap(check), ...openPassages(network).map(checkOpen)]);
  },
};

function check({ resource, certainty, internal, passages }: Balancer): Finding[] {
  if (internal === true) return [];
  const how = [...new Set(passages.map(({ text }) => text))].join(", ");
  if (internal === "unknown")
    return [
      finding(
        "unknown",
        resource,
        `Whether ${describe(resource)} faces the Internet is not known yet, and ${how}. Give internal a plain true.`,
      ),
    ];
  if (certainty === "maybe")
    return [
      finding("unknown", resource, `${describe(resource)} faces the Internet, and ${how}: whether that is the backend is not known.`),
    ];
  return [
    finding(
      "violation",
      resource,
      `${describe(resource)} faces the Internet and passes connections to the backend (${how}). Point it at the gateway, or set internal: true.`,
    ),
  ];
}

function checkOpen({ resource, text, of }: Passage): Finding {
  const where = of ? `${describe(of)}, which no listener of this program uses` : "a target group that is not part of this program";
  return finding(
    "unknown",
    resource,
    `${text} in ${where}: whether a public load balancer serves it is not known. Register the gateway, or keep its load balancer in this program.`,
  );
}
