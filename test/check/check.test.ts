/** The sum that CI closes with is right, whatever a runner does. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_OS, OPERATING_SYSTEMS } from "../../infra/external-names";
import { run } from "../cli/run";
import { CHANGES, FAULTS } from "../lab/soak/draw";
import { chosenRuns } from "../lab/soak/main";
import { countIn, tally } from "./count";
import { checkAll } from "./main";
import { shellScripts, STAGES, type Stage } from "./stages";
import { ROOT } from "./tool";

jest.setTimeout(60_000);

test.each<[string, string, { passed: number; failed: number } | undefined]>([
  ["Jest", "Tests:       3 failed, 2 skipped, 100 passed, 105 total\nTime: 1 s", { passed: 100, failed: 3 }],
  ["Jest, all passed", "Tests:       100 passed, 100 total", { passed: 100, failed: 0 }],
  ["Jest, none ran", "Tests:       0 total", { passed: 0, failed: 0 }],
  ["a plain line", "FAIL x\n\n12 passed, 1 failed\n", { passed: 12, failed: 1 }],
  ["a plain line with more", "12 passed, 0 failed (33.1 s)", { passed: 12, failed: 0 }],
  ["the last of several", "1 passed, 0 failed\n2 passed, 1 failed", { passed: 2, failed: 1 }],
  ["unittest", "....\nRan 40 tests in 0.123s\n\nOK\n", { passed: 40, failed: 0 }],
  ["unittest, failed", "Ran 40 tests in 0.1s\n\nFAILED (failures=2, errors=1, skipped=4)", { passed: 33, failed: 3 }],
  ["text that only looks so", "the 12 passed, 1 failed before", undefined],
  ["nothing", "", undefined],
])("counts of %s", (_, text, expected) => expect(countIn(text)).toEqual(expected));

test.each<[string, number, string, { passed: number; failed: number }]>([
  ["no count, ended well", 0, "", { passed: 1, failed: 0 }],
  ["no count, ended badly", 2, "", { passed: 0, failed: 1 }],
  ["broke after it counted", 1, "5 passed, 0 failed", { passed: 5, failed: 1 }],
  ["a suite that could not start", 1, "Tests:       7 passed, 7 total", { passed: 7, failed: 1 }],
  ["counted failures", 1, "5 passed, 2 failed", { passed: 5, failed: 2 }],
  ["failures, ended well all the same", 0, "5 passed, 2 failed", { passed: 5, failed: 2 }],
])("%s", (_, code, text, expected) => expect(tally(code, text)).toEqual(expected));

const node = (code: string) => ({ argv: [process.execPath, "-e", code] });
const stage = (name: string, ...steps: readonly { argv: readonly string[] }[]): Stage => ({ name, title: name, steps: () => steps });

test("all stages run, a stage stops at its first failure, and the sum closes", async () => {
  const stages = [
    stage("good", node("console.log('3 passed, 0 failed')"), node("")),
    stage("bad", node("console.log('part'); process.exit(1)"), node("console.log('never')")),
    stage("killed", node("process.kill(process.pid, 'SIGKILL')")),
    stage("absent", { argv: ["no-such-program"] }),
    stage("last", node("console.log('Tests:  1 failed, 2 passed, 3 total'); process.exit(1)")),
  ];
  const { code, out } = await run(checkAll(stages), []);
  expect(code).toBe(1);
  expect(out).not.toContain("never");
  expect(out).toMatch(/was ended by SIGKILL/);
  expect(out).toMatch(/the program "no-such-program" is not here/);
  expect(out).toMatch(/\nok {5}good {5}4 passed, 0 failed, \d+ s\nFAILED bad/);
  expect(out.split("\n").at(-1)).toBe("6 passed, 4 failed");
});

test("stages of one core run two at a time, and what they say does not mix", async () => {
  const folder = mkdtempSync(join(tmpdir(), "check-"));
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  // Each ends only when the other has begun, or after ten seconds.
  const meets = (own: string, other: string) =>
    node(`const { existsSync, writeFileSync } = require("node:fs");
      console.log("begin");
      writeFileSync(${JSON.stringify(own)}, "");
      const end = Date.now() + 10_000;
      while (!existsSync(${JSON.stringify(other)})) if (Date.now() > end) process.exit(1);
      console.log("end")`);
  const oneCore = (name: string, ...steps: readonly { argv: readonly string[] }[]): Stage => ({ ...stage(name, ...steps), oneCore: true });
  const bad = oneCore("bad", node("console.log('1 passed, 2 failed'); process.exit(1)"));
  const stages = [oneCore("first", meets(first, second)), oneCore("second", meets(second, first)), bad, stage("last", node(""))];
  const { code, out } = await run(checkAll(stages), []);
  rmSync(folder, { recursive: true });
  expect(out).toMatch(/== first\nbegin\nend\n-- ok {5}first/);
  expect(out).toMatch(/== second\nbegin\nend\n-- ok {5}second/);
  expect(out).toMatch(/\n\nok .* first .*\nok .* second .*\nFAILED bad .*\nok .* last .*\n\n4 passed, 2 failed$/);
  expect(out.indexOf(".. begun: second")).toBeLessThan(out.indexOf("== first"));
  expect(out.indexOf("== last")).toBeGreaterThan(out.indexOf("-- FAILED bad"));
  expect(code).toBe(1);
});

test("of the operating systems the usual one gets every check", () => {
  const steps = STAGES.find(({ name }) => name === "hosts")?.steps() ?? [];
  expect(steps.map(({ argv }) => argv.slice(6).join(" ")).sort()).toEqual(
    OPERATING_SYSTEMS.map((os) => (os === DEFAULT_OS ? os : `${os} --short`)).sort(),
  );
});

test("--fast, --only and --list", async () => {
  const names = async (...args: string[]) =>
    (await run(checkAll(STAGES), ["--list", ...args])).out.split("\n").map((line) => line.split(" ")[0]);
  const fast = ["types", "python", "lint", "shell", "workflows", "docs", "browser", "preview", "unit", "long", "nodes"];
  expect(await names()).toEqual([...fast, "hosts", "faults", "soak"]);
  expect(await names("--fast")).toEqual(fast);
  expect(await names("--only", "hosts", "--only", "types")).toEqual(["types", "hosts"]);
  expect(await run(checkAll(STAGES), ["--only", "typs"])).toMatchObject({ code: 2, out: "" });
});

test("everything passed: exit code 0; nothing ran: 1", async () => {
  expect(await run(checkAll([stage("one", node(""))]), [])).toMatchObject({ code: 0 });
  expect(await run(checkAll([stage("none")]), [])).toMatchObject({ code: 1 });
});

test("every shell script is checked, and the unit tests are the README's", () => {
  expect(shellScripts()).toEqual(expect.arrayContaining([".ci/run", "templates/steps/lib.sh", "test/lab/supervise.sh"]));
  expect(STAGES.find(({ name }) => name === "unit")?.steps()).toEqual([{ argv: ["npm", "test"] }]);
});

test("the soak of CI draws every fault and every change", () => {
  const argv = STAGES.find(({ name }) => name === "soak")?.steps()[0]?.argv ?? [];
  const after = (option: string): number => Number(argv[argv.indexOf(option) + 1]);
  const runs = chosenRuns({ seed: after("--seed"), runs: after("--runs"), from: 1 });
  expect(new Set(runs.map(({ fault }) => fault))).toEqual(new Set(FAULTS));
  expect(new Set(runs.map(({ change }) => change))).toEqual(new Set(CHANGES));
});

test("every file that is listed as long is there, and each of the two commands runs what the other leaves out", () => {
  const { projects } = jest.requireActual<{ projects: { displayName: string; testMatch: string[]; testPathIgnorePatterns?: string[] }[] }>(
    "../../jest.config.js",
  );
  const [unit, long] = ["unit", "long"].map((name) => projects.find(({ displayName }) => displayName === name));
  const listed = jest.requireActual<string[]>("../long.json");
  expect(listed.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(long?.testMatch).toEqual(listed.map((file) => `<rootDir>/${file}`));
  expect(unit?.testPathIgnorePatterns).toEqual(expect.arrayContaining(listed.map((file) => `<rootDir>/${file}$`)));
});
