/** The configuration files of a host, rendered from templates/. */
import { accessView, corsView } from "./access";
import { balancerTimes, KEEP_ALIVE } from "./balancer";
import { frontView } from "./front";
import { healthOf, undoSeconds } from "./health";
import { limitsOf, stopTimes } from "./limits";
import { readScript, readTemplate, renderTemplate, type TemplateView } from "./templates";
import { RENEWED, tlsView } from "./tls";
import { watchFiles } from "./watch";
import { ALLOWANCES, type Allowance } from "./sandbox";
import type { HostSpec, SystemFile } from "./types";

/** Logs are rotated daily, and early at this size; with 90 kept that is about three months of a quiet service. */
const LOGS = { maxSizeMiB: 20, keep: 90 };

/** Idle connections to the backend that each worker of the gateway's nginx keeps, in proxy mode. */
const KEPT = 32;

function render(name: string, view: TemplateView): string {
  return renderTemplate(name, readTemplate(name), view);
}

/** The unit of the service, or of the candidate that a release tries beside it: the same text with another root, port and worker count. */
export function renderUnit(spec: HostSpec, which: "current" | "next"): string {
  const main = which === "current";
  const open = allowances(spec);
  return render("service.mustache", {
    service: main ? spec.service : `${spec.service}-next`,
    description: main ? `ML ${spec.role} (uvicorn)` : `ML ${spec.role}, candidate of a release`,
    module: spec.module.replace("()", ""),
    options: uvicornOptions(spec),
    root: `/home/ddos/${which}`,
    port: main ? 8000 : 8001,
    workers: main ? spec.workers : (spec.nextWorkers ?? 1),
    keep: main,
    // A candidate stands beside a service that has its own rule, and takes nothing away from it.
    rule: main || open.metadata ? [{ verdict: open.metadata ? "allow" : "deny" }] : [],
    ...open,
    ...threads(spec.plainEnv),
    ...stopTimes(limitsOf(spec)),
    startSeconds: healthOf(spec.health).startSeconds,
    // When memory runs out during a release, the candidate goes first.
    oomScoreAdjust: main ? 0 : 800,
  });
}

/** What the libraries read before .env is: a value in it would come too late, so it stands in the unit. */
function threads(env: Readonly<Record<string, string>>): TemplateView {
  return {
    ompThreads: env.OMP_NUM_THREADS ?? "1",
    blasThreads: env.OPENBLAS_NUM_THREADS ?? "1",
    arenas: env.MALLOC_ARENA_MAX ?? "2",
  };
}

/** What of the sandbox is open, a switch each. */
function allowances(spec: HostSpec): Record<Allowance, boolean> {
  return Object.fromEntries(ALLOWANCES.map((name) => [name, spec.sandbox?.includes(name) ?? false])) as Record<Allowance, boolean>;
}

/** With a blank behind each; nothing for an ASGI application that stands in its module. */
function uvicornOptions(spec: HostSpec): string {
  return `${spec.module.endsWith("()") ? "--factory " : ""}${spec.interface === "wsgi" ? "--interface wsgi " : ""}`;
}

export function renderSite(spec: HostSpec): string {
  const limits = limitsOf(spec);
  const { bodyMiB, timeoutSeconds } = limits;
  if (spec.role === "backend") {
    const balanced = spec.balanced === true;
    const keepAliveSeconds = balanced ? balancerTimes(limits).keepAliveSeconds : KEEP_ALIVE;
    return render("backend.nginx.mustache", {
      port: spec.servicePort,
      bodyMiB,
      timeoutSeconds,
      keepAliveSeconds,
      balanced,
      proxy: isProxied(spec),
    });
  }
  const healthPath = healthOf(spec.health).path;
  return render("gateway.nginx.mustache", {
    port: spec.servicePort,
    ...limits,
    tls: tlsView(spec, healthPath),
    access: accessView(spec, healthPath),
    cors: corsView(spec),
    ...frontView(spec),
    proxy: isProxied(spec) ? [{ upstream: spec.upstream ?? "", kept: KEPT, again: Array.from({ length: KEPT }, () => ({})) }] : [],
    resolved: isProxied(spec) && spec.balanced === true,
    target: isProxied(spec) ? (spec.balanced === true ? "$ddos_backend" : "ddos_gateway") : "$ddos_upstream",
  });
}

/** Everything root-owned outside of the release path. NAT only where the gateway is the backend's egress. */
export function systemFiles(spec: HostSpec): SystemFile[] {
  const files = [
    file("logrotate-ddos", "/etc/logrotate.d/ddos", render("logrotate.mustache", LOGS)),
    file("logrotate-nginx", "/etc/logrotate.d/nginx", readTemplate("logrotate-nginx")),
    file("logrotate-timer.conf", "/etc/systemd/system/logrotate.timer.d/ddos.conf", readTemplate("logrotate-timer.conf")),
    file("journald.conf", "/etc/systemd/journald.conf.d/ddos.conf", readTemplate("journald.conf")),
    file("metadata.sh", "/usr/local/lib/ddos/metadata.sh", readScript("metadata"), "0755"),
    file("ddos-metadata@.service", "/etc/systemd/system/ddos-metadata@.service", readTemplate("ddos-metadata@.service")),
    file("networkd.conf", "/etc/systemd/networkd.conf.d/ddos.conf", readTemplate("networkd.conf")),
    file("nginx.service.conf", "/etc/systemd/system/nginx.service.d/ddos.conf", readTemplate("nginx.service.conf")),
    file("sshd.conf", "/etc/ssh/sshd_config.d/00-ddos.conf", readTemplate("sshd.conf")),
    file("apt-upgrades.conf", "/etc/apt/apt.conf.d/99-ddos-upgrades", readTemplate("apt-upgrades.conf")),
    { ...file("needrestart.conf", "/etc/needrestart/conf.d/ddos.conf", readTemplate("needrestart.conf")), required: false },
    file("recover.sh", "/usr/local/lib/ddos/recover.sh", recoverScript(spec), "0755"),
    file(
      "ddos-recover.service",
      "/etc/systemd/system/ddos-recover.service",
      render("ddos-recover.service.mustache", { service: spec.service }),
    ),
    file(
      "ddos-undo.service",
      "/etc/systemd/system/ddos-undo.service",
      render("ddos-undo.service.mustache", { undoSeconds: undoSeconds(healthOf(spec.health), limitsOf(spec)) }),
    ),
  ];
  const renewed = spec.tls?.acme === undefined ? [] : [{ ...RENEWED, content: readScript("certificate") }];
  const backup = spec.backup === undefined ? [] : backupFiles(spec.backup);
  return [...files, ...backup, ...(isNat(spec) ? natFiles() : []), ...renewed, ...watchFiles(spec)];
}

function recoverScript(spec: HostSpec): string {
  return readScript("recover", hasApplication(spec) ? {} : { "recover-units": "recover-no-units" });
}

const file = (stage: string, path: string, content: string, mode = "0644"): SystemFile => ({ stage, path, mode, content });

function natFiles(): SystemFile[] {
  return [
    file("nat.nft", "/etc/ddos/nat.nft", readTemplate("nat.nft")),
    file("nat.sysctl.conf", "/etc/sysctl.d/60-ddos-nat.conf", readTemplate("nat.sysctl.conf")),
    file("ddos-nat.service", "/etc/systemd/system/ddos-nat.service", readTemplate("ddos-nat.service")),
  ];
}

function backupFiles({ schedule }: { readonly schedule: string }): SystemFile[] {
  const script = (name: string): SystemFile => file(`${name}.sh`, `/usr/local/lib/ddos/${name}.sh`, readScript(name), "0755");
  return [
    script("backup"),
    script("restore"),
    file("ddos-backup.service", "/etc/systemd/system/ddos-backup.service", readTemplate("ddos-backup.service")),
    file("ddos-backup.timer", "/etc/systemd/system/ddos-backup.timer", render("ddos-backup.timer.mustache", { schedule })),
  ];
}

/** Whether the gateway's nginx passes requests to the backend's directly; concerns the sites of both. */
export function isProxied(spec: HostSpec): boolean {
  return spec.gatewayMode === "proxy";
}

/** Whether an application runs on this host, with its code, environment, settings and unit. */
export function hasApplication(spec: HostSpec): boolean {
  return spec.role === "backend" || !isProxied(spec);
}

export function isNat(spec: HostSpec): boolean {
  return spec.role === "gateway" && spec.egress === "gateway";
}
