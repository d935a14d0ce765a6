/** Health, time and requests as configuration, with an application that starts slowly and answers slowly (test/lab/apps/streams). */
import { spawn } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { rawConfig } from "../over";
import { repositoryRoot, runDir } from "../paths";
import type { Report as Traffic } from "../traffic/main";
import type { Check } from "./harness";
import { expect } from "./harness";
import { start, upOnce } from "./operator";

/** Longer than both limits that there once were, 60 s for the service and 15 s for an application that answers 503. */
const START_SECONDS = 75;

/** The sample application with the module of the test in it: its gateway is what forwards. */
function application(lab: Lab): string {
  const folder = join(runDir(lab.name), "streams");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(repositoryRoot, "templates/sample-app"), folder, { recursive: true });
  cpSync(join(repositoryRoot, "test/lab/apps/streams/streams.py"), join(folder, "streams.py"));
  return folder;
}

/** A configuration file with these limits; without `limits` the default ones. */
export function configFile(lab: Lab, change: { readonly startSeconds?: number; readonly takes: number }): string {
  const file = join(runDir(lab.name), "requests.json");
  const { startSeconds, takes } = change;
  const values = {
    app: { path: application(lab), module: "streams:app" },
    // More than one worker on the gateway: such a service takes connections while it stops.
    gateway: { sshFrom: ["203.0.113.0/24"], workers: 2 },
    health: { path: "/health?full=1", body: { status: "ok" }, ...(startSeconds === undefined ? {} : { startSeconds }) },
    requests: { timeoutSeconds: 60, bodyMiB: 25 },
    env: { START_SECONDS: String(takes) },
  };
  writeFileSync(file, JSON.stringify(rawConfig(values)));
  return file;
}

/** @returns what became of the requests that were sent while `work` ran */
export async function underTraffic(lab: Lab, gateway: string, work: () => Promise<unknown>): Promise<Traffic> {
  const script = join(__dirname, "../traffic/main.ts");
  const [program = "", ...args] = lab.outside([process.execPath, "-r", join(repositoryRoot, "tools/register.js"), script, gateway]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  try {
    await work();
  } finally {
    child.stdin.end();
    await ended;
  }
  expect(printed.trim() !== "", "the traffic said nothing");
  return JSON.parse(printed) as Traffic;
}

export function requestChecks(lab: () => Lab, gateway: () => string): Check[] {
  const up = (takes: number, startSeconds?: number): Promise<unknown> =>
    upOnce(lab().name, "--config", configFile(lab(), { takes, startSeconds }));
  return [
    {
      name: "an application whose health answer changes each time is deployed by the keys that it has",
      run: async () => void (await up(0)),
    },
    {
      name: "a start beyond health.startSeconds fails with that limit, the last answer and the journal, and the old release serves",
      run: async () => {
        const { code, said } = await start(
          "up",
          "--name",
          lab().name,
          "--config",
          configFile(lab(), { takes: START_SECONDS, startSeconds: 10 }),
        ).ended;
        expect(code === 1, `up ended with ${code ?? "signal"}: ${said.slice(-2000)}`);
        const wanted = [
          "within 10 s (health.startSeconds)",
          "Last answer: no answer",
          'JSON that has {"status":"ok"}',
          "Waiting for application startup",
        ];
        for (const text of wanted) expect(said.includes(text), `the failure does not say «${text}»: ${said.slice(-3000)}`);
        const { status } = await lab().fetchFromOutside(`http://${gateway()}/slow?seconds=0`);
        expect(status === 200, `the old release answers ${status}`);
      },
    },
    {
      name: `a start of ${START_SECONDS} s is deployed with health.startSeconds: 120, and no request, stream or upload is cut meanwhile`,
      run: async () => {
        const { answered, restarts, failures, slowestMs } = await underTraffic(lab(), gateway(), () => up(START_SECONDS, 120));
        expect(failures.length === 0, failures.join("; "));
        for (const kind of ["quick", "slow", "events", "upload", "websocket"])
          expect((answered[kind] ?? 0) > 3, `only ${answered[kind] ?? 0} ${kind}`);
        expect(slowestMs < 8000, `a request without work took ${slowestMs} ms`);
        const counts = Object.entries(answered).map(([kind, count]) => `${count} ${kind}`);
        return `${counts.join(", ")}; the WebSocket was told ${restarts} times to connect again; slowest ${slowestMs} ms`;
      },
    },
  ];
}
