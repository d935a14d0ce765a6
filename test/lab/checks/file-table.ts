/** The table of files that the architecture promises, row by row, asked from the hosts themselves. */
import type { Lab } from "../lab";
import { expect } from "./harness";

interface Row {
  readonly path: string;
  /** What `stat -L -c "%U:%G %a %F"` has to print. */
  readonly is: RegExp;
  readonly hosts?: readonly string[];
}

const BACKEND = ["backend"];
const ours = (mode: string, kind: string): RegExp => new RegExp(`^ddos:ddos ${mode} ${kind}$`);
const DIRECTORY = ours("755", "directory");
const CODE = ours("644", "regular file");
const LOG = ours("6[04][04]", "regular( empty)? file");
const MODEL = /^(ddos|root):(ddos|root) 4[04][04] regular file$/;
const SYSTEM = /^root:root 644 regular file$/;

function rows(role: string): Row[] {
  const home = [
    "",
    "/app",
    "/app/ml_gateway",
    "/app/ml_gateway/detectors",
    "/app/ml_gateway/utils",
    "/models",
    "/logs",
    "/data",
    "/venv",
    "/config",
  ];
  const code = ["ml_gateway/app.py", "ml_gateway/config.json", "requirements.txt"];
  const models = [
    "hybrid_stage2_model_v3_real_benign.pkl",
    "hybrid_stage2_scaler_v3_real_benign.pkl",
    "hybrid_stage2_label_encoder.pkl",
    "hybrid_model_metrics_v2.json",
  ];
  return [
    ...home.map((path) => ({ path: `/home/ddos${path}`, is: DIRECTORY })),
    ...code.map((path) => ({ path: `/home/ddos/app/${path}`, is: CODE })),
    { path: "/home/ddos/app/.env", is: ours("600", "regular file") },
    ...models.map((path) => ({ path: `/home/ddos/models/${path}`, is: MODEL, hosts: BACKEND })),
    ...["app", "access", "error"].map((name) => ({ path: `/home/ddos/logs/${name}.log`, is: LOG })),
    { path: "/home/ddos/config/nginx.conf", is: CODE },
    { path: `/etc/nginx/sites-available/${role}`, is: SYSTEM },
    { path: `/etc/nginx/sites-enabled/${role}`, is: SYSTEM },
    { path: `/etc/systemd/system/ddos-${role}.service`, is: SYSTEM },
    { path: "/var/log/user-data.log", is: /^root:[a-z]+ 6[04][04] regular file$/ },
  ];
}

/** Rules for many files at once: each prints what breaks it, and has to print nothing. */
const NONE: Readonly<Record<string, string>> = {
  "directories of /home/ddos that are not ddos:ddos 755": "find /home/ddos -type d \\( ! -perm 755 -o ! -user ddos -o ! -group ddos \\)",
  "code of the served release that is not ddos:ddos 644":
    "find -L /home/ddos/app -type f ! -name .env \\( ! -perm 644 -o ! -user ddos -o ! -group ddos \\)",
  "models that somebody may write": "find -L /home/ddos/models -type f -perm /222",
  "the default site": "ls /etc/nginx/sites-enabled | grep -x default",
  "an address other than loopback under uvicorn": "ss -Hltn 'sport = :8000' | grep -v 127.0.0.1:8000",
};

/** @param roles of the hosts, by name @returns how many rows were compared @throws naming every row that is wrong */
export async function checkFileTable(
  lab: Lab,
  roles: Readonly<Record<string, string>> = { gateway: "gateway", backend: "backend" },
): Promise<string> {
  const wrong: string[] = [];
  let count = 0;
  for (const [host, role] of Object.entries(roles)) {
    const table = rows(role).filter((row) => row.hosts?.includes(role) ?? true);
    const found = await lab.must(host, table.map((row) => `stat -L -c '%U:%G %a %F' '${row.path}' 2>&1 || :`).join("\n"));
    const lines = found.trim().split("\n");
    table.forEach((row, index) => {
      count += 1;
      if (!row.is.test(lines[index] ?? "")) wrong.push(`${host}: ${row.path} is "${lines[index] ?? "missing"}", not ${row.is.source}`);
    });
    for (const [what, command] of Object.entries(NONE)) {
      count += 1;
      const { stdout } = await lab.exec(host, command);
      if (stdout !== "") wrong.push(`${host}: ${what}: ${stdout.trim().split("\n").slice(0, 5).join(", ")}`);
    }
  }
  expect(wrong.length === 0, wrong.join("\n"));
  return `${count} rows`;
}
