/** What an internal load balancer cannot do is refused at preview. */
import { loadBalancer } from "../../../infra/config/balancer-rules";
import { balancerTimes } from "../../../infra/release/balancer";
import { expectClear } from "./stack-trial";

const problems = (sections: object, wanted = true): string[] =>
  loadBalancer({ project: "p", region: "", sections: { backend: { loadBalancer: wanted }, ...sections } });
const network = { availabilityZones: ["us-east-1a", "us-east-1b"], webserverSubnets: ["10.0.101.0/24", "10.0.102.0/27"] };

test("two zones with subnets that are large enough are taken, and without a load balancer anything", () => {
  expect(problems({ network })).toEqual([]);
  expect(problems({ network: { availabilityZones: ["us-east-1a"] }, health: { status: 503, host: "a" } }, false)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  [
    "one zone",
    { network: { availabilityZones: ["us-east-1a"], webserverSubnets: ["10.0.101.0/24"] } },
    /availabilityZones: found one zone/,
  ],
  [
    "a small subnet",
    { network: { ...network, webserverSubnets: ["10.0.101.0/24", "10.0.102.0/28"] } },
    /webserverSubnets\[1\]: found 10\.0\.102\.0\/28/,
  ],
  ["a Host header", { network, health: { host: "ml.example.org" } }, /health\.host: is set/],
  ["headers", { network, health: { headers: { "X-Probe": "1" } } }, /health\.headers: is set/],
  ["a status that it does not take", { network, health: { status: 503 } }, /health\.status: found 503/],
])("%s is refused", (_, sections, expected) => {
  const found = problems(sections);
  expect(found).toEqual([expect.stringMatching(expected)]);
  found.forEach((problem) => expectClear(problem));
});

test.each([1, 30, 55, 120, 3600])("with requests of %d s no side closes a connection that the other one uses", (timeoutSeconds) => {
  const { idleSeconds, keepAliveSeconds, deregistrationSeconds } = balancerTimes({ timeoutSeconds });
  expect(idleSeconds).toBeGreaterThan(timeoutSeconds);
  expect(idleSeconds).toBeLessThanOrEqual(4000);
  expect(keepAliveSeconds).toBeGreaterThan(idleSeconds);
  expect(deregistrationSeconds).toBeGreaterThanOrEqual(Math.min(3600, timeoutSeconds));
});
