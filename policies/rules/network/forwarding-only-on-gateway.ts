import type { Finding, Policy } from "../../core/types";
import { networkOf, describe } from "../../graph/network/model";
import { property } from "../../graph/network/targets";
import { switchOf } from "../../graph/network/subnets";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "forwarding-only-on-gateway",
  severity: "medium",
  control: "NET-3",
  tags: ["network", "instance"],
  description: "The source/destination check is on for the backend and its interfaces; it is off for a NAT instance alone.",
  why: "With the check off a broken backend can send and receive packets of other hosts.",
  remediationSteps: "Leave sourceDestCheck out, or set it to true.",
  enforcementLevel: "advisory",
  bad: `new aws.ec2.Instance("backend", { sourceDestCheck: false, ... });`,
  good: `new aws.ec2.Instance("backend", { sourceDestCheck: true, ... });`,
  evaluate(graph, settings) {
    const { backends } = networkOf(graph, settings);
    const hosts = backends.filter(({ backend, gateway }) => backend === "role" && !gateway);
    return distinct(
      hosts.flatMap((host) =>
        [host.resource, ...host.interfaceResources].flatMap((part): Finding[] => {
          const check = switchOf(property(part, "sourceDestCheck"));
          if (check === "unknown")
            return [finding("unknown", part, `Whether sourceDestCheck of ${describe(part)} is on is not known yet.`)];
          return check === false
            ? [finding("violation", part, `sourceDestCheck of ${describe(part)} is false, though it is the backend's. Set it to true.`)]
            : [];
        }),
      ),
    );
  },
};
