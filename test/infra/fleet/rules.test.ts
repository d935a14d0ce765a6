/** What a fleet cannot do, or what is known to fail with one, is refused before anything is created. */
import { fleet, fleetCredentials } from "../../../infra/config/fleet-rules";
import { DEFAULT_FLEET } from "../../../infra/fleet/limits";
import { expectClear } from "../config/stack-trial";

const GOOD = { backend: { mode: "fleet", loadBalancer: true, fleet: DEFAULT_FLEET }, network: { egress: "managed" } };
const of = (sections: object, refused: readonly string[] = []): string[] =>
  fleet({ project: "p", region: "", sections: { ...GOOD, ...sections }, refused });
const sized = (keys: object): object => ({ backend: { ...GOOD.backend, fleet: { ...DEFAULT_FLEET, ...keys } } });
const blocks = (...webserverSubnets: string[]): object => ({ network: { egress: "managed", webserverSubnets } });

test.each<[string, object]>([
  ["the default", {}],
  ["one size", sized({ min: 3, max: 3 })],
  ["a warm pool as large as there is room", sized({ min: 1, max: 4, warmPool: 3 })],
  ["small blocks", { ...blocks("10.0.1.0/27", "10.0.2.0/27"), ...sized({ max: 20 }) }],
  [
    "a network that is there already",
    { network: { egress: "managed", existing: { vpcId: "vpc-1" }, webserverSubnets: ["10.0.1.0/28"] }, ...sized({ max: 90 }) },
  ],
  ["many short settings", { env: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`NAME_${index}`, "x".repeat(40)])) }],
  ["one host, with all keys as they are by default", { backend: { mode: "single", fleet: DEFAULT_FLEET } }],
  ["one host, without a word of a fleet", { backend: { mode: "single" }, network: { egress: "gateway" } }],
])("%s is taken", (_, sections) => {
  expect(of(sections)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ["no load balancer", { backend: { ...GOOD.backend, loadBalancer: false } }, /backend\.loadBalancer: is not true/],
  ["no word of one", { backend: { mode: "fleet", fleet: DEFAULT_FLEET } }, /backend\.loadBalancer: is not true/],
  ["NAT on the gateway", { network: { egress: "gateway" } }, /network\.egress: is gateway \(the default\)/],
  ["no way out", { network: { egress: "none" } }, /network\.egress: is none.*SSM/],
  ["more at least than at most", sized({ min: 5, max: 4 }), /fleet\.min: found 5, and max is 4/],
  ["a warm pool without room", sized({ min: 4, max: 4, warmPool: 1 }), /fleet\.warmPool: found 1/],
  ["a warm pool larger than the room", sized({ min: 2, max: 4, warmPool: 3 }), /fleet\.warmPool: found 3.*at most 2/],
  ["more hosts than addresses", { ...blocks("10.0.1.0/27", "10.0.2.0/28"), ...sized({ max: 40 }) }, /fleet\.max: found 40.*room for 22/],
  ["hosts for which a release has no address", { ...blocks("10.0.1.0/27", "10.0.2.0/27"), ...sized({ max: 38 }) }, /one more for each ten/],
  ["a bucket of others", { models: { existing: { bucket: "theirs" } } }, /models\.existing: is set/],
  ["copies of live requests", { release: { shadow: { seconds: 60 } } }, /release\.shadow\.seconds: found 60/],
  ["an .env that no parameter holds", { secretEnv: { CERTIFICATE: "x".repeat(9000) } }, /limit of SSM is 8192/],
  ["an .env that is too long together", { env: { A: "x".repeat(3500) }, secretEnv: { B: "y".repeat(3500) } }, /limit of SSM is 8192/],
  [
    "keys of a fleet for one host",
    { backend: { mode: "single", fleet: { ...DEFAULT_FLEET, max: 9 } } },
    /backend\.fleet: found max, and backend\.mode is single/,
  ],
  ["several of them", { backend: { mode: "single", fleet: { ...DEFAULT_FLEET, warmPool: 1, min: 1 } } }, /found min, warmPool/],
])("%s is refused", (_, sections, expected) => {
  const found = of(sections);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
  for (const one of found) expectClear(one);
});

test("all mistakes are said at once", () => {
  const found = of({
    backend: { mode: "fleet", loadBalancer: false, fleet: { ...DEFAULT_FLEET, min: 9 } },
    network: { egress: "none" },
    release: { shadow: { seconds: 5 } },
  });
  expect(found).toHaveLength(4);
});

test("what was reported already is not said again", () => {
  expect(of({ backend: { mode: "fleet", fleet: DEFAULT_FLEET } }, ["backend.loadBalancer"])).toEqual([]);
  expect(of({ network: {} }, ["network.egress"])).toEqual([]);
  expect(of({ backend: { fleet: { ...DEFAULT_FLEET, max: 9 } } }, ["backend.mode"])).toEqual([]);
});

test("credentials that only the provider has", () => {
  const found = fleetCredentials("p", GOOD, ["aws:region", "aws:assumeRoles"]);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^aws:assumeRoles: given, and a release of a fleet/);
  expect(fleetCredentials("p", GOOD, ["aws:region", "aws:profile"])).toEqual([]);
  expect(fleetCredentials("p", { backend: { mode: "single" } }, ["aws:assumeRoles"])).toEqual([]);
});
