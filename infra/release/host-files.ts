/** The file table of a host: every managed path with owner, mode and, where the program knows it, content hash. */
import { basename } from "node:path";
import { accessFiles } from "./access";
import { maskedEnvFile } from "./env-file";
import { hasApplication, isNat, renderSite, renderUnit, systemFiles } from "./render";
import { sha256 } from "../sha256";
import { tlsFiles } from "./tls";
import type { HostFile, HostSpec } from "./types";

type Row = Omit<HostFile, "host">;

/** @throws Error when two model files would get the same name on the host. */
export function hostFiles(spec: HostSpec): HostFile[] {
  const application = hasApplication(spec) ? [...appFiles(spec), ...envFile(spec), ...units(spec)] : [];
  const rows = [
    ...folders(spec),
    ...links(spec),
    ...application,
    ...modelFiles(spec),
    ...made(),
    ...system(spec),
    ...tlsFiles(spec),
    ...accessFiles(spec),
  ];
  return rows.map((row) => ({ host: spec.role, ...row }));
}

const OURS = { owner: "ddos", group: "ddos" };
const ROOT = { owner: "root", group: "root" };

function folders(spec: HostSpec): Row[] {
  const application = hasApplication(spec) ? ["/app", "/models", "/venv"] : [];
  const ours = ["", ...application, "/logs", "/data", "/config", "/releases", "/venvs"];
  const root = ["/usr/local/lib/ddos", SERVICE_LOGS];
  return [
    ...ours.map((path): Row => ({ path: `/home/ddos${path}`, kind: "directory", ...OURS, mode: "0755", sha256: null })),
    ...root.map((path): Row => ({ path, kind: "directory", ...ROOT, mode: "0755", sha256: null })),
    ...["/var/lib/ddos", "/var/lib/ddos/env", "/var/lib/ddos/steps"].map((path): Row => ({
      path,
      kind: "directory",
      ...ROOT,
      mode: "0700",
      sha256: null,
    })),
  ];
}

/** A symbolic link has no mode of its own. */
function links(spec: HostSpec): Row[] {
  return [
    {
      path: `/etc/nginx/sites-enabled/${spec.role}`,
      kind: "link",
      ...ROOT,
      mode: "0777",
      sha256: null,
      target: `/etc/nginx/sites-available/${spec.role}`,
    },
  ];
}

/** The files of a bundle are known; of a git commit or an S3 object only what is likely; on the host verify compares all of them with what was unpacked. */
function appFiles(spec: HostSpec): Row[] {
  const known = spec.code.kind === "bundle" ? spec.code.bundle.files : [];
  const likely = spec.code.kind === "bundle" ? [] : ["requirements.txt", modulePath(spec.module)];
  const row = (path: string, hash: string | null): Row => ({
    path: `/home/ddos/app/${path}`,
    kind: "file",
    ...OURS,
    mode: "0644",
    sha256: hash,
  });
  const link = (path: string, target: string): Row => ({ ...row(path, null), kind: "link", mode: "0777", target });
  return [
    // A row is words with blanks between: a link with a blank in it is left to the digest of the whole folder.
    ...known
      .filter(({ link: to }) => to === undefined || !/\s/.test(to))
      .map((file) => (file.link === undefined ? row(file.path, file.sha256) : link(file.path, file.link))),
    ...likely.map((path) => ({ ...row(path, null), required: false })),
  ];
}

/** "ml_gateway.app:app" is ml_gateway/app.py. */
export function modulePath(module: string): string {
  return `${(module.split(":")[0] ?? "").replace(/\./g, "/")}.py`;
}

function envFile(spec: HostSpec): Row[] {
  const content = maskedEnvFile(spec.envNames, spec.plainEnv);
  return [{ path: "/home/ddos/app/.env", kind: "file", ...OURS, mode: "0600", sha256: null, content }];
}

function modelFiles(spec: HostSpec): Row[] {
  const files = (spec.models?.files ?? []).filter((file) => file.absent !== true);
  const names = files.map((file) => basename(file.path));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    throw new Error(`Models: ${twice.join(", ")} would be the same file in /home/ddos/models; give each model a file name of its own.`);
  return files.map((file) => ({
    path: `/home/ddos/models/${basename(file.path)}`,
    kind: "file",
    ...OURS,
    mode: "0444",
    sha256: file.sha256,
    required: file.required,
  }));
}

/** What systemd and nginx open as root; the names below /home/ddos lead there. */
const SERVICE_LOGS = "/var/log/ddos-service";

function made(): Row[] {
  const logs = ["/home/ddos/logs", SERVICE_LOGS].flatMap((folder) =>
    ["app", "access", "error"].map((name): Row => ({ path: `${folder}/${name}.log`, kind: "file", ...OURS, mode: "0644", sha256: null })),
  );
  return [...logs, { path: "/var/log/user-data.log", kind: "file", ...ROOT, mode: "0644", sha256: null }];
}

function row(path: string, content: string, mode = "0644", owner = ROOT): Row {
  return { path, kind: "file", ...owner, mode, sha256: sha256(content), content };
}

function units(spec: HostSpec): Row[] {
  return [
    row(`/etc/systemd/system/${spec.service}.service`, renderUnit(spec, "current")),
    row(`/etc/systemd/system/${spec.service}-next.service`, renderUnit(spec, "next")),
  ];
}

function system(spec: HostSpec): Row[] {
  const site = renderSite(spec);
  const rows = [
    row(`/etc/nginx/sites-available/${spec.role}`, site),
    row("/home/ddos/config/nginx.conf", site, "0644", OURS),
    ...systemFiles(spec).map(({ path, content, mode, required }) => ({
      ...row(path, content, mode),
      ...(required === undefined ? {} : { required }),
    })),
  ];
  if (isNat(spec)) rows.push({ path: "/etc/ddos/backend.nft", kind: "file", ...ROOT, mode: "0644", sha256: null });
  if (spec.backup !== undefined) rows.push({ path: "/etc/ddos/backup.conf", kind: "file", ...ROOT, mode: "0644", sha256: null });
  if (spec.watch !== undefined) rows.push({ path: "/etc/ddos/watch.json", kind: "file", ...ROOT, mode: "0644", sha256: null });
  if (spec.role === "gateway") rows.push({ path: "/etc/hosts", kind: "file", ...ROOT, mode: "0644", sha256: null });
  return rows;
}
