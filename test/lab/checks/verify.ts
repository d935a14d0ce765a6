/** `npm run verify` as an operator runs it, against the running machines. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../infra/offline/engine";
import type { HostOutcome } from "../../../infra/cli/verify-report";
import type { Lab } from "../lab";
import { rawConfig } from "../over";
import { repositoryRoot, runDir, typescript } from "../paths";
import { run } from "../process";
import { configuration } from "../system";
import type { Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";

interface Verified {
  readonly code: number;
  readonly hosts: readonly HostOutcome[];
  readonly steps?: readonly { readonly said: readonly string[] }[];
}

/** What the Pulumi CLI would print is given by files. */
export function deployedFiles(lab: Lab, outputs: Properties, other?: string): string[] {
  const { config, secretKeys } = configuration(lab, "dev");
  const dump = Object.entries(config).map(([key, value]) => [key, { value, secret: secretKeys.includes(key) }] as const);
  const file = (name: string, content: unknown): string => {
    const path = join(runDir(lab.name), name);
    writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
    return path;
  };
  return ["--config", other ?? file("config.json", Object.fromEntries(dump)), "--outputs", file("outputs.json", outputs)];
}

/** A command that asks the hosts of a deployed stack. */
export async function askCommand<T extends object>(
  lab: Lab,
  outputs: Properties,
  name: "verify" | "repair" | "releases",
  more: readonly string[] = [],
  other?: string,
): Promise<T & { readonly code: number }> {
  const files = deployedFiles(lab, outputs, other);
  const program = [process.execPath, "-r", typescript, join(repositoryRoot, `infra/cli/${name}.ts`)];
  const result = await run(lab.outside([...program, "--stack", "dev", "--json", ...files, ...more]), { timeoutMs: 300_000 });
  // Some of what is refused before a host is asked has no document.
  expect(result.stdout.startsWith("{") || (name === "releases" && result.code === 1), `no document: ${result.stderr.slice(-2000)}`);
  return { ...(JSON.parse(result.stdout === "" ? "{}" : result.stdout) as T), code: result.code };
}

const ask = (lab: Lab, outputs: Properties, name: "verify" | "repair", more: readonly string[] = [], other?: string): Promise<Verified> =>
  askCommand<Verified>(lab, outputs, name, more, other);

/** @param other a file with another configuration than the stack's own */
export const verify = (lab: Lab, outputs: Properties, other?: string): Promise<Verified> => ask(lab, outputs, "verify", [], other);

// From OpenSSH 9.8 on, sessions log under a name of their own.
const LOGINS = "journalctl --no-pager -o cat -t sshd -t sshd-session | grep -c 'Accepted publickey' || printf ''";

async function asWanted(lab: Lab, outputs: Properties): Promise<string> {
  await lab.must("backend", "rm -f /var/lib/ddos/steps/verify-*.sh; : >/var/lib/ddos/steps/of-another-working-copy");
  const before = Number(await lab.must("backend", LOGINS));
  const { code, hosts } = await verify(lab, outputs);
  expect(code === 0, `it ended with ${code}: ${JSON.stringify(hosts).slice(0, 3000)}`);
  const logins = Number(await lab.must("backend", LOGINS)) - before;
  expect(logins === 1, `${logins} connections to the backend`);
  const kept = await lab.must(
    "backend",
    "ls /var/lib/ddos/steps | grep -cE '^(verify-|of-another)'; rm -f /var/lib/ddos/steps/of-another-working-copy",
  );
  expect(kept.trim() === "2", "the verify script is not there, or another one was taken away");
  return hosts.map((host) => ("report" in host ? `${host.role}: ${host.report.passed} checks passed` : host.error)).join(", ");
}

async function drifted(lab: Lab, outputs: Properties): Promise<string> {
  await lab.must("gateway", "chmod 666 /etc/nginx/sites-available/gateway");
  try {
    const { code, hosts } = await verify(lab, outputs);
    const [gateway] = hosts;
    expect(code === 1 && gateway !== undefined && "report" in gateway, `it ended with ${code}: ${JSON.stringify(hosts).slice(0, 3000)}`);
    const found = gateway.report.failed.map((row) => `${row.check}: ${row.found}`);
    expect(found.length === 1 && /sites-available\/gateway: file root:root 0666/.test(found[0] ?? ""), found.join("; "));
    return found.join("; ");
  } finally {
    await lab.must("gateway", "chmod 644 /etc/nginx/sites-available/gateway");
  }
}

const NO_JOURNAL = "/etc/systemd/journald.conf.d/zz-none.conf";

/** Errors that nobody writes down are no absence of errors. */
async function withoutJournal(lab: Lab, outputs: Properties): Promise<string> {
  await lab.must("backend", `printf '[Journal]\\nStorage=none\\n' >${NO_JOURNAL}; systemctl restart systemd-journald`);
  try {
    const { code, hosts } = await verify(lab, outputs);
    const rows = hosts.flatMap((host) => ("report" in host && host.role === "backend" ? host.report.failed : []));
    const [row] = rows;
    expect(code === 1 && rows.length === 1, `it ended with ${code}: ${JSON.stringify(hosts).slice(0, 3000)}`);
    expect(
      row !== undefined &&
        row.check.startsWith("journal of ddos-backend") &&
        row.found.startsWith("cannot tell, the journal takes no entries"),
      `${row?.check ?? ""}: ${row?.found ?? ""}`,
    );
    return row?.found.slice(0, 60) ?? "";
  } finally {
    await lab.must("backend", `rm -f ${NO_JOURNAL}; systemctl restart systemd-journald`);
  }
}

const STARTED = "systemctl show -p InvocationID ddos-backend.service nginx.service ssh.service";

/** Damage of three kinds on one host, put right part by part; what was right keeps running. */
async function repaired(lab: Lab, outputs: Properties): Promise<string> {
  const damage = [
    "chmod 640 /home/ddos/current/app/ml_gateway/config.json",
    "printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-ddos.conf",
    `printf 'APT::Periodic::Unattended-Upgrade "0";\\n' >/etc/apt/apt.conf.d/99-ddos-upgrades; systemctl stop apt-daily-upgrade.timer`,
    "file=$(find -L /home/ddos/current/venv/lib -name 'click*' -prune -o -path '*/uvicorn/logging.py' -print | head -n 1)",
    "printf '#' | dd of=\"$file\" bs=1 conv=notrunc status=none",
  ];
  const before = await lab.must("backend", STARTED);
  await lab.must("backend", damage.join(" && "));
  const bad = await verify(lab, outputs);
  const failed = bad.hosts.flatMap((host) =>
    "report" in host && host.role === "backend" ? host.report.failed.map((row) => row.check) : [],
  );
  expect(
    bad.code === 1 && failed.some((check) => check.includes("sshd passwordauthentication")),
    `sshd is not reported: ${failed.join("; ")}`,
  );
  expect(
    failed.some((check) => check.startsWith("Python environment equals")),
    `the environment is not reported: ${failed.join("; ")}`,
  );
  expect(
    failed.includes("security updates, APT::Periodic::Unattended-Upgrade") && failed.includes("apt-daily-upgrade.timer"),
    `security updates are not reported: ${failed.join("; ")}`,
  );
  const system = await ask(lab, outputs, "repair", ["--host", "backend", "--part", "system"]);
  expect(system.code === 1, "one part made all of it right");
  expect((await lab.must("backend", STARTED)) === before, "the part system restarted something");
  const rest = await ask(lab, outputs, "repair", ["--host", "backend", "--part", "venv"]);
  expect(rest.code === 0, `after its repair: ${JSON.stringify(rest).slice(0, 3000)}`);
  const stable = await lab.must("backend", STARTED);
  const again = await ask(lab, outputs, "repair", ["--host", "backend"]);
  expect(again.code === 0 && (await lab.must("backend", STARTED)) === stable, "a repair of what is right restarted something");
  return `${failed.length} differences, none after system and venv`;
}

/** As the stack's own, with another setting for the applications. */
const OTHER = { env: { LOG_LEVEL: "info", CACHE_TTL: "77" } };

/** A working copy that is not what was deployed must not be deployed by a repair. */
async function repairsOnly(lab: Lab, outputs: Properties): Promise<string> {
  const before = await lab.must("backend", "readlink /home/ddos/current");
  const { code, steps } = await ask(lab, outputs, "repair", ["--host", "backend", "--part", "env"], overConfig(lab, OTHER));
  const said = (steps ?? []).flatMap((step) => step.said).join("\n");
  expect(code === 1 && /what was to be repaired is another one: env differ/.test(said), `it ended with ${code}: ${said}`);
  expect((await lab.must("backend", "readlink /home/ddos/current")) === before, "another release serves");
  return said.split("\n").at(-1)?.slice(0, 100) ?? "";
}

/** The stack's own configuration with sections of another. @returns the file as the Pulumi CLI would print it */
export function overConfig(lab: Lab, sections: Config): string {
  const { config, secretKeys } = configuration(lab, "dev");
  const changed = { ...config, ...rawConfig(sections) };
  const path = join(runDir(lab.name), "other-config.json");
  const dump = Object.entries(changed).map(([key, value]) => [key, { value, secret: secretKeys.includes(key) }] as const);
  writeFileSync(path, JSON.stringify(Object.fromEntries(dump)), { mode: 0o600 });
  return path;
}

export function verifyChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  return [
    { name: "npm run verify brings its script, over one connection a host, and leaves the others", run: () => asWanted(lab(), outputs()) },
    { name: "npm run verify names what differs", run: () => drifted(lab(), outputs()) },
    {
      name: "npm run verify cannot tell what a journal that takes nothing has not",
      run: () => withoutJournal(lab(), outputs()),
      anyOs: true,
    },
    { name: "npm run repair puts one host right, part by part, and restarts nothing else", run: () => repaired(lab(), outputs()) },
    { name: "npm run repair refuses to deploy what does not serve", run: () => repairsOnly(lab(), outputs()) },
  ];
}
