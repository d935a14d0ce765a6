/** `npm run verify` as an operator runs it, against the running machines. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../infra/offline/engine";
import type { HostOutcome } from "../../../infra/cli/verify-report";
import type { Lab } from "../lab";
import { repositoryRoot, runDir } from "../paths";
import { run } from "../process";
import { configuration } from "../system";
import type { Check } from "./harness";
import { expect } from "./harness";

interface Verified {
  readonly code: number;
  readonly hosts: readonly HostOutcome[];
}

/** What the Pulumi CLI would print is given by files. */
async function verify(lab: Lab, outputs: Properties): Promise<Verified> {
  const { config, secretKeys } = configuration(lab, "dev");
  const dump = Object.entries(config).map(([key, value]) => [key, { value, secret: secretKeys.includes(key) }] as const);
  const file = (name: string, content: unknown): string => {
    const path = join(runDir(lab.name), name);
    writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
    return path;
  };
  const files = ["--config", file("config.json", Object.fromEntries(dump)), "--outputs", file("outputs.json", outputs)];
  const program = [process.execPath, "-r", "ts-node/register/transpile-only", join(repositoryRoot, "infra/cli/verify.ts")];
  const result = await run(lab.outside([...program, "--stack", "dev", "--json", ...files]), { timeoutMs: 180_000 });
  expect(result.stdout.startsWith("{"), `no document: ${result.stderr.slice(-2000)}`);
  return { code: result.code, hosts: (JSON.parse(result.stdout) as Verified).hosts };
}

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

export function verifyChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  return [
    { name: "npm run verify brings its script, over one connection a host, and leaves the others", run: () => asWanted(lab(), outputs()) },
    { name: "npm run verify names what differs", run: () => drifted(lab(), outputs()) },
  ];
}
