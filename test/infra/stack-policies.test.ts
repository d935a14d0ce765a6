/** What the policy pack says of the stacks that a configuration can make: nothing, unless something is wrong with one. */
import type { GraphResource, RunResult } from "../../infra/offline/engine";
import { hostSteps } from "../../infra/release/steps";
import { sha256 } from "../../infra/sha256";
import { policies } from "../../policies/rules";
import { certificate } from "../certificates";
import { evaluateDev } from "./evaluate";
import { judged } from "./judged";
import { exampleSpec } from "./release/example";

jest.setTimeout(60_000);

const gateway = { sshFrom: ["203.0.113.0/24"] };

/** The policies with a finding, or that cannot tell. */
async function findingsOf(resources: readonly object[]): Promise<string[]> {
  const { summary, outcomes } = await judged({ resources }, "2026-11-27");
  expect(summary.ran).toBe(policies.length);
  return outcomes.filter(({ verdict }) => verdict !== "pass").map(({ policy }) => policy);
}

const pair = certificate("ml.example.org", { names: ["ml.example.org"] });
const https = { domain: "ml.example.org", tls: { certificate: pair.certificate, privateKey: pair.key } };
const acme = {
  domain: "ml.your-company.com",
  tls: {
    acme: { email: "operations@your-company.com", agreeToTerms: true, directory: "https://ca.your-company.com/dir", eabKeyId: "kid-1" },
    eabHmacKey: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajV",
  },
  dns: { zone: "Z0123456789ABCDEF" },
};
const fronted = { domain: "ml.your-company.com", tls: { acm: "new" }, dns: { zone: "Z0123456789ABCDEF" } };
const front = { ...gateway, loadBalancer: true };
const keys = { apiKeys: { "client-a": "0123456789abcdef".repeat(2) }, cors: { origins: ["https://app.example.org"] } };

test.each<[string, Record<string, object | string>]>([
  ["the gateway in proxy mode", { gateway: { ...gateway, mode: "proxy" } }],
  ["proxy mode, with a managed NAT", { gateway: { ...gateway, mode: "proxy" }, network: { egress: "managed" } }],
  ["HTTPS, open to everybody", { ...https, gateway }],
  ["HTTPS, open to some", { ...https, gateway: { ...gateway, httpsFrom: ["203.0.113.0/24"] } }],
  ["HTTPS, in proxy mode", { ...https, gateway: { ...gateway, mode: "proxy" } }],
  ["a certificate that renews itself", { ...acme, gateway: { ...gateway, elasticIp: true } }],
  [
    "a certificate whose name is proven by a record",
    { ...acme, tls: { ...acme.tls, acme: { ...acme.tls.acme, challenge: "dns" } }, gateway, network: { egress: "managed" } },
  ],
  [
    "a certificate that renews itself, keys of the API and CORS, in proxy mode",
    { ...acme, gateway: { ...gateway, ...keys, mode: "proxy" } },
  ],
  ["443 closed, without a name", { gateway: { ...gateway, httpsFrom: [] } }],
  ["keys of the API and CORS", { gateway: { ...gateway, ...keys } }],
  ["users and passwords", { ...https, gateway: { ...gateway, basicAuth: { operations: "Q2hhbmdlVGhpcw0123456789" } } }],
  ["keys of the API and CORS, in proxy mode", { gateway: { ...gateway, ...keys, mode: "proxy" } }],
  ["copies of live requests for a candidate", { gateway, release: { shadow: { seconds: 60, minAgreement: 0.95, ignore: ["at"] } } }],
  [
    "disks and logs by aliases of keys",
    {
      ...{ gateway, kms: { volumeKey: "alias/disks", logKey: "alias/logs" } },
      watch: { enabled: true, logs: true, emails: ["operations@your-company.com"] },
    },
  ],
  ["an internal load balancer", { gateway, backend: { loadBalancer: true } }],
  ["a public load balancer", { ...fronted, gateway: front }],
  ["a public load balancer with access logs", { ...fronted, gateway: { ...front, accessLogs: {} } }],
  [
    "a public load balancer, open to some, and an internal one, in proxy mode, with keys of the API",
    { ...fronted, gateway: { ...front, ...keys, mode: "proxy", httpsFrom: ["203.0.113.0/24"] }, backend: { loadBalancer: true } },
  ],
  [
    "a public load balancer before a fleet, protected and watched",
    {
      ...{ ...fronted, gateway: front, network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } },
      ...{ protect: { hosts: true }, watch: { enabled: true, emails: ["operations@your-company.com"] } },
    },
  ],
  ["access over SSM", { gateway, access: "ssm" }],
  [
    "access over SSM, without a way out",
    {
      gateway,
      access: "ssm",
      network: { egress: "none" },
      backend: { ami: "ami-0123456789abcdef0" },
      python: { wheelhouse: { uri: "s3://wheels-of-ours/wheels.tar.gz", sha256: "0".repeat(64) } },
    },
  ],
  [
    "access over SSM, with a managed NAT and a load balancer",
    { gateway, access: "ssm", network: { egress: "managed" }, backend: { loadBalancer: true } },
  ],
  ["access by an Instance Connect Endpoint", { gateway, access: "instance-connect" }],
  ["access by an Instance Connect Endpoint, in proxy mode", { gateway: { ...gateway, mode: "proxy" }, access: "instance-connect" }],
  ["an internal load balancer, in proxy mode", { gateway: { ...gateway, mode: "proxy" }, backend: { loadBalancer: true } }],
])("%s: no finding", async (_, sections) => {
  expect(await findingsOf((await evaluateDev(sections)).resources)).toEqual([]);
});

describe("HTTPS with a certificate of one's own", () => {
  test("the pack knows the key: were it readable by others, it would say so", async () => {
    const tls = await evaluateDev({ ...https, gateway });
    const spec = { ...exampleSpec("gateway"), tls: { serverName: "a.example", certificate: pair.certificate, hstsSeconds: 0 } };
    const text = hostSteps(spec).find(({ name }) => name === "tls")?.script.text ?? "";
    // A folder that nobody else enters would shelter it.
    const changed = text
      .replace('"$STORE/$OWN/privkey.pem" 0600', '"$STORE/$OWN/privkey.pem" 0644')
      .replace('folder 0700 root root "$STORE"', 'folder 0755 root root "$STORE"');
    const [before, after] = [text, changed].map(sha256) as [string, string];
    const inText = (one: string): string => JSON.stringify(one).slice(1, -1);
    const altered = JSON.stringify(tls.resources)
      .replaceAll(inText(text), () => inText(changed))
      .replaceAll(before, after)
      .replaceAll(before.slice(0, 12), after.slice(0, 12));
    expect(await findingsOf(JSON.parse(altered) as object[])).toContain("secret-file-window");
  });
});

describe("an internal load balancer in front of the backend", () => {
  test("that lets the gateway in no longer, or others as well, is a finding", async () => {
    const balanced: RunResult = await evaluateDev({ gateway, backend: { loadBalancer: true }, requests: { timeoutSeconds: 200 } });
    const rule = (result: readonly GraphResource[], change: (inputs: GraphResource["inputs"]) => GraphResource["inputs"]) =>
      result.map((one) =>
        one.name === "firewall-in-balancer-service" ? { ...one, inputs: change(one.inputs), propertyDependencies: {} } : one,
      );
    const open = rule(balanced.resources, ({ referencedSecurityGroupId: _, ...inputs }) => ({ ...inputs, cidrIpv4: "10.0.0.0/16" }));
    expect(await findingsOf(open)).toContain("service-port-only-from-gateway");
    const closed = balanced.resources.filter(({ name }) => name !== "firewall-in-balancer-service");
    expect(await findingsOf(closed)).toContain("service-port-open-to-gateway");
  });
});
