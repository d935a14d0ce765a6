import { Problem } from "../../../policies/cli";
import { parseOverrides, refuseAwsOnly } from "../over";

const parse = (value: unknown): Record<string, string> =>
  parseOverrides("over.json", typeof value === "string" ? value : JSON.stringify(value), "ml-gateway");

test("texts stay as they are, other values become the JSON that the configuration holds", () => {
  expect(
    parse({ "ml-gateway:app": { path: "x" }, "ml-gateway:alarm": '{"a":1}', "aws:region": "eu-west-1", "ml-gateway:repair": 3 }),
  ).toEqual({
    "ml-gateway:app": '{"path":"x"}',
    "ml-gateway:alarm": '{"a":1}',
    "aws:region": "eu-west-1",
    "ml-gateway:repair": "3",
  });
});

test.each([
  ["no JSON", "{app: x}", /^over\.json: is not JSON.*; put double quotes around the keys \(an object of keys/],
  ["a list", [], /^over\.json: is a list; write an object/],
  ["nothing", "null", /^over\.json: is a single value; write an object/],
  ["a key without a project", { app: {} }, /^over\.json: found the key "app" without a project .* write "ml-gateway:app"$/],
  [
    "another project",
    { "ml-gatway:app": {} },
    /^over\.json: found the key "ml-gatway:app", and only .* write "ml-gateway:app", or remove it$/,
  ],
  ["two mistakes", { app: {}, "x:health": {} }, /"app" without[^\n]*\n[^\n]*"x:health"/],
])("%s is refused", (_what, value, message) => {
  expect(() => parse(value)).toThrow(Problem);
  expect(() => parse(value)).toThrow(message);
});

test("a load balancer of AWS is refused, and nothing else of the backend's section, nor what is no section", () => {
  const refuse = (backend?: string) => () => refuseAwsOnly(backend === undefined ? {} : { "ml-gateway:backend": backend }, "ml-gateway");
  expect(refuse('{"loadBalancer":true}')).toThrow(Problem);
  expect(refuse('{"port":9001,"loadBalancer":true}')).toThrow(/^ml-gateway:backend\.loadBalancer: is true, .* write false/);
  for (const other of [undefined, "", "{", "null", "7", "[]", '{"loadBalancer":false}', '{"loadBalancer":"true"}', '{"port":9001}'])
    expect(refuse(other)).not.toThrow();
});

test("a network that is there already is refused as well, both in one message", () => {
  const existing = '{"existing":{"vpcId":"vpc-0aaaaaaaaaaaaaaa1"}}';
  const both = () => refuseAwsOnly({ "p:network": existing, "p:backend": '{"loadBalancer":true}' }, "p");
  expect(both).toThrow(/^p:backend\.loadBalancer: is true.*\np:network\.existing: names a network of an account/);
  for (const other of [undefined, "{", "null", '{"egress":"none"}'])
    expect(() => refuseAwsOnly(other === undefined ? {} : { "p:network": other }, "p")).not.toThrow();
});

test("tunnels are taken: sessions of a double lead to the machines", () => {
  for (const access of ["ssh", "ssm", "instance-connect"]) expect(() => refuseAwsOnly({ "p:access": access }, "p")).not.toThrow();
});
