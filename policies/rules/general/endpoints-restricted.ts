import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/graph";
import { asArray, asBoolean, asProps, asString, isAbsent, isUnknown } from "../../core/values";

const CLUSTER = "aws:eks/cluster:Cluster";
const FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl";

export const policy: Policy = {
  id: "endpoints-restricted",
  severity: "medium",
  control: "NET-4",
  tags: ["network", "public-access"],
  description: "The API of a Kubernetes cluster is not open to the whole internet, and the URL of a function asks who calls.",
  why: "A cluster's API hands out everything that runs in it, and a function's URL without a check runs code for whoever finds it.",
  remediationSteps: 'Name publicAccessCidrs or set endpointPublicAccess: false; give the function\'s URL authorizationType: "AWS_IAM".',
  enforcementLevel: "advisory",
  local: true,
  bad: 'new aws.eks.Cluster("k8s", { vpcConfig: { subnetIds } }); // public by default, from 0.0.0.0/0',
  good: 'new aws.eks.Cluster("k8s", { vpcConfig: { subnetIds, endpointPublicAccess: true, publicAccessCidrs: ["198.51.100.7/32"] } });',
  evaluate: (graph) => [...ofType(graph, CLUSTER).flatMap(cluster), ...ofType(graph, FUNCTION_URL).flatMap(url)],
};

/** Left out, the endpoint is public, from anywhere. */
function cluster({ urn, name, inputs }: Resource): Finding[] {
  const network = asProps(inputs.vpcConfig);
  if (!network || asBoolean(network.endpointPublicAccess) === false) return [];
  const blocks = network.publicAccessCidrs;
  const what = `the API of the cluster "${name}"`;
  if (isUnknown(blocks) || isUnknown(network.endpointPublicAccess))
    return [{ verdict: "unknown", urn, message: `Who may connect to ${what} is not known yet: write publicAccessCidrs down` }];
  const open = isAbsent(blocks) || (asArray(blocks) ?? []).some((one) => /^(0\.0\.0\.0|::)\/0$/.test(asString(one) ?? ""));
  const why = isAbsent(blocks) ? "publicAccessCidrs is not set, which means 0.0.0.0/0" : "publicAccessCidrs has 0.0.0.0/0";
  return open ? [{ verdict: "violation", urn, message: `${what} is open to the whole internet (${why}): name your own addresses` }] : [];
}

function url({ urn, name, inputs }: Resource): Finding[] {
  const kind = inputs.authorizationType;
  if (asString(kind) !== "NONE") return [];
  return [
    { verdict: "violation", urn, message: `anybody may call the function's URL "${name}" (authorizationType is NONE): set "AWS_IAM"` },
  ];
}
