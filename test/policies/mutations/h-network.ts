/** Area H, the network's part: ways around the types that the policies look for. */
import { ANYWHERE, HEALTHY, partsOf } from "../network/parts";
import type { Mutation } from "./frame";

const READABLE = "judgeable-resources";

export const mutations: Mutation[] = [
  {
    id: "H03-network",
    title: "a copy of the backend inside a component, in the public subnet",
    expect: "backend-in-private-subnet",
    apply(p) {
      const { publicSubnet, backendGroup } = partsOf(p);
      const component = p.add("acme:index:Worker", "w", {}, { custom: false });
      p.add(
        "aws:ec2/instance:Instance",
        "w-box",
        { ...HEALTHY, subnetId: publicSubnet.id, vpcSecurityGroupIds: [backendGroup.id] },
        { parent: component },
      );
    },
  },
  {
    id: "H04-net-rule",
    title: "an aws-native rule from the world",
    expect: "service-port-only-from-gateway",
    apply(p) {
      const { backendGroup, port } = partsOf(p);
      p.add("aws-native:ec2:SecurityGroupIngress", "native", {
        groupId: backendGroup.id,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIp: ANYWHERE,
      });
    },
  },
  {
    id: "H04-net-instance",
    title: "an aws-native instance",
    expect: READABLE,
    verdict: "unknown",
    apply: (p) =>
      void p.add("aws-native:ec2:Instance", "native", {
        subnetId: partsOf(p).publicSubnet.id,
        securityGroupIds: [partsOf(p).backendGroup.id],
      }),
  },
  {
    id: "H04-net-cloudcontrol",
    title: "a Cloud Control resource",
    expect: READABLE,
    verdict: "unknown",
    apply: (p) =>
      void p.add("aws:cloudcontrol/resource:Resource", "native", { typeName: "AWS::EC2::SecurityGroupIngress", desiredState: "{}" }),
  },
  {
    id: "H04-net-awsx",
    title: "an awsx component that shows nothing of itself",
    expect: "components-show-resources",
    verdict: "unknown",
    apply: (p) => void p.add("awsx:lb:ApplicationLoadBalancer", "front", {}, { custom: false }),
  },
  {
    id: "H04-net-stack-url",
    title: "a CloudFormation stack whose template lies elsewhere",
    expect: READABLE,
    verdict: "unknown",
    apply: (p) => void p.add("aws:cloudformation/stack:Stack", "extra", { templateUrl: "https://s3.amazonaws.com/templates/extra.yaml" }),
  },
  {
    id: "H10-network",
    title: "a rule on a group that another stack made",
    expect: "service-port-only-from-gateway",
    verdict: "unknown",
    apply(p) {
      const other = p.add("pulumi:pulumi:StackReference", "base", { name: "acme/base/prod" });
      const { port } = partsOf(p);
      p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "far", {
        securityGroupId: other.out("outputs"),
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIpv4: ANYWHERE,
      });
    },
  },
];
