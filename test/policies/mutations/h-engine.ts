/** Area H: ways around the engine and around a pack that looks at type tokens. */
import type { Program } from "../core/builder";
import { backend, bucket } from "./frame";
import type { Mutation } from "./frame";

/** The backend again, as a child of a component of another project's making. */
function wrapped(p: Program, inputs: Record<string, unknown>): void {
  const component = p.add("acme:platform:Service", "prediction", {}, { custom: false });
  p.add("aws:ec2/instance:Instance", "prediction-node-0", { ...p.inputs(backend(p)), ...inputs }, { parent: component });
}
const template = (Type: string): string => JSON.stringify({ Resources: { X: { Type, Properties: {} } } });

export const mutations: Mutation[] = [
  {
    id: "H03",
    title: "backend in a component under another name, IMDSv1",
    expect: "imds-v2-required",
    apply: (p) => wrapped(p, { metadataOptions: { httpTokens: "optional" } }),
  },
  {
    id: "H03-disk",
    title: "backend in a component under another name, plain disk",
    expect: "volumes-encrypted",
    apply: (p) => wrapped(p, { rootBlockDevice: { encrypted: false } }),
  },
  {
    id: "H04",
    title: "a bucket by aws-native",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) => void p.add("aws-native:s3:Bucket", "more", {}),
  },
  {
    id: "H04-group",
    title: "an ingress rule by aws-native",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) =>
      void p.add("aws-native:ec2:SecurityGroupIngress", "more", {
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        groupId: p.find("aws:ec2/securityGroup:SecurityGroup", /gateway/).id,
      }),
  },
  {
    id: "H04-cloudformation",
    title: "a role by a CloudFormation template",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) => void p.add("aws:cloudformation/stack:Stack", "more", { templateBody: template("AWS::IAM::Role") }),
  },
  {
    id: "H04-yaml",
    title: "a YAML template with a custom resource",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) => void p.add("aws:cloudformation/stack:Stack", "more", { templateBody: "Resources:\n  X:\n    Type: Custom::OpenPort\n" }),
  },
  {
    id: "H04-url",
    title: "a template that is kept elsewhere",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) => void p.add("aws:cloudformation/stack:Stack", "more", { templateUrl: "https://example.org/t.json" }),
  },
  {
    id: "H04-control",
    title: "an instance by Cloud Control",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) => void p.add("aws:cloudcontrol/resource:Resource", "more", { typeName: "AWS::EC2::Instance", desiredState: "{}" }),
  },
  {
    id: "H04-package",
    title: "a package that nobody here knows",
    expect: "judgeable-resources",
    verdict: "unknown",
    apply: (p) => void p.add("acme-cloud:index:Firewall", "more", {}),
  },
  {
    id: "H04-Z",
    title: "other packages that do not reach AWS, and a template of queues",
    expect: [],
    apply: (p) => {
      p.add("random:index/randomId:RandomId", "suffix", { byteLength: 4 });
      p.add("cloudflare:index/record:Record", "dns", { name: "api", type: "A", value: "203.0.113.9" });
      p.add("aws:cloudformation/stack:Stack", "alerts", { templateBody: template("AWS::SNS::Topic") });
      p.add("aws-native:logs:LogGroup", "logs", { retentionInDays: 30 });
      p.add("acme:platform:Thing", "component", {}, { custom: false });
    },
  },
  {
    id: "H07",
    title: "a dynamic provider that calls the SDK",
    expect: "no-dynamic-provider",
    apply: (p) => void p.add("pulumi-nodejs:dynamic:Resource", "open-port", { __provider: "exports.handler = ..." }),
  },
  {
    id: "H07-module",
    title: "a dynamic provider under a name of its own",
    expect: "no-dynamic-provider",
    apply: (p) => void p.add("pulumi-nodejs:dynamic/acme:OpenPort", "open-port", {}),
  },
  {
    id: "H07-python",
    title: "a Python one",
    expect: "no-dynamic-provider",
    apply: (p) => void p.add("pulumi-python:dynamic:Resource", "open-port", {}),
  },
  {
    id: "H08",
    title: "bucket neither protected nor kept",
    expect: "bucket-kept",
    apply: (p) => p.setOptions(bucket(p), { protect: false, retainOnDelete: false }),
  },
  {
    id: "H08-Z",
    title: "bucket protected in place of kept",
    expect: [],
    apply: (p) => p.setOptions(bucket(p), { protect: true, retainOnDelete: false }),
  },
  {
    id: "H09",
    title: "ignoreChanges on metadataOptions",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(backend(p), { ignoreChanges: ["metadataOptions"] }),
  },
  {
    id: "H09-path",
    title: "ignoreChanges on metadataOptions.httpTokens",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(backend(p), { ignoreChanges: ["ami", "metadataOptions.httpTokens"] }),
  },
  {
    id: "H09-disk",
    title: "ignoreChanges on whether a disk is encrypted",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(backend(p), { ignoreChanges: ["rootBlockDevice.kmsKeyId", "rootBlockDevice.encrypted"] }),
  },
  {
    id: "H09-all",
    title: "ignoreChanges on everything",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(backend(p), { ignoreChanges: ["*"] }),
  },
  {
    id: "H09-bucket",
    title: "ignoreChanges on the public access block",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(p.find(/^aws:s3\/bucketPublicAccessBlock:/), { ignoreChanges: ["blockPublicPolicy"] }),
  },
  {
    id: "H09-role",
    title: "ignoreChanges on a role's policy",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(p.find("aws:iam/rolePolicy:RolePolicy", /backend/), { ignoreChanges: ["policy"] }),
  },
  {
    id: "H09-script",
    title: "ignoreChanges on the text of a set-up step",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(p.find("command:remote:Command", "backend-release"), { ignoreChanges: ["create"] }),
  },
  {
    id: "H09-carrier",
    title: "ignoreChanges on what brings the scripts",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(p.find("command:remote:Command", "backend-scripts"), { ignoreChanges: ["stdin"] }),
  },
  {
    id: "H09-connection",
    title: "ignoreChanges on the connection of a step, whose pinned key it is",
    expect: "guards-not-ignored",
    apply: (p) => p.setOptions(p.find("command:remote:Command", "gateway-prepare"), { ignoreChanges: ["connection"] }),
  },
  {
    id: "H09-Z-logging",
    title: "ignoreChanges on how a step logs",
    expect: [],
    apply: (p) => p.setOptions(p.find("command:remote:Command", "backend-release"), { ignoreChanges: ["logging", "triggers"] }),
  },
  {
    id: "H09-Z",
    title: "ignoreChanges on the image, tags and the instance type",
    expect: [],
    apply: (p) => p.setOptions(backend(p), { ignoreChanges: ["ami", "userData", "tags.Name", "instanceType"] }),
  },
];
