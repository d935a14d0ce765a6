import { hostFiles } from "../../../infra/release/host-files";
import { modulePath } from "../../../infra/release/host-files";
import type { HostFile } from "../../../infra/release/types";
import { exampleSpec, MODELS } from "./example";

function row(files: HostFile[], path: string): HostFile | undefined {
  return files.find((file) => file.path === path);
}

const backend = hostFiles(exampleSpec("backend"));
const gateway = hostFiles(exampleSpec("gateway"));

test.each<[string, string, string, string]>([
  ["/home/ddos", "directory", "ddos", "0755"],
  ["/home/ddos/app", "directory", "ddos", "0755"],
  ["/home/ddos/data", "directory", "ddos", "0755"],
  ["/home/ddos/venv", "directory", "ddos", "0755"],
  ["/home/ddos/config", "directory", "ddos", "0755"],
  ["/home/ddos/app/ml_gateway/app.py", "file", "ddos", "0644"],
  ["/home/ddos/app/requirements.txt", "file", "ddos", "0644"],
  ["/home/ddos/app/.env", "file", "ddos", "0600"],
  ["/home/ddos/models/model.pkl", "file", "ddos", "0444"],
  ["/home/ddos/logs/app.log", "file", "ddos", "0644"],
  ["/home/ddos/logs/access.log", "file", "ddos", "0644"],
  ["/home/ddos/logs/error.log", "file", "ddos", "0644"],
  ["/var/log/ddos-service", "directory", "root", "0755"],
  ["/var/log/ddos-service/error.log", "file", "ddos", "0644"],
  ["/home/ddos/config/nginx.conf", "file", "ddos", "0644"],
  ["/etc/nginx/sites-available/backend", "file", "root", "0644"],
  ["/etc/systemd/system/ddos-backend.service", "file", "root", "0644"],
  ["/var/log/user-data.log", "file", "root", "0644"],
])("the user's file table: %s is a %s of %s, %s", (path, kind, owner, mode) => {
  expect(row(backend, path)).toMatchObject({ host: "backend", kind, owner, group: owner, mode });
});

test("no path twice, no secret text", () => {
  for (const files of [backend, gateway]) {
    const paths = files.map((file) => file.path);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
  }
  expect(row(backend, "/home/ddos/app/.env")).toMatchObject({ sha256: null, content: "LOG_LEVEL='INFO'\nSECRET_KEY=[secret]\n" });
});

test("models and their absence", () => {
  expect(row(backend, "/home/ddos/models/metrics.json")).toMatchObject({ required: false, sha256: "22".repeat(32) });
  const absent = { ...MODELS, files: MODELS.files.map((file) => ({ ...file, absent: !file.required })) };
  expect(row(hostFiles(exampleSpec("backend", { models: absent })), "/home/ddos/models/metrics.json")).toBeUndefined();
  expect(gateway.filter((file) => file.path.startsWith("/home/ddos/models/"))).toEqual([]);
});

test("two models of one name are refused", () => {
  const twice = { ...MODELS, files: [...MODELS.files, { ...MODELS.files[0]!, path: "other/model.pkl" }] };
  expect(() => hostFiles(exampleSpec("backend", { models: twice }))).toThrow("model.pkl would be the same file");
});

test("NAT belongs to the gateway that is the backend's egress, and to nobody else", () => {
  const nat = (files: HostFile[]): string[] => files.map((file) => file.path).filter((path) => /nat|backend\.nft/.test(path));
  expect(nat(gateway)).toEqual([
    "/etc/ddos/nat.nft",
    "/etc/sysctl.d/60-ddos-nat.conf",
    "/etc/systemd/system/ddos-nat.service",
    "/etc/ddos/backend.nft",
  ]);
  expect(nat(backend)).toEqual([]);
  expect(nat(hostFiles(exampleSpec("gateway", { egress: "managed" })))).toEqual([]);
});

test("code from elsewhere has the two files that an application must have", () => {
  const files = hostFiles(exampleSpec("backend", { code: { kind: "git", url: "https://example.org/a.git", commit: "a".repeat(40) } }));
  const app = files.filter((file) => file.path.startsWith("/home/ddos/app/")).map((file) => file.path);
  expect(app).toEqual(["/home/ddos/app/requirements.txt", "/home/ddos/app/ml_gateway/app.py", "/home/ddos/app/.env"]);
  expect(modulePath("a.b.c:app")).toBe("a/b/c.py");
});

describe("a gateway in proxy mode", () => {
  const files = hostFiles(exampleSpec("gateway", { gatewayMode: "proxy" }));
  const paths = files.map((file) => file.path);

  test("has nothing of an application", () => {
    expect(paths.filter((path) => /\/home\/ddos\/(app|venv|models)(\/|$)|ddos-gateway(-next)?\.service/.test(path))).toEqual([]);
  });

  test("keeps the site, NAT, recovery and logs as they are", () => {
    const gone = gateway.map((file) => file.path).filter((path) => !paths.includes(path));
    expect(gone.every((path) => /^\/home\/ddos\/(app|venv|models)|ddos-gateway/.test(path))).toBe(true);
    expect(paths.filter((path) => !gateway.some((file) => file.path === path))).toEqual([]);
  });
});

test("the gateway's mode changes of the backend only whose headers its site believes", () => {
  const proxied = hostFiles(exampleSpec("backend", { gatewayMode: "proxy" }));
  const changed = proxied.filter((file) => row(backend, file.path)?.sha256 !== file.sha256).map((file) => file.path);
  expect(changed).toEqual(["/etc/nginx/sites-available/backend", "/home/ddos/config/nginx.conf"]);
});
