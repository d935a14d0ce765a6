/** The pack has nothing to say of a stack with several backends. */
import { evaluateDev } from "./evaluate";
import { findings, judged } from "./judged";

jest.setTimeout(120_000);

const gateway = { sshFrom: ["203.0.113.0/24"] };
const backend = { loadBalancer: true, count: 3 };
const key = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const options = {
  gateway: { ...gateway, mode: "proxy" },
  access: "ssm",
  kms: { volumeKey: key, bucketKey: "alias/models" },
  watch: { enabled: true, metrics: true, logs: true, emails: ["operations@your-company.com"] },
};

test.each<[string, Record<string, object | string>]>([
  ["three backends", { gateway, backend }],
  ["three backends with a proxy, SSM, keys and metrics", { ...options, backend }],
  [
    "two, behind a managed NAT, by an Instance Connect Endpoint",
    { gateway, backend: { ...backend, count: 2 }, network: { egress: "managed" }, access: "instance-connect" },
  ],
  ["three behind a proxy, by an Instance Connect Endpoint", { ...options, backend, access: "instance-connect" }],
])("%s: no finding", async (_, sections) => {
  expect(findings(await judged(await evaluateDev(sections), "2026-11-28"))).toEqual([]);
});
