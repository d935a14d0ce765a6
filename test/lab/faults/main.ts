/**
 * Deployments that cannot leave the service broken, tried on real machines: every fault ends with the old release serving and a clear
 * reason, or with the new one, and no request fails meanwhile unless the fault itself takes the host away.
 * The command line is in ../commands.ts (`npm run test:faults`).
 */
import { createDefaultLab } from "../default-lab";
import { listLabs, openLab, removeLab } from "../lab";
import type { Bench } from "./bench";
import { createBench, expectServing, URL_ABOUT } from "./bench";
import type { Case } from "./case";
import { expectSuccess } from "./case";
import { appCases } from "./cases/app";
import { bakeCases } from "./cases/bake";
import { checkCases } from "./cases/checks";
import { cutCases } from "./cases/cuts";
import { driftCases } from "./cases/drift";
import { environmentCases } from "./cases/environments";
import { firstCases } from "./cases/first";
import { formatCases } from "./cases/formats";
import { hostCases } from "./cases/host";
import { imageCases } from "./cases/images";
import { layoutCases } from "./cases/layouts";
import { linkCases } from "./cases/links";
import { lockCases } from "./cases/locks";
import { messageCases } from "./cases/messages";
import { modelCases } from "./cases/models";
import { pickleCases } from "./cases/pickles";
import { powerCases } from "./cases/power";
import { proxyCases } from "./cases/proxy";
import { rollbackCases } from "./cases/rollback";
import { sampleCases } from "./cases/sample-app";
import { shadowCases } from "./cases/shadow";
import { spaceCases } from "./cases/space";
import { loadCases } from "./cases/ten-releases";
import { wedgedCases } from "./cases/wedged";
import { choose } from "./choose";
import type { Choice } from "./choose";
import type { Counts } from "./load";
import type { Watch } from "./watch";
import { brief, startWatch } from "./watch";

/** Requests a second that run beside every case. */
const RATE = 20;
const ALL: readonly Case[] = [
  ...appCases,
  ...layoutCases,
  ...modelCases,
  ...checkCases,
  ...shadowCases,
  ...bakeCases,
  ...pickleCases,
  ...hostCases,
  ...imageCases,
  ...spaceCases,
  ...driftCases,
  ...environmentCases,
  ...cutCases,
  ...lockCases,
  ...linkCases,
  ...messageCases,
  ...wedgedCases,
  ...rollbackCases,
  ...powerCases,
  ...loadCases,
  ...proxyCases,
  ...sampleCases,
  ...formatCases,
  ...firstCases,
];

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

const describe = (counts: Counts): string => `${counts.sent} sent, ${counts.failed} failed, slowest ${Math.round(counts.slowest)} ms`;

/** @returns whether it passed */
async function runCase(one: Case, bench: Bench, watch: Watch): Promise<boolean> {
  const began = Date.now();
  await watch.look();
  let verdict = "ok  ";
  let remark: string;
  try {
    remark = await one.run(bench);
    await bench.lab.s3.faults();
    await expectServing(bench, 20_000);
    const counts = await watch.look();
    if (counts.failed > 0 && one.outage !== true) throw new Error(`requests failed: ${brief(counts)}`);
    remark = [remark, describe(counts)].filter((text) => text !== "").join("; ");
  } catch (error) {
    verdict = "FAIL";
    remark = (error as Error).message;
    await bench.lab.s3.faults();
  }
  console.log(`${verdict} ${one.name} (${seconds(began)}) ${remark}`);
  return verdict === "ok  ";
}

async function runAll(cases: readonly Case[], bench: Bench): Promise<number> {
  const [gateway, backend] = await Promise.all([bench.deployGateway({ label: "gateway" }), bench.deploy({})]);
  expectSuccess(gateway);
  expectSuccess(backend);
  await expectServing(bench, 30_000);
  const watch = startWatch(bench.lab, URL_ABOUT, RATE, 1500);
  let failed = 0;
  for (const one of cases) {
    // Faults are timed against a busy machine, so a case has two tries, and both are reported.
    if ((await runCase(one, bench, watch)) || (await runCase(one, bench, watch))) continue;
    failed += 1;
  }
  watch.stop();
  return failed;
}

/** @returns the cases of this run, in their order */
export function chosenCases(choice: Choice): readonly Case[] {
  return choose(ALL, choice);
}

/** @returns the exit status */
export async function runIn(name: string, cases: readonly Case[], keep: boolean): Promise<number> {
  const began = Date.now();
  const running = (await listLabs()).includes(name);
  const lab = running ? openLab(name) : await createDefaultLab(name, { memoryMiB: 1024, diskGiB: 4 });
  console.log(`two machines after ${seconds(began)}; ${cases.length} cases`);
  try {
    const failed = await runAll(cases, createBench(lab));
    console.log(`${cases.length - failed} passed, ${failed} failed (${seconds(began)})`);
    return failed === 0 ? 0 : 1;
  } finally {
    if (!keep) await removeLab(name);
  }
}
