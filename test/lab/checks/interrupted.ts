/** A person ends `up` with ctrl-C, or the bastion ends all of its connections, while a step is at work; then the same is run again, twice. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab";
import { runDir } from "../paths";
import { sleep } from "../process";
import type { Check } from "./harness";
import { expect } from "./harness";
import { ran, start, untilSaid, upOnce } from "./operator";

const STEPS = ["scripts", "prepare", "code", "env", "models", "release", "verify"] as const;
/** Every step has something to do with another `repair`. */
function repairFile(lab: Lab, repair: string): string {
  const file = join(runDir(lab.name), "interrupted.json");
  writeFileSync(file, JSON.stringify({ "ml-gateway:repair": repair }), { mode: 0o600 });
  return file;
}

async function well(lab: Lab, healthUrl: string, when: string): Promise<void> {
  const { status, body } = await lab.fetchFromOutside(healthUrl);
  expect(status === 200, `${when}: ${status} ${body.slice(0, 200)}`);
}

/** @param strike ends the run's work, or takes its connections away @returns how the struck run ended */
async function struck(
  lab: Lab,
  healthUrl: string,
  step: string,
  strike: (run: ReturnType<typeof start>) => Promise<void>,
): Promise<string> {
  const config = ["--config", repairFile(lab, `${step} ${process.hrtime.bigint()}`)];
  const run = start("up", "--name", lab.name, ...config);
  await untilSaid(run, new RegExp(`command backend-${step}: `), 240_000);
  await sleep(step === "release" ? 2500 : 250);
  await strike(run);
  const { code, said } = await run.ended;
  await well(lab, healthUrl, `${step} was struck`);
  const left = ran(await upOnce(lab.name, ...config));
  const again = ran(await upOnce(lab.name, ...config));
  expect(again.length === 0, `${step}: a second run had to do ${again.join(", ")}`);
  await well(lab, healthUrl, `${step} was run again`);
  const last = said.trim().split("\n").at(-1) ?? "";
  return code === 0 ? `${step} was faster` : `${step}: ${left.length} were left${code === null ? "" : ` (${last.slice(0, 160)})`}`;
}

async function eachStep(lab: Lab, healthUrl: string): Promise<string> {
  const told: string[] = [];
  for (const step of STEPS) told.push(await struck(lab, healthUrl, step, (run) => Promise.resolve(void run.child.kill("SIGINT"))));
  return told.join("; ");
}

const bastion = (lab: Lab, healthUrl: string): Promise<string> =>
  struck(lab, healthUrl, "code", async () => void (await lab.must("gateway", "pkill -KILL -f '^sshd(-session)?: ubuntu' || :")));

/** Minutes: by name. */
export function interruptedChecks(lab: () => Lab, healthUrl: () => string): Check[] {
  return [
    {
      name: "interrupted: ctrl-C during each step, then the same run twice",
      run: async () => eachStep(lab(), healthUrl()),
    },
    { name: "interrupted: the bastion ends its connections during a step", run: async () => bastion(lab(), healthUrl()) },
  ];
}
