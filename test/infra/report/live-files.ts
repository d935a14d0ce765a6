/** What verify, releases and Pulumi would print of a deployed dev stack. */
import type { Given } from "../../../infra/report/live";

const RELEASE = "7-3f9a12bc44de";
const file = (name: string, content: object): Given => ({ name, text: JSON.stringify(content) });

const report = (role: string, more: object): object => ({
  role,
  report: {
    role,
    host: `ip-10-0-1-${role === "gateway" ? "5" : "6"}`,
    release: RELEASE,
    models: "sample",
    ok: true,
    passed: 61,
    failed: [],
    ...more,
  },
});

export const VERIFY = file("verify.json", {
  stack: "dev",
  hosts: [
    report("gateway", { proof: { request: "POST /predict", status: 200, answeredBy: RELEASE } }),
    report("backend", { ok: false, failed: [{ check: "mode of /home/ddos/app/.env", expected: "0600", found: "0644" }] }),
  ],
});

const entry = (at: string, result: string, more: object = {}): object => ({
  at,
  result,
  release: RELEASE,
  via: "update",
  by: "ada@laptop",
  ...more,
});

export const RELEASES = file("releases.json", {
  stack: "dev",
  hosts: [
    {
      role: "backend",
      host: "b",
      serving: RELEASE,
      previous: "6-aa",
      rolledBack: null,
      here: [{ release: RELEASE }, { release: "6-0aa1bb2cc3dd" }],
      unreadable: 0,
      entries: [
        entry("2026-11-26T08:00:00Z", "serves"),
        entry("2026-11-27T09:30:00Z", "refused", { reason: "health: found 503, expected 200 <b>" }),
      ],
    },
    { role: "gateway", error: "the gateway did not answer on port 22 in 10 s" },
  ],
});

/** @param stack whose state it is */
export function stateOf(stack: string): Given {
  const urn = (type: string, name: string): string => `urn:pulumi:${stack}::ml-gateway::${type}::${name}`;
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"top-secret-output"' };
  return file("state.json", {
    version: 3,
    deployment: {
      manifest: { time: "2026-11-27T10:00:00.5Z" },
      resources: [
        {
          urn: urn("pulumi:pulumi:Stack", `ml-gateway-${stack}`),
          type: "pulumi:pulumi:Stack",
          custom: false,
          outputs: {
            gatewayAddress: "203.0.113.9",
            modelRelease: secret,
            sshKey: "SHA256:x",
            verification: {
              gateway: { role: "gateway", host: "g", release: RELEASE, models: "", ok: true, passed: 30, failed: [] },
              backend: secret,
            },
          },
        },
        { urn: urn("aws:sqs/queue:Queue", "old-queue"), type: "aws:sqs/queue:Queue", custom: true, inputs: {} },
      ],
    },
  });
}
