/** What gateways as a fleet need, and what belongs to a single gateway, is refused before anything is created. */
import { fleet } from "../../../infra/config/fleet-rules";
import { gatewayFleet } from "../../../infra/config/gateway-fleet-rules";
import { DEFAULT_FLEET } from "../../../infra/fleet/limits";
import { expectClear } from "../config/stack-trial";

const GATEWAY = { loadBalancer: true, elasticIp: false, fleet: DEFAULT_FLEET };
const GOOD = {
  access: "none",
  gateway: GATEWAY,
  backend: { mode: "fleet", loadBalancer: true, fleet: DEFAULT_FLEET },
  network: { egress: "managed", gatewaySubnets: ["10.0.1.0/24", "10.0.2.0/24"] },
};
const context = (sections: object, refused: readonly string[] = []) => ({
  project: "p",
  region: "",
  sections: { ...GOOD, ...sections },
  refused,
});
const of = (sections: object, refused?: readonly string[]): string[] => gatewayFleet(context(sections, refused));
const gateway = (keys: object): object => ({ gateway: { ...GATEWAY, ...keys } });
const sized = (keys: object): object => gateway({ fleet: { ...DEFAULT_FLEET, ...keys } });
const blocks = (...gatewaySubnets: string[]): object => ({ network: { egress: "managed", gatewaySubnets } });

test.each<[string, object]>([
  ["the default", {}],
  ["one gateway, whatever else there is", { gateway: { elasticIp: true }, access: "ssh", backend: { mode: "single" } }],
  ["one size with a warm pool as large as there is room", sized({ min: 1, max: 4, warmPool: 3 })],
  ["a network of others, whose subnets for it front-rules.ts asks for", { network: { egress: "managed", existing: { vpcId: "vpc-1" } } }],
  ["small blocks", { ...blocks("10.0.1.0/27", "10.0.2.0/27"), ...sized({ max: 30 }) }],
  [
    "keys, users and settings that fit",
    gateway({ apiKeys: { a: "0".repeat(64) }, basicAuth: { b: "x".repeat(64) }, secretEnv: { C: "y" } }),
  ],
  ["settings that nothing reads in proxy mode", gateway({ mode: "proxy", env: { A: "x".repeat(9000) } })],
])("%s is taken", (_, sections) => {
  expect(of(sections)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  [
    "no load balancer",
    gateway({ loadBalancer: false }),
    /^p:gateway\.fleet: is given, and gateway\.loadBalancer is not true.*set that to true/,
  ],
  ["an address of one gateway", gateway({ elasticIp: true }), /^p:gateway\.elasticIp: is true.*remove it/],
  ["a bastion", { access: "ssh" }, /^p:access: found ssh, and with gateway\.fleet.*set access to none/],
  ["tunnels", { access: "instance-connect" }, /^p:access: found instance-connect/],
  ["backends that are set up over SSH", { backend: { mode: "single" } }, /^p:backend\.mode: is not fleet.*no bastion/],
  ["more at least than at most", sized({ min: 5, max: 4 }), /^p:gateway\.fleet\.min: found 5, and max is 4/],
  ["a warm pool larger than the room", sized({ min: 2, max: 4, warmPool: 3 }), /^p:gateway\.fleet\.warmPool: found 3.*at most 2/],
  [
    "more gateways than addresses beside the managed NAT's",
    { ...blocks("10.0.1.0/27", "10.0.2.0/27"), ...sized({ max: 35 }) },
    /^p:gateway\.fleet\.max: found 35, and network\.gatewaySubnets have room for 37 hosts/,
  ],
  [
    "secrets that no parameter holds",
    gateway({ secretEnv: { A: "x".repeat(3500) }, basicAuth: { b: "y".repeat(3500) } }),
    /^p:gateway\.env, gateway\.secretEnv, gateway\.apiKeys and gateway\.basicAuth: together they have \d+ bytes.*limit of SSM is 8192/,
  ],
  [
    "keys of the API that no parameter holds",
    gateway({ apiKeys: Object.fromEntries(Array.from({ length: 40 }, (__, at) => [`client-${at}`, "0".repeat(64)])) }),
    /gateway\.apiKeys and gateway\.basicAuth: together/,
  ],
])("%s is refused", (_, sections, expected) => {
  const found = of(sections);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
  for (const one of found) expectClear(one);
});

test("all mistakes are said at once, and what the backends lack by their own rule once", () => {
  const sections = {
    access: "ssm",
    backend: { mode: "single" },
    network: { egress: "gateway" },
    ...gateway({ loadBalancer: false, elasticIp: true }),
  };
  expect(of(sections).map((one) => one.split(":")[1])).toEqual([
    ...["gateway.fleet", "gateway.elasticIp", "access", "backend.mode", "network.egress"],
  ]);
  const nat = { network: { egress: "gateway" } };
  expect([of(nat), fleet(context(nat)).map((one) => one.split(":")[1])]).toEqual([[], ["network.egress"]]);
});

test("what was reported already is not said again", () => {
  expect(of(gateway({ loadBalancer: undefined }), ["gateway.loadBalancer"])).toEqual([]);
  expect(of({ access: undefined }, ["access"])).toEqual([]);
  expect(of({ backend: {}, network: {} }, ["backend.mode"])).toEqual([]);
});
