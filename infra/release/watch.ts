/** What a host sends to CloudWatch, and with what. Pure. */
import { healthOf } from "./health";
import { given, type Line } from "./plan";
import { readTemplate, renderTemplate } from "./templates";
import type { HostSpec, StepValues, SystemFile } from "./types";

/** Programs of the host, the one that the unit runs first. */
const PROGRAMS = ["watch", "watch_files", "watch_metrics", "watch_logs"];

export function watchFiles({ watch }: HostSpec): SystemFile[] {
  if (watch === undefined) return [];
  const system = (name: string, content: string): SystemFile => ({
    stage: name,
    path: `/etc/systemd/system/${name}`,
    mode: "0644",
    content,
  });
  return [
    ...PROGRAMS.map((name) => ({
      stage: `${name}.py`,
      path: `/usr/local/lib/ddos/${name}.py`,
      mode: "0644",
      content: readTemplate(`watch/${name}.py`),
    })),
    system("ddos-watch.service", watchUnit(watch.logs !== undefined)),
    system("ddos-watch.timer", readTemplate("watch/ddos-watch.timer")),
  ];
}

const UNIT = "watch/ddos-watch.service.mustache";

/** @param logs with the logs of the steps, which root alone may read otherwise */
export const watchUnit = (logs: boolean): string => renderTemplate(UNIT, readTemplate(UNIT), { logs });

/** What templates/watch/watch.py reads. The age of the last backup is asked of the bucket, which alone knows that it is whole. */
export function watchLines(spec: HostSpec, values: StepValues): Line[] {
  const { watch, role, host = role, backup, tls } = spec;
  if (watch === undefined) return [];
  const conf = {
    region: spec.region,
    host,
    namespace: watch.namespace,
    metrics: watch.metrics,
    health: healthOf(spec.health).path,
    ...(watch.metrics && backup !== undefined
      ? { bucket: given("prepare", "bucket", values.bucket), backup: `${backup.prefix ?? ""}backups/${host}/latest` }
      : {}),
    ...(tls === undefined ? {} : { certificate: tls.serverName }),
    ...(watch.logs === undefined ? {} : { logs: watch.logs, units: unitsOf(spec.service) }),
  };
  return [["watch", JSON.stringify(conf)]];
}

/** Those that serve, and what keeps them so. Not its own: that would be a line each minute for every line that it could not send. */
function unitsOf(service: string): string[] {
  const own = ["ddos-first-boot", "ddos-recover", "ddos-undo", "ddos-backup", "ddos-nat"];
  return [service, `${service}-next`, "nginx", ...own, "certbot"].map((name) => `${name}.service`);
}
