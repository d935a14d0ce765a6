import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/graph";
import { isGeneral } from "../../core/profile";
import { blocks, targetsOf } from "../../graph/join";
import { LISTENER, LOAD_BALANCER } from "../../graph/network/kinds";
import { asArray, asBoolean, asProps, asString, isAbsent, isUnknown } from "../../core/values";

const CLUSTER = "aws:eks/cluster:Cluster";
const FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl";

export const policy: Policy = {
  id: "endpoints-restricted",
  severity: "medium",
  control: "NET-4",
  tags: ["network", "public-access"],
  description:
    "The API of a Kubernetes cluster is not open to the whole internet, and the URL of a function asks who calls. In programs without roles also: a load balancer that faces the internet sends plain HTTP on to HTTPS, and containers have no public address.",
  why: "A cluster's API hands out everything that runs in it, and a function's URL without a check runs code for whoever finds it. Plain HTTP is read and changed on the way; a container with an address of its own is reached past its load balancer.",
  remediationSteps:
    'Name publicAccessCidrs or set endpointPublicAccess: false; give the function\'s URL authorizationType: "AWS_IAM"; redirect port 80 to HTTPS; set assignPublicIp: false.',
  enforcementLevel: "advisory",
  bad: 'new aws.eks.Cluster("k8s", { vpcConfig: { subnetIds } }); // public by default, from 0.0.0.0/0',
  good: 'new aws.eks.Cluster("k8s", { vpcConfig: { subnetIds, endpointPublicAccess: true, publicAccessCidrs: ["198.51.100.7/32"] } });',
  evaluate: (graph, settings) => [
    ...ofType(graph, CLUSTER).flatMap(cluster),
    ...ofType(graph, FUNCTION_URL).flatMap(url),
    // Beside a gateway and a backend other policies say what is public, and the gateway may have no domain yet.
    ...(isGeneral(graph, settings) ? [...listeners(graph), ...ofType(graph, /^aws:ecs\/service:/).flatMap(service)] : []),
  ],
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

const BALANCER = { type: LOAD_BALANCER, names: ["arn"] };

/** HTTP that serves, on a load balancer of which nobody says that it is internal. */
function listeners(graph: Graph): Finding[] {
  return ofType(graph, LISTENER).flatMap((listener): Finding[] => {
    const { urn, name, inputs } = listener;
    if (asString(inputs.protocol) !== "HTTP") return [];
    const [balancer] = targetsOf(graph, listener, "loadBalancerArn", BALANCER).certain;
    if (balancer === undefined || balancer.external === true || asBoolean(balancer.inputs.internal) === true) return [];
    const what = `the listener "${name}" of "${balancer.name}"`;
    if (isUnknown(balancer.inputs.internal) || isUnknown(inputs.defaultActions))
      return [{ verdict: "unknown", urn, message: `Whether ${what} serves the internet in plain HTTP is not known yet` }];
    const sendsOn = blocks(inputs.defaultActions).every((action) =>
      /^(redirect|fixed-response)$/.test(asString(asProps(action)?.type) ?? ""),
    );
    if (sendsOn) return [];
    const message = `${what} serves the internet in plain HTTP: redirect it to a listener with protocol HTTPS`;
    return [{ verdict: "violation", urn, message }];
  });
}

function service({ urn, name, inputs, external }: Resource): Finding[] {
  const given = asProps(inputs.networkConfiguration)?.assignPublicIp;
  if (external === true || asBoolean(given) !== true) return [];
  const message = `the containers of "${name}" have public addresses (assignPublicIp): set it to false, and let them reach out by a NAT gateway or endpoints`;
  return [{ verdict: "violation", urn, message }];
}
