/** Area I: rights by way of other roles, other names of the bucket, images and templates. */
import { computed } from "../core/builder";
import type { Handle, Program } from "../core/builder";
import { partsOf } from "../network/parts";
import { backend, bucket, one, role } from "./frame";
import type { Mutation } from "./frame";

type Statement = Readonly<Record<string, unknown>>;

const MODELS = "models-read-only-role";
const RIGHTS = "least-privilege-role";
const SHARED = "not-shared-with-strangers";
const JUDGED = "judgeable-resources";
const ACCOUNT = "arn:aws:iam::123456789012";

const document = (...statements: readonly Statement[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | readonly string[], Resource: string): Statement => ({ Effect: "Allow", Action, Resource });
const ZONE = "arn:aws:route53:::hostedzone/Z0123456789ABCDEF";
const names = (name: string): Statement => ({
  ...allow("route53:ChangeResourceRecordSets", ZONE),
  Condition: { "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": name } },
});
const trust = (Principal: Statement): string => document({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
const writes = (p: Program): Statement => allow("s3:PutObject", `arn:aws:s3:::${String(p.inputs(bucket(p)).bucket)}/models/*`);

function made(p: Program, name: string, assumeRolePolicy: unknown, ...statements: readonly Statement[]): Handle {
  const one = p.add("aws:iam/role:Role", name, { name, assumeRolePolicy });
  if (statements.length > 0) p.add("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: one.id, policy: document(...statements) });
  return one;
}
const gives = (p: Program, ...statements: readonly Statement[]): void =>
  void p.add("aws:iam/rolePolicy:RolePolicy", "more", { role: role(p).id, policy: document(...statements) });
function lambda(p: Program, ...statements: readonly Statement[]): void {
  const own = made(p, "fn-role", trust({ Service: "lambda.amazonaws.com" }), ...statements);
  p.add("aws:lambda/function:Function", "fn", {
    name: "fn",
    role: own.arn,
    runtime: "python3.12",
    handler: "x.y",
    s3Bucket: "code",
    s3Key: "k",
  });
}
const point = (p: Program, of: Handle): Handle =>
  p.add("aws:s3/accessPoint:AccessPoint", "ap", { name: "an-ap", bucket: of.id, vpcConfiguration: { vpcId: partsOf(p).vpc.id } });
const image = (p: Program): Handle => p.add("aws:ec2/amiFromInstance:AmiFromInstance", "image", { sourceInstanceId: backend(p).id });
const template = (p: Program, templateBody: string): void => void p.add("aws:cloudformation/stack:Stack", "more", { templateBody });

export const mutations: Mutation[] = [
  one("I40", "the host's role may take a role that writes models", MODELS, "violation", (p) => {
    made(p, "writer", trust({ AWS: `${ACCOUNT}:root` }), writes(p));
    gives(p, allow("sts:AssumeRole", `${ACCOUNT}:role/writer`));
  }),
  one("I40-trust", "a role that writes models trusts the host's role by name", MODELS, "violation", (p) => {
    made(p, "writer", computed(role(p)), writes(p));
  }),
  one("I40-two", "two roles further", MODELS, "violation", (p) => {
    made(p, "writer", trust({ AWS: `${ACCOUNT}:role/mid` }), writes(p));
    made(p, "mid", trust({ AWS: `${ACCOUNT}:root` }), allow("sts:AssumeRole", `${ACCOUNT}:role/writer`));
    gives(p, allow("sts:AssumeRole", `${ACCOUNT}:role/mid`));
  }),
  one("I40-outside", "a role that is not part of the program", RIGHTS, "unknown", (p) => {
    gives(p, allow("sts:AssumeRole", `${ACCOUNT}:role/deployer`));
  }),
  one("I40-reader", "a role that reads one table", MODELS, "benign", (p) => {
    made(p, "reader", trust({ AWS: `${ACCOUNT}:root` }), allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/t"));
    gives(p, allow("sts:AssumeRole", `${ACCOUNT}:role/reader`));
  }),
  one("I40-untrusting", "a role that writes models and trusts somebody else", MODELS, "benign", (p) => {
    made(p, "writer", trust({ AWS: `${ACCOUNT}:role/operator` }), writes(p));
    gives(p, allow("sts:AssumeRole", `${ACCOUNT}:role/writer`));
  }),
  one("I40-zone", "the host may change every record of a zone", RIGHTS, "violation", (p) => {
    gives(p, allow("route53:ChangeResourceRecordSets", ZONE));
  }),
  one("I40-zone-wild", "of every name by a condition", RIGHTS, "violation", (p) => gives(p, names("*"))),
  one("I40-zone-type", "of every name, and of one type", RIGHTS, "violation", (p) => {
    const Condition = { "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": "TXT" } };
    gives(p, { ...allow("route53:ChangeResourceRecordSets", ZONE), Condition });
  }),
  one("I40-zone-name", "the host may change the record that proves its name to an authority", RIGHTS, "benign", (p) => {
    gives(p, names("_acme-challenge.ml.example.org"), allow("route53:GetChange", "arn:aws:route53:::change/*"));
  }),
  one("I41", "a function's role writes models", MODELS, "unknown", (p) => lambda(p, writes(p))),
  one("I41-code", "the host may change the code of a function that writes models", MODELS, "violation", (p) => {
    lambda(p, writes(p));
    gives(p, allow("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:123456789012:function:fn"));
  }),
  one("I41-build", "the host may start a build of others with commands of its own", RIGHTS, "unknown", (p) => {
    gives(p, allow("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:123456789012:project/x"));
  }),
  one("I41-group", "a function may open the backend's group", RIGHTS, "violation", (p) => {
    lambda(p, allow("logs:PutLogEvents", "*"));
    const [fn] = p.findAll("aws:iam/role:Role", "fn-role");
    const policy = { Statement: [{ Effect: "Allow", Action: "ec2:AuthorizeSecurityGroupIngress", Resource: partsOf(p).backendGroup.arn }] };
    p.add("aws:iam/rolePolicy:RolePolicy", "open", { role: fn?.id, policy });
  }),
  one("I41-tag", "a function may run commands on hosts with the backend's name", RIGHTS, "violation", (p) => {
    const { Name } = p.inputs(backend(p)).tags as Record<string, unknown>;
    lambda(p, { ...allow("ssm:SendCommand", "*"), Condition: { StringEquals: { "ssm:resourceTag/Name": Name } } });
  }),
  one("I42", "writes by way of an access point of the bucket", MODELS, "violation", (p) => {
    point(p, bucket(p));
    gives(p, allow("s3:PutObject", "arn:aws:s3:us-east-1:123456789012:accesspoint/an-ap/object/*"));
  }),
  one("I42-alias", "writes by way of the alias of an access point", MODELS, "unknown", (p) => {
    gives(p, allow("s3:PutObject", "arn:aws:s3:::an-ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias/*"));
  }),
  one("I42-regions", "writes by way of an access point of several regions", MODELS, "unknown", (p) => {
    gives(p, allow("s3:PutObject", "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/object/*"));
  }),
  one("I42-lambda", "writes by way of Object Lambda", MODELS, "unknown", (p) => {
    gives(p, allow("s3-object-lambda:PutObject", "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/x"));
  }),
  one("I42-other", "writes by way of another bucket's access point", MODELS, "benign", (p) => {
    const other = p.add("aws:s3/bucket:Bucket", "uploads", { bucket: "our-uploads-x" });
    p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "uploads", {
      bucket: other.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    point(p, other);
    gives(p, allow("s3:PutObject", "arn:aws:s3:us-east-1:123456789012:accesspoint/an-ap/object/*"));
  }),
  one("I43", "an image of the backend for an organization", SHARED, "unknown", (p) => {
    const organizationArn = "arn:aws:organizations::999999999999:organization/o-abc";
    p.add("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "more", { imageId: image(p).id, organizationArn });
  }),
  one("I43-unknown", "an image for an account that is not known yet", SHARED, "unknown", (p) => {
    p.add("aws:ec2/amiLaunchPermission:AmiLaunchPermission", "more", { imageId: "ami-0123456789abcdef0", accountId: computed() });
  }),
  one("I43-builder", "images that everybody may start", SHARED, "violation", (p) => {
    p.add("aws:imagebuilder/distributionConfiguration:DistributionConfiguration", "more", {
      distributions: [{ region: "us-east-1", amiDistributionConfiguration: { launchPermission: { userGroups: ["all"] } } }],
    });
  }),
  one("I43-lifecycle", "snapshots that are shared as they are taken", SHARED, "unknown", (p) => {
    p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "more", {
      policyDetails: { targetTags: { Role: "backend" }, schedules: [{ shareRules: [{ targetAccounts: ["999999999999"] }] }] },
    });
  }),
  one("I43-scripts", "snapshots with scripts that run on the host", JUDGED, "unknown", (p) => {
    p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "more", {
      policyDetails: { targetTags: { Role: "backend" }, schedules: [{ createRule: { scripts: { executionHandler: "own-document" } } }] },
    });
  }),
  one("I43-share", "another account joins a share of others", SHARED, "unknown", (p) => {
    const resourceShareArn = "arn:aws:ram:us-east-1:123456789012:resource-share/x";
    p.add("aws:ram/principalAssociation:PrincipalAssociation", "more", { resourceShareArn, principal: "999999999999" });
  }),
  one("I43-condition", "a queue for everybody of another account, by a condition", SHARED, "unknown", (p) => {
    const everybody = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
    const policy = document({ ...everybody, Condition: { StringEquals: { "aws:PrincipalAccount": "999999999999" } } });
    p.add("aws:sqs/queue:Queue", "more", { policy });
  }),
  one("I44-folded", "a template's type in a folded text", JUDGED, "unknown", (p) =>
    template(p, "Resources:\n  A:\n    Type: >-\n      AWS::EC2::SecurityGroupIngress\n"),
  ),
  one("I44-anchor", "a template's type by an anchor", JUDGED, "unknown", (p) =>
    template(p, "X: &t AWS::EC2::SecurityGroupIngress\nResources:\n  A:\n    Type: *t\n"),
  ),
  one("I44-escaped", "a template's type in escapes of JSON", JUDGED, "unknown", (p) =>
    template(p, '{"Resources":{"A":{"Typ\\u0065":"AWS::EC2::SecurityGroupIngr\\u0065ss"}}}'),
  ),
  one("I44-door", "a harmless service that lets others in", JUDGED, "unknown", (p) =>
    template(p, "Resources:\n  A:\n    Type: AWS::SNS::TopicPolicy\n"),
  ),
  one("I44-unreadable", "a template that is none", JUDGED, "unknown", (p) => template(p, "Resources: [")),
  one("I44-type", "a type of one's own", JUDGED, "unknown", (p) => {
    p.add("aws:cloudformation/cloudFormationType:CloudFormationType", "more", {
      typeName: "A::B::C",
      schemaHandlerPackage: "s3://x/y.zip",
    });
  }),
  one("I44-tags", "a template with CloudFormation's tags that makes an alarm", JUDGED, "benign", (p) =>
    template(
      p,
      "Resources:\n  T:\n    Type: AWS::SNS::Topic\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmActions: [!Ref T]\n",
    ),
  ),
];
