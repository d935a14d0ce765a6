import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostFiles } from "../../../infra/release/host-files";
import { userData } from "../../../infra/hosts/user-data";
import type { HostSpec } from "../../../infra/release/types";
import { exampleSpec } from "./example";

const FOLDER = join(__dirname, "..", "..", "golden");

/** One reviewed file a template; `UPDATE_GOLDEN=1 npm test` writes them anew, for review in the diff. */
function expectGolden(name: string, text: string): void {
  const path = join(FOLDER, name);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  expect(existsSync(path)).toBe(true);
  expect(text).toBe(readFileSync(path, "utf8"));
}

function content(spec: HostSpec, path: string): string {
  const found = hostFiles(spec).find((file) => file.path === path)?.content;
  if (found === undefined) throw new Error(`no content for ${path}`);
  return found;
}

const gateway = exampleSpec("gateway");
const backend = exampleSpec("backend");
const tls = { serverName: "ml.example.org", certificate: "-----BEGIN CERTIFICATE-----\n", hstsSeconds: 31536000 };
const acme = {
  serverName: "ml.example.org",
  acme: { email: "operations@your-company.com", directory: "https://ca.example/directory" },
  hstsSeconds: 300,
};
const byRecord = { ...acme, acme: { ...acme.acme, zone: "Z0123456789ABCDEF" } };
const front = { from: ["10.0.1.0/24", "10.0.2.0/24"], hstsSeconds: 31536000 };
const access = { keyNames: ["client-a"], perSecond: 5, burst: 10, openHealth: true, forwardKey: false };
const cors = { origins: ["https://app.example.org"], methods: ["GET", "POST"], headers: ["Content-Type"], maxAge: 600, credentials: true };
const anyOrigin = { ...cors, origins: ["*"], credentials: false };

test.each([
  ["ddos-backend.service", backend, "/etc/systemd/system/ddos-backend.service"],
  ["ddos-backend-next.service", backend, "/etc/systemd/system/ddos-backend-next.service"],
  ["ddos-gateway.service", gateway, "/etc/systemd/system/ddos-gateway.service"],
  ["backend.nginx", backend, "/etc/nginx/sites-available/backend"],
  ["gateway.nginx", gateway, "/etc/nginx/sites-available/gateway"],
  ["gateway-tls.nginx", exampleSpec("gateway", { tls }), "/etc/nginx/sites-available/gateway"],
  ["gateway-proxy.nginx", exampleSpec("gateway", { gatewayMode: "proxy" }), "/etc/nginx/sites-available/gateway"],
  ["gateway-proxy-tls.nginx", exampleSpec("gateway", { gatewayMode: "proxy", tls }), "/etc/nginx/sites-available/gateway"],
  ["gateway-acme.nginx", exampleSpec("gateway", { tls: acme, access }), "/etc/nginx/sites-available/gateway"],
  ["gateway-acme-dns.nginx", exampleSpec("gateway", { tls: byRecord, access }), "/etc/nginx/sites-available/gateway"],
  [
    "gateway-users.nginx",
    exampleSpec("gateway", { access: { ...access, userNames: ["operations"] }, cors }),
    "/etc/nginx/sites-available/gateway",
  ],
  ["gateway-access.nginx", exampleSpec("gateway", { access, cors }), "/etc/nginx/sites-available/gateway"],
  [
    "gateway-proxy-any-origin.nginx",
    exampleSpec("gateway", { gatewayMode: "proxy", cors: anyOrigin }),
    "/etc/nginx/sites-available/gateway",
  ],
  ["gateway-fronted.nginx", exampleSpec("gateway", { front }), "/etc/nginx/sites-available/gateway"],
  [
    "gateway-proxy-fronted.nginx",
    exampleSpec("gateway", {
      ...{ gatewayMode: "proxy", balanced: true, front, cors },
      ...{ access: { ...access, openHealth: false, userNames: ["operations"] }, limits: { timeoutSeconds: 200 } },
    }),
    "/etc/nginx/sites-available/gateway",
  ],
  ["gateway-proxy-balanced.nginx", exampleSpec("gateway", { gatewayMode: "proxy", balanced: true }), "/etc/nginx/sites-available/gateway"],
  ["backend-proxy-balanced.nginx", exampleSpec("backend", { gatewayMode: "proxy", balanced: true }), "/etc/nginx/sites-available/backend"],
  ["backend-proxy.nginx", exampleSpec("backend", { gatewayMode: "proxy" }), "/etc/nginx/sites-available/backend"],
  ["logrotate-ddos", backend, "/etc/logrotate.d/ddos"],
  ["ddos-recover.service", backend, "/etc/systemd/system/ddos-recover.service"],
  ["ddos-backup.timer", exampleSpec("backend", { backup: { schedule: "daily" } }), "/etc/systemd/system/ddos-backup.timer"],
  ["masked.env", backend, "/home/ddos/app/.env"],
])("golden %s", (name, spec, path) => expectGolden(name, content(spec, path)));

test("no site of the gateway hands on what a client says of its own address", () => {
  const sites = readdirSync(FOLDER).filter((name) => /^gateway.*\.nginx$/.test(name));
  expect(sites.length).toBeGreaterThan(5);
  for (const name of sites) {
    const text = readFileSync(join(FOLDER, name), "utf8");
    const passed = [...text.matchAll(/proxy_set_header (?:X-Real-IP|X-Forwarded-For|Forwarded) (.*);/g)].map(([, value]) => value);
    expect([name, ...passed.filter((value) => value !== "$remote_addr" && value !== `""`)]).toEqual([name]);
    expect(passed).toContain("$remote_addr");
    expect(text).not.toMatch(/\$(http_(x_real|x_forwarded|forwarded)|proxy_add_x_forwarded_for)/);
  }
});

test("a request that meets every kept connection closed, one after another, has a name left for a new one", () => {
  const site = readFileSync(join(FOLDER, "gateway-proxy.nginx"), "utf8");
  const names = site.match(/^ {4}server backend\.internal:9000 max_fails=0( backup)?;$/gm) ?? [];
  const [, kept] = /^ {4}keepalive (\d+);$/m.exec(site) ?? [];
  expect(names.length).toBe(Number(kept) + 1);
});

test("golden user data, for a shell and not indented", () => {
  expectGolden("user-data.sh", userData("backend"));
  expect(userData("gateway").startsWith("#!/bin/bash\n")).toBe(true);
});
