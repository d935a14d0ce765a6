import type { Policy, Resource } from "../../core/types";
import { comesByTunnel, CONNECT_ENDPOINT, opensSshOnly } from "../../graph/network/connect-endpoints";
import { describe, networkOf, type Network } from "../../graph/network/model";
import { openServices, publications } from "../../graph/network/publishers";
import { distinct, finding } from "./report";

/** Before all is registered, the steps are not there yet. */
function isDoorOfSteps(network: Network, resource: Resource): boolean {
  const { graph } = network;
  if (resource.type !== CONNECT_ENDPOINT || !opensSshOnly(network, resource)) return false;
  return graph.partial === true || comesByTunnel(graph);
}

export const policy: Policy = {
  id: "backend-not-published",
  severity: "critical",
  control: "NET-1",
  tags: ["network", "public-access"],
  description:
    "No AWS service carries connections to the backend past the gateway: CloudFront VPC origins, Global Accelerator, PrivateLink, API Gateway links, VPC Lattice, Verified Access, client VPN, and Instance Connect endpoints unless the steps come through them and they open port 22 alone.",
  why: "These services reach private hosts from inside the VPC. No public address and no internet route is needed, so nothing else shows it.",
  remediationSteps:
    "Publish the gateway, not the backend; log in by way of the bastion, or let all steps come through the Instance Connect Endpoint.",
  enforcementLevel: "mandatory",
  bad: `new aws.cloudfront.VpcOrigin("api", { vpcOriginEndpointConfig: { arn: backend.arn, httpPort: 9000, ... } });`,
  good: `new aws.cloudfront.VpcOrigin("api", { vpcOriginEndpointConfig: { arn: gateway.arn, httpPort: 80, ... } });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    return distinct([
      ...publications(network)
        .filter(({ resource }) => !isDoorOfSteps(network, resource))
        .map(({ resource, certainty, text }) =>
          certainty === "yes"
            ? finding("violation", resource, `${describe(resource)} ${text}, past the gateway. Remove it, or point it at the gateway.`)
            : finding(
                "unknown",
                resource,
                `${describe(resource)} ${text}: whether that is the backend is not known. Name a resource of the program.`,
              ),
        ),
      ...openServices(network).map(({ resource, principal }) =>
        principal === undefined
          ? finding(
              "unknown",
              resource,
              `Whether ${describe(resource)} lets any AWS account connect is not known yet. Write the accounts down.`,
            )
          : finding(
              "violation",
              resource,
              `${describe(resource)} lets any AWS account connect (principal ${principal}). Name the accounts that may.`,
            ),
      ),
    ]);
  },
};
