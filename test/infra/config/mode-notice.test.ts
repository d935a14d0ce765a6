import * as pulumi from "@pulumi/pulumi";
import { modeNotice } from "../../../infra/config/mode-notice";
import type { GatewayConfig } from "../../../infra/config/types";

const gateway = (change: Partial<GatewayConfig>): GatewayConfig => ({
  instanceType: "t3.micro",
  rootVolumeGiB: 10,
  os: "ubuntu-22.04",
  workers: "auto",
  packages: [],
  sshFrom: [],
  httpsFrom: [],
  elasticIp: false,
  loadBalancer: false,
  apiKeyNames: [],
  userNames: [],
  basicAuth: pulumi.output<Readonly<Record<string, string>>>({}),
  apiKeys: pulumi.output<Readonly<Record<string, string>>>({}),
  apiAccess: { perSecond: 1, burst: 1, openHealth: true, forwardKey: false },
  mode: "proxy",
  proof: { method: "POST", path: "/predict", body: "{}" },
  env: {},
  secretEnvNames: [],
  secretEnv: pulumi.output<Readonly<Record<string, string>>>({}),
  ...change,
});
const notice = (change: Partial<GatewayConfig>): string | undefined => modeNotice({ project: "ml-gateway", gateway: gateway(change) });

test("nothing is said where all that is configured is used", () => {
  expect(notice({})).toBeUndefined();
  expect(notice({ mode: "application", workers: 2, env: { A: "1" }, secretEnvNames: ["B"] })).toBeUndefined();
});

test("what nothing reads in proxy mode is named, with what to do", () => {
  expect(notice({ env: { A: "1" } })).toBe(
    "ml-gateway:gateway.env: no application runs on the gateway while gateway.mode is proxy, so nothing reads it; remove it, or set gateway.mode to application",
  );
  expect(notice({ workers: 2, env: { A: "1" }, secretEnvNames: ["B"] })).toMatch(
    /^ml-gateway:gateway\.workers, gateway\.env, gateway\.secretEnv: .* reads them;/,
  );
});
