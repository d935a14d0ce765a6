/** What an operator sees of a failure, and how a host gets over it, with the whole program. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { rawConfig } from "../over";
import { runDir } from "../paths";
import type { Check } from "./harness";
import { expect } from "./harness";
import type { Report } from "./operator";
import { ran, start, upOnce } from "./operator";

export type Config = Readonly<Record<string, unknown>>;

/** Sections that are put over the stack's own, as a file for `up --config`. */
export function configFile(lab: Lab, sections: Config): string {
  const file = join(runDir(lab.name), "over.json");
  writeFileSync(file, JSON.stringify(rawConfig(sections)));
  return file;
}

const upWith = (lab: Lab, sections: Config): Promise<Report> => upOnce(lab.name, "--config", configFile(lab, sections));

/** A setting that both hosts get in their .env, with a value that none had before. */
const settings = (ttl: number): Config => ({ env: { LOG_LEVEL: "info", CACHE_TTL: String(ttl) } });

/** Runs `up`, which has to fail with this Command. @returns the lines that are printed of it */
export async function failure(lab: Lab, sections: Config, command: string): Promise<string[]> {
  const { code, said } = await start("up", "--name", lab.name, "--config", configFile(lab, sections)).ended;
  expect(code !== 0, "it succeeded");
  const began = said.indexOf(`"${command}": Process exited`);
  expect(began >= 0, `${command} did not fail:\n${said.slice(-3000)}`);
  const next = /\n[^\n]*": Process exited/.exec(said.slice(began))?.index ?? said.length;
  const lines = said
    .slice(began, began + next)
    .trimEnd()
    .split("\n");
  const [running = "", ...printed] = lines;
  expect(running.length < 4096, `${running.length} characters stand before the output`);
  expect(printed.length <= 30, `${printed.length} lines were printed:\n${printed.join("\n")}`);
  return printed;
}

async function missingScripts(lab: Lab): Promise<string> {
  await lab.must("backend", "rm -rf /var/lib/ddos/steps/*");
  const last = (await failure(lab, settings(301), "backend-env")).at(-1) ?? "";
  expect(/^ddos env did not run on \S+: \S+\/env-[0-9a-f]{12}\.sh is missing there .*pulumi config set repair/.test(last), last);
  return last.slice(0, 90);
}

/** The gateway gets another address at the same time: its key, and the one of the backend, were learnt before and are not asked again. */
async function repaired(lab: Lab): Promise<string> {
  const report = await upWith(lab, { ...settings(301), gateway: { elasticIp: true }, repair: "once" });
  const commands = ran(report, "command");
  expect(commands.includes("backend-scripts") && commands.includes("backend-env"), `only these ran: ${commands.join(", ")}`);
  expect(!commands.some((name) => name.endsWith("host-key")), `a host key was asked again: ${commands.join(", ")}`);
  const scripts = await lab.must("backend", "ls /var/lib/ddos/steps | sed 's/-.*//' | sort | paste -s -d' '");
  expect(scripts.trim() === "code env models prepare release verify", `the scripts there: ${scripts}`);
  return `${commands.length} commands, at the new address ${String(report.outputs.gatewayAddress)}`;
}

/** Python fails where the digest of .env is computed, and nowhere else: other steps run before. */
const FALSE_PYTHON = `cp "$(readlink -f /usr/bin/python3)" /root/python3.real
printf '#!/bin/sh\\ncase "$*" in *scrypt*) exit 3 ;; esac\\nexec /root/python3.real "$@"\\n' >/root/python3
chmod 755 /root/python3
mount --bind /root/python3 /usr/bin/python3`;

async function failedStep(lab: Lab): Promise<string> {
  await lab.must("gateway", FALSE_PYTHON);
  try {
    const printed = await failure(lab, { ...settings(302), gateway: { elasticIp: true }, repair: "once" }, "gateway-env");
    const last = printed.at(-1) ?? "";
    expect(/^ddos env failed on \S+: line \d+, exit code 3: /.test(last), `the last line is not the reason: ${printed.join("\n")}`);
    expect(
      printed.some((line) => line.startsWith("The whole log is /var/log/ddos/env.log there.")),
      "the log is not named",
    );
    return `${printed.length} lines, the last: ${last.slice(0, 80)}`;
  } finally {
    await lab.must("gateway", "umount /usr/bin/python3; rm -f /root/python3 /root/python3.real");
  }
}

export function failureChecks(lab: () => Lab): Check[] {
  return [
    { name: "scripts that were removed from a host: the step says so, and what to do", run: () => missingScripts(lab()), anyOs: true },
    { name: "repair brings them again; a new address of the gateway asks for no host key", run: () => repaired(lab()), anyOs: true },
    { name: "a step that fails prints 30 lines at most, and its reason last", run: () => failedStep(lab()) },
  ];
}
