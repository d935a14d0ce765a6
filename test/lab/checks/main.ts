/** `npm run test:hosts`: the whole system from nothing, as an operator would get it, and what it promises. */
import type { Os } from "../../../infra/external-names";
import type { Lab } from "../lab";
import { createLab, openLab, removeLab } from "../lab";
import { must } from "../process";
import { holdLab } from "../state";
import { allChecks, type Found } from "./all";
import type { Check, Tally } from "./harness";
import { expect, runChecks } from "./harness";
import { typescript } from "../paths";
import type { Run } from "./operator";
import { operatorsOs, ran, start, untilSaid, untilStep, upOnce, useOs } from "./operator";
import { traces } from "./traces";

const NAME = "test";
const CRASHED = "test-crash";

async function nothingLeft(name: string): Promise<void> {
  const left = await traces(name);
  expect(left.length === 0, `left of ${name}: ${left.join(", ")}`);
}

/** Its own check, because it takes minutes the first time and nothing later; a lab that is taken down again proves it. */
async function prepared(): Promise<void> {
  await createLab(NAME, { os: operatorsOs(), say: (line) => console.log(`        ${line}`) });
  await removeLab(NAME);
}

/** The operator dies while a host works, and so does the step itself: both as if the power had gone. */
async function killHalfWay(lab: () => Lab): Promise<string> {
  const run = start("up", "--name", NAME);
  await untilSaid(run, /command backend-prepare: new/, 300_000);
  await untilStep(lab(), "backend", "code", 60_000);
  run.child.kill("SIGKILL");
  await run.ended;
  await lab().must("backend", "sleep 2; systemctl kill --signal=KILL 'ddos-step-*'");
  return "operator and step killed while the backend installs its packages";
}

function setUp(found: Found, lab: () => Lab): Check[] {
  return [
    { name: "nothing is left of an earlier run", run: async () => (await removeLab(NAME), await nothingLeft(NAME)), essential: true },
    { name: "this machine is prepared: image, wheels, S3 stand-in", run: prepared, essential: true },
    { name: "a set-up is killed half-way", run: () => killHalfWay(lab), essential: true },
    {
      name: "run again, it succeeds",
      essential: true,
      run: async () => {
        found.report = await upOnce(NAME);
        const done = ran(found.report);
        expect(!done.includes("gateway-prepare"), "a step that had succeeded was run again");
        return `${done.length} things were left to do`;
      },
    },
  ];
}

async function startCrashing(): Promise<Run> {
  const run = start("up", "--name", CRASHED);
  await untilSaid(run, /machine \S+: booted/, 120_000);
  return run;
}

/** A start that is killed at a bad moment, then taken down; before it is killed, it cannot be. */
async function crashAndDown(): Promise<void> {
  const run = await startCrashing();
  const refused = await start("down", "--name", CRASHED).ended;
  expect(refused.code !== 0 && refused.said.includes(`process ${String(run.child.pid)} `), `down beside up: ${refused.said}`);
  expect(run.child.exitCode === null, "down ended the run that it found");
  run.child.kill("SIGKILL");
  await run.ended;
  expect((await traces(CRASHED)).length > 0, "the killed run left nothing, so this proves nothing");
  const { code, said } = await start("down", "--name", CRASHED).ended;
  expect(code === 0, said);
  await nothingLeft(CRASHED);
}

/** What no command does: everything of a lab goes while a run works on it. */
async function lostLab(): Promise<string> {
  const run = await startCrashing();
  await removeLab(CRASHED);
  const { code, said } = await run.ended;
  const last = said.trim().split("\n").pop() ?? "";
  // What the run still made before it noticed.
  await removeLab(CRASHED);
  // Which of the two depends on the moment at which it looked.
  const reported = ["was taken down while", "does not work any more"].some((what) => last.startsWith(`up:local: lab "${CRASHED}" ${what}`));
  expect(code === 1 && reported, `status ${code ?? "signal"}: ${said.slice(-2000)}`);
  await nothingLeft(CRASHED);
  return last;
}

const endings: readonly Check[] = [
  {
    name: "down leaves nothing",
    run: async () => (
      await must([process.execPath, "-r", typescript, `${__dirname}/../cli.ts`, "down", "--name", NAME]),
      await nothingLeft(NAME)
    ),
  },
  { name: "down is refused beside a running up, and leaves nothing after a crash either", run: crashAndDown, anyOs: true },
  { name: "an up that loses its lab says so", run: lostLab, anyOs: true },
];

export interface Choice {
  /** What both hosts run. */
  readonly os?: string;
  /** A plain set-up and the checks of that name. @default every check */
  readonly only?: RegExp;
  /** Without those that what a host runs makes no difference to. @default false */
  readonly short?: boolean;
}

/** Prints a line for each check, then the count. @returns the exit status */
export const testHosts = ({ os, only, short = false }: Choice): Promise<number> => {
  useOs(os as Os | undefined);
  return holdLab("test-hosts", "test:hosts", () => runAll(only, short));
};

/** Without the set-up's own checks; others may stand on what those before them left. */
function chosen(only: RegExp, found: Found, checks: readonly Check[]): Check[] {
  const matching = checks.filter(({ name }) => only.test(name));
  if (matching.length === 0) throw new Error(`--only ${only.source} matches no check; --list shows them`);
  const setUp = async (): Promise<void> => void (await removeLab(NAME), (found.report = await upOnce(NAME)));
  return [{ name: "a set-up", run: setUp, essential: true }, ...matching];
}

async function runAll(only: RegExp | undefined, short: boolean): Promise<number> {
  const tally: Tally = { passed: 0, failed: 0 };
  const found: Found = {};
  const lab = (): Lab => openLab(NAME);
  const started = Date.now();
  try {
    const { always, byName } = allChecks(found, lab);
    const asked = (checks: readonly Check[]): readonly Check[] => checks.filter(({ anyOs = false }) => !(short && anyOs));
    await runChecks(only === undefined ? [...setUp(found, lab), ...asked(always)] : chosen(only, found, [...always, ...byName]), tally);
    if (only === undefined) await runChecks(asked(endings), tally);
  } finally {
    for (const name of [NAME, CRASHED]) await removeLab(name);
  }
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

/** What `testHosts` would run, one name a line, and then what it runs where `only` asks for it. Runs nothing. */
export function listChecks(): string {
  const lab = (): Lab => openLab(NAME);
  const { always, byName } = allChecks({}, lab);
  const lines = (checks: readonly Check[]): string[] => checks.map(({ name }) => `  ${name}`);
  return ["In each run:", ...lines([...setUp({}, lab), ...always, ...endings]), "With --only:", ...lines(byName)].join("\n");
}
