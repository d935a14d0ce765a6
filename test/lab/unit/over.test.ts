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

test("a fleet is refused, and nothing else of the backend's section, nor what is no section", () => {
  const refuse = (backend?: string) => () => refuseAwsOnly(backend === undefined ? {} : { "ml-gateway:backend": backend }, "ml-gateway");
  expect(refuse('{"loadBalancer":true,"mode":"fleet"}')).toThrow(Problem);
  expect(refuse('{"mode":"fleet"}')).toThrow(/^ml-gateway:backend\.mode: is fleet, .* write single/);
  for (const other of [undefined, "", "{", "null", "7", "[]", '{"mode":"single"}', '{"loadBalancer":true,"count":2}', '{"port":9001}'])
    expect(refuse(other)).not.toThrow();
});

test("gateways as a fleet are refused, also where something stands in for the load balancer", () => {
  const given = (fleet: string) => () => refuseAwsOnly({ "p:gateway": `{"loadBalancer":true,"fleet":${fleet}}` }, "p", true);
  expect(given("{}")).toThrow(/^p:gateway\.fleet: is given, .* leave it out, with access ssh/);
  expect(given("null")).not.toThrow();
});

test("a public load balancer is refused", () => {
  expect(() => refuseAwsOnly({ "p:gateway": '{"loadBalancer":true}' }, "p")).toThrow(/^p:gateway\.loadBalancer: is true, .* write false/);
});

test("a proxy behind the internal load balancer is refused: its nginx asks a name server that no machine has", () => {
  const both = (mode: string) => () =>
    refuseAwsOnly({ "p:gateway": `{"mode":"${mode}"}`, "p:backend": '{"loadBalancer":true}' }, "p", true);
  expect(both("proxy")).toThrow(/^p:gateway\.mode: is proxy, .* write application, or backend\.loadBalancer false/);
  expect(both("application")).not.toThrow();
});

test("a network that is there already is refused as well, both in one message", () => {
  const existing = '{"existing":{"vpcId":"vpc-0aaaaaaaaaaaaaaa1"}}';
  const both = () => refuseAwsOnly({ "p:network": existing, "p:backend": '{"mode":"fleet"}' }, "p");
  expect(both).toThrow(/^p:backend\.mode: is fleet.*\np:network\.existing: names a network of an account/);
  for (const other of [undefined, "{", "null", '{"egress":"none"}'])
    expect(() => refuseAwsOnly(other === undefined ? {} : { "p:network": other }, "p")).not.toThrow();
});

test("tunnels are taken: sessions of a double lead to the machines", () => {
  for (const access of ["ssh", "ssm", "instance-connect"]) expect(() => refuseAwsOnly({ "p:access": access }, "p")).not.toThrow();
});
