/** What belongs to a public load balancer, and what cannot go with it, is said at preview in one sentence each. */
import { loadBalancer } from "../../../infra/config/balancer-rules";
import { checkCertificate } from "../../../infra/config/certificate";
import { existing } from "../../../infra/config/existing-rules";
import { front } from "../../../infra/config/front-rules";
import { expectClear } from "./stack-trial";

const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const GOOD = {
  gateway: { loadBalancer: true },
  domain: "ml.your-company.com",
  tls: { acm: "new" },
  dns: { zone: "Z0123456789ABCDEF" },
  network: { availabilityZones: ["us-east-1a", "us-east-1b"], gatewaySubnets: ["10.0.1.0/24", "10.0.2.0/27"] },
};

function problems(more: object, refused: readonly string[] = []): string[] {
  const context = { project: "p", region: "us-east-1", sections: { ...GOOD, ...more }, refused };
  return [...front(context), ...existing(context), ...loadBalancer(context), ...checkCertificate(context, new Date("2026-11-28")).problems];
}

test("a certificate that is asked for, and one that is there, without a zone as well", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ tls: { acm: ARN }, dns: {} })).toEqual([]);
  expect(problems({ gateway: {}, tls: {}, domain: undefined, dns: {}, network: { availabilityZones: ["us-east-1a"] } })).toEqual([]);
});

/** A network of others: what is its own is as by default. */
const OTHERS = (subnets?: readonly string[], cidr = "10.20.1.0/24"): object => ({
  ...{ cidr: "10.0.0.0/16", availabilityZones: ["us-east-1a", "us-east-1b"], egress: "managed" },
  ...{ gatewaySubnets: ["10.0.1.0/24", "10.0.2.0/24"], webserverSubnets: ["10.0.101.0/24", "10.0.102.0/24"] },
  existing: {
    vpcId: "vpc-1",
    gatewaySubnetId: "subnet-1",
    webserverSubnetIds: ["subnet-2"],
    balancerSubnets: subnets?.map((id) => ({ id, cidr })),
  },
});

test("a network of others with subnets for it, of which one is the gateway's", () => {
  expect(problems({ network: OTHERS(["subnet-1", "subnet-3"]) })).toEqual([]);
});

const ONE_ZONE = { availabilityZones: ["us-east-1a"], gatewaySubnets: ["10.0.1.0/24"] };

test.each<[string, object, RegExp]>([
  ["no name", { domain: undefined }, /^p:gateway\.loadBalancer: is true, and domain is missing, .* write domain: the name/],
  ["no certificate", { tls: {} }, /^p:gateway\.loadBalancer: is true, and tls\.acm is missing, .* write tls\.acm: new, or the ARN/],
  ["a certificate without a load balancer", { gateway: {} }, /^p:tls\.acm: is given, and gateway\.loadBalancer is not true/],
  ["acme beside it", { tls: { acm: "new", acme: {} } }, /^p:gateway\.loadBalancer: is true, and tls\.acme is given/],
  ["a certificate as text", { tls: { acm: ARN, certificate: "x", privateKey: "y" } }, /tls\.certificate and tls\.privateKey are given/],
  [
    "a certificate elsewhere",
    { tls: { acm: ARN.replace("us-east-1", "eu-west-1") } },
    /^p:tls\.acm: found .*eu-west-1.* of its own region alone/,
  ],
  ["no zone to prove it in", { dns: {} }, /^p:dns\.zone: missing, and tls\.acm: new proves the name/],
  ["a name of examples", { domain: "ml.example.org" }, /^p:domain: found ml\.example\.org, a name that is kept for examples/],
  ["a name of AWS", { domain: "x.us-east-1.elb.amazonaws.com" }, /^p:domain: found .*a name of AWS/],
  ["one zone", { network: ONE_ZONE }, /^p:network\.availabilityZones: found one zone.* or remove gateway\.loadBalancer$/],
  ["a small subnet", { network: { gatewaySubnets: ["10.0.1.0/28"] } }, /^p:network\.gatewaySubnets\[0\]: found 10\.0\.1\.0\/28/],
  ["headers of health", { health: { headers: { "X-Probe": "1" } } }, /^p:health\.headers: is set/],
  [
    "a network of others without subnets for it",
    { network: OTHERS() },
    /^p:network\.existing\.balancerSubnets: missing, .* stands in two zones/,
  ],
  [
    "subnets for none",
    { gateway: {}, tls: {}, domain: undefined, dns: {}, network: OTHERS(["subnet-1", "subnet-3"]) },
    /^p:network\.existing\.balancerSubnets: is given, and gateway\.loadBalancer is not true/,
  ],
  [
    "the same subnet twice",
    { network: OTHERS(["subnet-1", "subnet-1"]) },
    /^p:network\.existing\.balancerSubnets\[1\]\.id: found subnet-1, which \[0\] names as well; name one of another zone$/,
  ],
  [
    "the backend's subnet for it",
    { network: OTHERS(["subnet-1", "subnet-2"]) },
    /^p:network\.existing\.balancerSubnets\[1\]\.id: found subnet-2, which webserverSubnetIds\[0\] names as well: .*; name a public subnet$/,
  ],
])("%s is refused", (name, sections, expected) => {
  const found = problems(sections);
  // Of a certificate as text its own form is wrong here, too.
  expect(name === "a certificate as text" ? found.slice(0, 1) : found).toEqual([expect.stringMatching(expected)]);
  expectClear(found[0] ?? "");
});

test("of one mistake it is said once: nothing of what was reported already, and of two load balancers what both lack", () => {
  expect(problems({ domain: undefined, tls: {}, dns: {} }, ["domain", "tls"])).toEqual([]);
  expect(problems({ domain: undefined, tls: {}, dns: {} })).toEqual([expect.stringMatching(/domain and tls\.acm are missing/)]);
  expect(problems({ network: { ...ONE_ZONE, webserverSubnets: ["10.0.101.0/24"] }, backend: { loadBalancer: true } })).toHaveLength(1);
});
