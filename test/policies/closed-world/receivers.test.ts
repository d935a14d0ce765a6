/** What receives a guarded thing and is not understood is reported; the clean stack, and what is understood, is not. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { policy } from "../../../policies/rules/engine/judgeable-resources";
import type { Finding } from "../../../policies/core/types";
import { computed } from "../core/builder";
import type { Mode } from "../core/builder";
import { ownStack } from "../network/stack";
import type { Stack } from "../network/stack";

const MODES: readonly Mode[] = ["unknown", "known"];

async function findings(change: (stack: Stack) => void, mode: Mode): Promise<Finding[]> {
  const stack = ownStack();
  stack.p.add("aws:s3/bucket:Bucket", "models", { bucket: "our-models", tags: { Role: "models" } });
  change(stack);
  return policy.evaluate(stack.p.graph(mode), DEFAULT_SETTINGS);
}

const REPORTED: Readonly<Record<string, (stack: Stack) => void>> = {
  "a transit gateway attachment": ({ p, privateSubnet, vpc }) =>
    p.add("aws:ec2transitgateway/vpcAttachment:VpcAttachment", "x", {
      subnetIds: [privateSubnet.id],
      transitGatewayId: "tgw-1",
      vpcId: vpc.id,
    }),
  "an image of the backend that is handed on": ({ p, backend }) => {
    const image = p.add("aws:ec2/amiFromInstance:AmiFromInstance", "image", { sourceInstanceId: backend.id });
    const copy = p.add("aws:ec2/amiCopy:AmiCopy", "copy", { sourceAmiId: image.id, sourceAmiRegion: "us-east-1" });
    p.add("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "x", { imageId: copy.id, accountId: "999999999999" });
  },
  "an option of Elastic Beanstalk": ({ p, gatewayGroup }) =>
    p.add("aws:elasticbeanstalk/environment:Environment", "x", {
      application: "a",
      settings: [{ namespace: "aws:autoscaling:launchconfiguration", name: "SecurityGroups", value: gatewayGroup.id }],
    }),
  "a service of a cluster with the backend's address": ({ p }) =>
    p.add("kubernetes:core/v1:Endpoints", "x", { subsets: [{ addresses: [{ ip: "10.0.101.7" }], ports: [{ port: 9000 }] }] }),
  "a way into a cluster": ({ p }) => p.add("kubernetes:networking.k8s.io/v1:Ingress", "x", { spec: { rules: [{ host: "a.example" }] } }),
  "a function before the objects of the bucket": ({ p }) => {
    const bucket = p.find("aws:s3/bucket:Bucket", "models");
    const point = p.add("aws:s3/accessPoint:AccessPoint", "point", { bucket: bucket.id, vpcConfiguration: { vpcId: "vpc-1" } });
    p.add("aws:s3control/objectLambdaAccessPoint:ObjectLambdaAccessPoint", "x", {
      configuration: { supportingAccessPoint: point.arn, transformationConfigurations: [{ actions: ["GetObject"] }] },
    });
  },
  "a definition that names the gateway's group": ({ p, gatewayGroup }) =>
    p.add("aws:sfn/stateMachine:StateMachine", "x", { definition: computed(gatewayGroup) }),
  "a copy that selects the backend by its tag": ({ p }) =>
    p.add("aws:fsx/copier:Copier", "x", { selection: { targetTags: { Role: "backend" }, targetAccounts: ["999999999999"] } }),
  "a home folder in the models bucket": ({ p }) => p.add("aws:transfer/user:User", "x", { homeDirectory: "/our-models/in", serverId: "s" }),
  "a type of a later provider": ({ p, backendGroup }) => p.add("aws:ec2/microHost:MicroHost", "x", { attachedTo: [backendGroup.id] }),
  "a resource of another package": ({ p, privateSubnet }) => p.add("cloudflare:index/magicWan:MagicWan", "x", { subnet: privateSubnet.id }),
  "a provider that is given the backend": ({ p, backend }) => p.add("pulumi:providers:docker", "x", { host: computed(backend) }),
  "the backend's own address": ({ p, backend }) =>
    p.add("cloudflare:index/tunnelConfig:TunnelConfig", "x", { config: { ingresses: [{ service: backend.out("privateIp") }] } }),
  "an address in the backend's subnet": ({ p }) =>
    p.add("cloudflare:index/tunnelConfig:TunnelConfig", "x", { service: "http://10.0.101.7:9000" }),
};

describe.each(MODES)("%s values", (mode) => {
  test.each(Object.entries(REPORTED))("%s is reported", async (_, change) => {
    expect((await findings(change, mode)).filter(({ urn }) => urn.endsWith("::x"))).toMatchObject([{ verdict: "unknown" }]);
  });

  test("a new property of the backend is reported", async () => {
    const found = await findings(
      ({ p, backend }) => p.set(backend, { secondaryNetworkInterfaces: [{ secondarySubnetId: "subnet-1" }] }),
      mode,
    );
    expect(found.map(({ message }) => message).join()).toContain("secondaryNetworkInterfaces");
  });

  test("the clean stack and what is understood are silent", async () => {
    const found = await findings(({ p, backend, vpc, privateSubnet }) => {
      p.add("aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", { dimensions: { InstanceId: backend.id } });
      p.add("aws:ec2/flowLog:FlowLog", "log", { vpcId: vpc.id });
      p.add("aws:rds/subnetGroup:SubnetGroup", "db", { subnetIds: [privateSubnet.id] });
      p.add("aws:backup/selection:Selection", "copies", { selectionTags: [{ type: "STRINGEQUALS", key: "Role", value: "backend" }] });
      p.add("aws:ssm/association:Association", "patches", {
        name: "AWS-RunPatchBaseline",
        targets: [{ key: "tag:Role", values: ["backend"] }],
      });
      p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "daily", { policyDetails: { targetTags: { Role: "backend" } } });
      p.add("aws:ec2/subnet:Subnet", "more", { vpcId: vpc.id, cidrBlock: "10.0.101.128/25" });
    }, mode);
    expect(found).toEqual([]);
  });
});
