/** A public load balancer in front of the gateway: its resources, who reaches whom, what the policy pack and the picture say of it. */
import { costText } from "../../infra/cli/cost";
import { servicesOf } from "../../infra/doctor/placement";
import type { GraphResource, RunResult } from "../../infra/offline/engine";
import type { HostFile } from "../../infra/release/types";
import { networkView } from "../../infra/report/network";
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { loadGraph } from "../../policies/graph/load";
import { policyOf } from "../policies/core/policy-of";
import { byName, difference, evaluateDev, namesOf, sources } from "./evaluate";

jest.setTimeout(120_000);

const gateway = { sshFrom: ["203.0.113.0/24"], loadBalancer: true };
const NAMED = { domain: "ml.your-company.com", tls: { acm: "new" }, dns: { zone: "Z0123456789ABCDEF" } };
const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";

const TYPES = {
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  listener: "aws:lb/listener:Listener",
  record: "aws:route53/record:Record",
  targets: "aws:lb/targetGroup:TargetGroup",
} as const;

let dev: RunResult;
let front: RunResult;
/** A certificate that is there, a record that is made elsewhere, a managed NAT, and what an internal load balancer adds. */
let given: RunResult;
beforeAll(async () => {
  dev = await evaluateDev({ watch: { enabled: true, emails: ["operations@your-company.com"] } });
  front = await evaluateDev({
    ...{ ...NAMED, gateway, requests: { timeoutSeconds: 200 }, protect: { hosts: true } },
    watch: { enabled: true, emails: ["operations@your-company.com"] },
  });
  given = await evaluateDev({
    ...{ domain: NAMED.domain, tls: { acm: ARN }, network: { egress: "managed" }, backend: { loadBalancer: true } },
    gateway: { ...gateway, httpsFrom: ["203.0.113.0/24"] },
  });
});

test("adds these resources, and takes away the direct way to the gateway", () => {
  expect(difference(dev, front)).toMatchSnapshot();
});

test("stands in both public subnets, serves HTTPS alone, and has times that fit the requests", () => {
  const balancer = byName(front, TYPES.balancer, "front-lb");
  expect(sources(front, balancer, "subnets")).toEqual(["network-gateway-us-east-1a", "network-gateway-us-east-1b"]);
  expect(balancer.inputs).toMatchObject({
    ...{ internal: false, idleTimeout: 205, dropInvalidHeaderFields: true, preserveHostHeader: true },
    ...{ xffHeaderProcessingMode: "append", enableDeletionProtection: true },
  });
  expect(byName(given, TYPES.balancer, "front-lb").inputs.enableDeletionProtection).toBe(false);
  expect(byName(front, TYPES.targets, "front-targets").inputs).toMatchObject({
    ...{ port: 80, deregistrationDelay: 205, healthCheck: { path: "/health", matcher: "200" } },
  });
  expect(byName(front, TYPES.listener, "front-http").inputs.defaultActions).toEqual([
    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
  ]);
  const https = byName(front, TYPES.listener, "front-https");
  expect(https.inputs).toMatchObject({ port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" });
  const attached = byName(front, "aws:lb/targetGroupAttachment:TargetGroupAttachment", "front-gateway");
  expect(sources(front, attached, "targetId")).toEqual(["gateway-instance"]);
});

test("a certificate of the program is proven in the zone, and the listener waits until it is issued; one that is there is taken as it is", () => {
  expect(byName(front, "aws:acm/certificate:Certificate", "front-certificate").inputs).toMatchObject({
    ...{ domainName: "ml.your-company.com", validationMethod: "DNS" },
  });
  const proof = byName(front, TYPES.record, "front-validation");
  expect(proof.inputs.zoneId).toBe("Z0123456789ABCDEF");
  expect(sources(front, proof, "records")).toEqual(["front-certificate"]);
  expect(sources(front, byName(front, TYPES.listener, "front-https"), "certificateArn")).toEqual(["front-issued"]);
  expect(byName(given, TYPES.listener, "front-https").inputs.certificateArn).toBe(ARN);
  expect(namesOf(given).filter((name) => /acm|gateway-record/.test(name))).toEqual([]);
});

test("the name leads to it once it serves, and health is asked for by the name", () => {
  const record = byName(front, TYPES.record, "gateway-record");
  expect(record.inputs).toMatchObject({ name: "ml.your-company.com", type: "A", aliases: [{ evaluateTargetHealth: false }] });
  expect(record.inputs).not.toHaveProperty("ttl");
  expect(record.dependencies).toEqual(expect.arrayContaining([byName(front, TYPES.listener, "front-https").urn]));
  expect([front, given].map(({ outputs }) => Object.keys(outputs).includes("publicName"))).toEqual([true, true]);
  expect(Object.keys(dev.outputs)).not.toContain("publicName");
  const check = byName(front, "aws:route53/healthCheck:HealthCheck", "watch-health");
  expect(check.inputs).toMatchObject({ type: "HTTPS", fqdn: "ml.your-company.com" });
  expect(check.inputs).not.toHaveProperty("ipAddress");
});

/** `SOURCE -> GROUP PORT` of what is let in. */
function opened(result: RunResult, port: number): string[] {
  return result.resources
    .filter(({ type, inputs }) => /SecurityGroupIngressRule$/.test(type) && inputs.toPort === port)
    .map((rule): string => {
      const [group = ""] = sources(result, rule, "securityGroupId");
      const [from = String(rule.inputs.cidrIpv4)] = sources(result, rule, "referencedSecurityGroupId");
      return `${from} -> ${group}`.replaceAll("firewall-", "");
    })
    .sort();
}

test("verify asks through it where the gateway itself may be a client, and waits for it; closed to some, or with keys, it does not", () => {
  const verify = (result: RunResult): GraphResource => byName(result, "command:remote:Command", "gateway-verify");
  expect(sources(front, verify(front), "stdin")).toContain("front-lb");
  expect(verify(front).dependencies).toEqual(expect.arrayContaining([byName(front, TYPES.listener, "front-https").urn]));
  expect(sources(given, verify(given), "stdin")).not.toContain("front-lb");
});

test("clients reach it alone, it reaches the gateway alone, and the NAT keeps the backend's way", () => {
  expect(opened(front, 80)).toEqual(["0.0.0.0/0 -> front-sg", "front-sg -> gateway-sg", "webserver-sg -> gateway-sg"]);
  expect(opened(front, 443)).toEqual(["0.0.0.0/0 -> front-sg", "webserver-sg -> gateway-sg"]);
  expect(opened(given, 80)).toEqual(["0.0.0.0/0 -> front-sg", "front-sg -> gateway-sg"]);
  expect(opened(given, 443)).toEqual(["203.0.113.0/24 -> front-sg"]);
  const out = front.resources.filter(({ type, name }) => /EgressRule$/.test(type) && name.startsWith("firewall-out-front"));
  expect(out.map((rule): unknown[] => [rule.inputs.toPort, ...sources(front, rule, "referencedSecurityGroupId")])).toEqual([
    [80, "firewall-gateway-sg"],
  ]);
});

describe("what judges it", () => {
  const graphOf = (resources: readonly GraphResource[]) => loadGraph(JSON.stringify({ resources }), "front").graph;

  /** Of one policy alone: those of hosts follow scripts. stack-policies.test.ts asks all of them. */
  const findings = async (id: string, resources: readonly GraphResource[]): Promise<string[]> => {
    const found = await policyOf(id).evaluate(graphOf(resources), DEFAULT_CONFIG.settings);
    return found.map(({ verdict, message }) => `${verdict}: ${message}`);
  };

  test("the pack has a violation with the path where it leads to the backend itself", async () => {
    const instance = byName(front, "aws:ec2/instance:Instance", "backend-instance");
    const past = front.resources.map((one) =>
      one.name === "front-gateway" ? { ...one, propertyDependencies: { ...one.propertyDependencies, targetId: [instance.urn] } } : one,
    );
    expect(await findings("backend-not-load-balanced-publicly", front.resources)).toEqual([]);
    expect(await findings("backend-not-load-balanced-publicly", past)).toEqual([
      expect.stringMatching(/^violation: .*front-lb.* faces the Internet and passes connections to the backend \(front-gateway registers/),
    ]);
  });

  test("the pack has a violation where its group reaches the backend's port", async () => {
    const group = byName(front, "aws:ec2/securityGroup:SecurityGroup", "firewall-front-sg");
    const past = front.resources.map((one) =>
      one.name === "firewall-in-webserver-service"
        ? { ...one, propertyDependencies: { ...one.propertyDependencies, referencedSecurityGroupId: [group.urn] } }
        : one,
    );
    expect(await findings("service-port-only-from-gateway", past)).toEqual([
      expect.stringMatching(/^violation: .*internet -> front-lb tcp \d+, tcp/),
    ]);
  });

  test("the picture has it between the Internet and the gateway, which nobody else reaches but by SSH", () => {
    const { arrows } = networkView(graphOf(front.resources), DEFAULT_CONFIG.settings, []);
    const into = (to: string): string[] =>
      arrows.filter((one) => !one.outward && one.to === to).map(({ from, ports }) => `${from} ${ports}`);
    expect(into("front-lb")).toEqual(["Internet tcp 80, 443"]);
    expect(into("gateway-instance")).toEqual(expect.arrayContaining(["front-lb tcp 80", "203.0.113.0/24 tcp 22"]));
    expect(into("gateway-instance").filter((one) => one.startsWith("Internet"))).toEqual([]);
  });

  test("the report says what is open at it, and why", () => {
    const listening = {
      host: "gateway",
      kind: "file",
      path: "/etc/nginx/sites-available/gateway",
      content: "    listen 80;\n",
    } as HostFile;
    expect(networkView(graphOf(front.resources), DEFAULT_CONFIG.settings, [listening]).doors).toEqual([
      "tcp 80 of front-lb: the load balancer sends whoever comes to HTTPS.",
      "tcp 443 of front-lb: the load balancer ends TLS and passes requests on, for clients.",
    ]);
  });

  test("costs an address in each zone beside the balancer's hours, and needs the service's role", () => {
    expect(costText(front.resources, "us-east-1", new Date("2026-11-28"))).toMatch(
      /3 public IPv4 addresses 10\.95, 1 load balancer .* 16\.43/,
    );
    const config = { gateway: { loadBalancer: true }, backend: { loadBalancer: false, mode: "single" }, access: "ssh" };
    expect(servicesOf(config as Parameters<typeof servicesOf>[0])).toEqual(["elasticloadbalancing.amazonaws.com"]);
  });
});

test("access logs: a private bucket of their own that Elastic Load Balancing alone writes to, which empties itself and goes with the stack", async () => {
  const logged = await evaluateDev({ ...NAMED, gateway: { ...gateway, accessLogs: { days: 30 } } });
  const { added } = difference(await evaluateDev({ ...NAMED, gateway }), logged);
  expect(added).toMatchSnapshot();
  const bucket = byName(logged, "aws:s3/bucket:Bucket", "logs-bucket");
  expect(bucket).toMatchObject({ inputs: { bucket: "ml-gateway-dev-logs-123456789012-us-east-1", forceDestroy: true } });
  const { policy } = byName(logged, "aws:s3/bucketPolicy:BucketPolicy", "logs-tls").inputs;
  const { Statement } = JSON.parse(policy as string) as { Statement: readonly { Effect: string }[] };
  expect(Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([
    {
      ...{ Sid: "LogDelivery", Effect: "Allow", Action: "s3:PutObject" },
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Resource: "arn:aws:s3:::ml-gateway-dev-logs-123456789012-us-east-1/front/AWSLogs/123456789012/*",
    },
  ]);
  const balancer = byName(logged, TYPES.balancer, "front-lb");
  expect(balancer.inputs.accessLogs).toMatchObject({ enabled: true, prefix: "front" });
  // ELB tries to write when it is told where: all of the bucket is there before.
  expect(balancer.dependencies).toContain(byName(logged, "aws:s3/bucketPolicy:BucketPolicy", "logs-tls").urn);
  expect(costText(logged.resources, "us-east-1", new Date("2026-11-28"))).toContain(
    "access logs of a load balancer (S3, by what is stored)",
  );
});
