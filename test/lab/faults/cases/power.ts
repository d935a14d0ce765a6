/** Real power cuts: what the file system had not written to its disk is lost. Killed processes alone leave it in the page cache. */
import type { StepName } from "../../../../infra/release/types";
import { sleep, until } from "../../process";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectSuccess } from "../case";
import { plainModel } from "../variants";

let count = 0;
/** A change that gives every step something to do, also a new environment. */
const everything = (bench: Bench) => {
  const label = bench.label();
  count += 1;
  return {
    app: { label, requirements: `uvicorn\npython-dotenv\n# ${label} ${process.pid}\n` },
    ttl: `${600 + count}`,
    models: [plainModel("stage2.pkl", `${label} power`), ...bench.good().models.slice(1)],
  };
};

async function cut(bench: Bench): Promise<void> {
  await bench.lab.losePower("backend");
  await bench.lab.powerOn("backend");
}

/** The same deployment until it succeeds; Pulumi runs what did not succeed. */
async function converge(bench: Bench, wanted: ReturnType<typeof everything>): Promise<number> {
  let tries = 0;
  await until("ssh after the boot", 60_000, async () => {
    tries += 1;
    const outcome = await bench.deploy(wanted);
    // Not there yet: no step, not even its shell, has run.
    if (!outcome.ok && outcome.said !== "" && !/ssh|Connection|kex_exchange|refused/i.test(outcome.said))
      throw new Error(outcome.said.slice(-1200));
    if (!outcome.ok) await sleep(500);
    return outcome.ok || undefined;
  });
  return tries;
}

const afterStep = (step: StepName): Case => ({
  name: `power cut when ${step} has just succeeded, then the rest of the deployment`,
  byName: true,
  outage: true,
  run: async (bench) => {
    const [wanted, good] = [everything(bench), bench.good()];
    const steps: readonly StepName[] = ["prepare", "code", "env", "models", "release"];
    expectSuccess(await bench.deploy(wanted, { all: step === "prepare", only: steps.slice(0, steps.indexOf(step) + 1) }));
    bench.setGood(good);
    await cut(bench);
    await until("an answer after the boot", 60_000, async () => (await bench.about()).label);
    if (step === "release") check((await bench.about()).label === wanted.app.label, "the release that succeeded is lost");
    await converge(bench, wanted);
    return "";
  },
});

const atRandom: Case = {
  name: "power cuts at random moments of a deployment",
  byName: true,
  outage: true,
  run: async (bench) => {
    const told: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const [wanted, before] = [everything(bench), bench.good().app.label];
      const wait = Math.round(500 + Math.random() * 9000);
      const [outcome] = await Promise.all([bench.deploy(wanted), sleep(wait).then(() => cut(bench))]);
      const label = await until("an answer after the boot", 60_000, async () => (await bench.about()).label);
      check(label === before || label === wanted.app.label, `${label} is served`);
      if (outcome.ok) check(label === wanted.app.label, "the release that succeeded is lost");
      else await converge(bench, wanted);
      told.push(`${wait} ms: ${outcome.ok ? "done before" : `cut in ${outcome.ran.at(-1) ?? "scripts"}`}`);
    }
    return told.join(", ");
  },
};

export const powerCases: readonly Case[] = [...(["prepare", "code", "env", "models", "release"] as const).map(afterStep), atRandom];
