/** The proof that a run changed nothing: identity and times of every managed file, and of every service's process. */
import type { Lab } from "../lab";
import { expect } from "./harness";

export type Snapshot = ReadonlyMap<string, string>;

/** Where the set-up writes; logs and data, which the running service writes, are left out. */
const PATHS = "/home/ddos /var/lib/ddos /usr/local/lib/ddos /etc";
const WITHOUT = "-path /home/ddos/logs -o -path /home/ddos/data";
/**
 * Inode and change time: they tell a rewritten file even when its content and times were put back. The stores of parts do without the
 * change time: a step marks a part that it found as still wanted by its access time, which rewrites nothing.
 */
const PARTS = "-path '/var/lib/ddos/*' -o -path '/home/ddos/releases/*/models/*'";
const identity = (change: string): string => `-printf '%p %i ${change} %T@ %m %u:%g %s %l\\n'`;
const FILES = `find ${PATHS} \\( ${WITHOUT} \\) -prune -o ! -type d \\( \\( ${PARTS} \\) ${identity("-")} -o ${identity("%C@")} \\)`;
const SERVICES =
  "systemctl show -p Id,InvocationID,MainPID,NRestarts,ActiveState nginx.service 'ddos-*.service' cron.service ssh.service | paste -s -d' ' | sed 's/  /\\n/g'";
/** A reload leaves nginx's main process and changes its workers. */
const WORKERS = "pgrep -P $(systemctl show -P MainPID nginx) | sort | paste -s -d' '";

export async function snapshot(lab: Lab): Promise<Snapshot> {
  const lines = new Map<string, string>();
  for (const host of ["gateway", "backend"]) {
    const text = await lab.must(host, `${FILES}\n${SERVICES} | sed 's/^/service: /'\necho "nginx workers: $(${WORKERS})"`);
    for (const line of text.trim().split("\n")) {
      const key = line.startsWith("service: ")
        ? (/Id=\S+/.exec(line)?.[0] ?? line)
        : line.startsWith("nginx workers")
          ? "nginx workers"
          : (line.split(" ")[0] ?? "");
      lines.set(`${host} ${key}`, line);
    }
  }
  return lines;
}

/** @returns how much was compared @throws naming what differs */
export function expectSame(before: Snapshot, after: Snapshot): string {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const different = keys.filter((key) => before.get(key) !== after.get(key));
  const show = (key: string): string => `${key}\n  before: ${before.get(key) ?? "not there"}\n  after:  ${after.get(key) ?? "not there"}`;
  expect(different.length === 0, `${different.length} differ:\n${different.slice(0, 12).map(show).join("\n")}`);
  return `${keys.length} files and services the same`;
}
