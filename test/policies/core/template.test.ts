/** What a template's functions come to, and what is not read of a template. */
import { makeResource } from "../../../policies/core/graph";
import { templated } from "../../../policies/core/template";
import type { Templated } from "../../../policies/core/template";
import { UNKNOWN } from "../../../policies/core/types";
import type { Props } from "../../../policies/core/types";

const URN = "urn:pulumi:dev::demo::aws:cloudformation/stack:Stack::more";
const OTHER = "urn:pulumi:dev::demo::aws:ec2/securityGroup:SecurityGroup::other";

function read(templateBody: string, parameters: Props = {}): Templated {
  return templated(
    makeResource({
      urn: URN,
      type: "aws:cloudformation/stack:Stack",
      inputs: { templateBody, parameters },
      propertyDependencies: { parameters: [OTHER] },
    }),
  );
}
const group = (description: unknown, more: object = {}): string =>
  JSON.stringify({
    Parameters: {
      Name: { Type: "String", Default: "tools" },
      Count: { Type: "Number", Default: 3 },
      Key: { Type: "AWS::SSM::Parameter::Value<String>" },
    },
    Resources: { G: { Type: "AWS::EC2::SecurityGroup", Properties: { GroupDescription: description, SecurityGroupEgress: [] }, ...more } },
  });
const described = (description: unknown, parameters: Props = {}): unknown =>
  read(group(description), parameters).made[0]?.inputs.description;

test.each([
  ["a default", { Ref: "Name" }, {}, "tools"],
  ["a number", { "Fn::Sub": "${Name}-${Count}" }, {}, "tools-3"],
  ["what is given", { "Fn::Sub": "${Name}" }, { Name: "web" }, "web"],
  ["words of its own", { "Fn::Sub": ["${A}-${!B}", { A: { Ref: "Name" } }] }, {}, "tools-${B}"],
  ["a text of parts", { "Fn::Join": ["-", ["a", { Ref: "Name" }]] }, {}, "a-tools"],
  ["nothing", { Ref: "AWS::NoValue" }, {}, undefined],
  ["the account", { "Fn::Sub": "${AWS::AccountId}" }, {}, UNKNOWN],
  ["a choice", { "Fn::If": ["C", "a", "b"] }, {}, UNKNOWN],
  ["a name under which the value is kept", { Ref: "Key" }, { Key: "/web/key" }, UNKNOWN],
  ["a parameter that nobody gives", { Ref: "Nobody" }, {}, UNKNOWN],
])("%s", (_, description, parameters: Props, wanted) => {
  expect(described(description, parameters)).toBe(wanted);
});

test("what flows into an unknown parameter flows into what names it", () => {
  expect(read(group({ Ref: "Name" }), { Name: UNKNOWN }).made[0]).toMatchObject({
    inputs: { description: UNKNOWN },
    propertyDependencies: { description: [OTHER] },
    within: URN,
  });
});

test("rules inside a group are resources of their own, and a group without rules for what goes out has AWS's", () => {
  const text = `Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: 10.0.0.0/8}]\n`;
  expect(read(text).made.map(({ urn, type, propertyDependencies }) => [urn, type.split(":").pop(), propertyDependencies])).toEqual([
    [`${URN}/G`, "SecurityGroup", {}],
    [`${URN}/G/SecurityGroupIngress-0`, "SecurityGroupIngressRule", { securityGroupId: [`${URN}/G`] }],
    [`${URN}/G/SecurityGroupEgress-0`, "SecurityGroupEgressRule", { securityGroupId: [`${URN}/G`] }],
  ]);
});

test.each([
  ["a condition", group("x", { Condition: "C" })],
  ["a property that is not known", group("x").replace("GroupDescription", "Later")],
  ["a list that a function makes", group("x").replace('"SecurityGroupEgress":[]', '"SecurityGroupEgress":{"Fn::If":["C",[],[]]}')],
  ["a type that is not known", group("x").replace("EC2::SecurityGroup", "EC2::Later")],
  ["a rule without a group", '{"Resources":{"A":{"Type":"AWS::EC2::SecurityGroupIngress","Properties":{"IpProtocol":"-1"}}}}'],
  ["a macro", group("x").replace("{", '{"Transform":"M",')],
  ["no template", "["],
])("%s is not read", (_, text) => {
  expect(read(text)).toMatchObject({ made: [], whole: false });
});

test("a deep template ends, and what is too deep is unknown", () => {
  const deep = `${'{"Fn::Join":["",['.repeat(300)}"x"${"]]}".repeat(300)}`;
  expect(described(JSON.parse(deep))).toBe(UNKNOWN);
});
