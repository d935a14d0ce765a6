/** Programs of other kinds, as public examples write them: what is wrong is found, what is right stays silent, and the roles are explained once. */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate, exitCode } from "../../../policies/core/evaluate";
import type { Result } from "../../../policies/core/outcome";
import { closingLine } from "../../../policies/core/summary";
import { policies, policyIds } from "../../../policies/rules";
import { subjectIds } from "../../../policies/rules/subjects";
import { readConfig } from "../../../policies/core/config";
import { MODES } from "../mutations/frame";
import type { Mode } from "../core/builder";
import { newProgram } from "./kit";
import type { Stranger } from "./kit";
import { EXAMPLES } from "./examples";
import { PLATFORMS } from "./platforms";
import { WEB } from "./web";

const ALL = [...WEB, ...PLATFORMS, ...EXAMPLES];
const DAY = "2030-01-01";

function run(stranger: Stranger, mode: Mode, config = DEFAULT_CONFIG): Promise<Result> {
  const p = newProgram();
  stranger.build(p);
  return evaluate(policies, p.graph(mode), config, DAY);
}

const spoken = ({ outcomes }: Result): Result["outcomes"] => outcomes.filter(({ verdict }) => verdict !== "pass");

describe.each(MODES)("%s ids", (mode) => {
  test.each(ALL.map((stranger) => [stranger.title, stranger] as const))("%s", async (_, stranger) => {
    const result = await run(stranger, mode);
    const [roles, ...rest] = [...spoken(result)].sort((a) => (a.policy === "roles-configured" ? -1 : 1));
    expect(roles).toMatchObject({ policy: "roles-configured", level: "advisory", verdict: "unknown" });
    expect(rest.map(({ policy, verdict, urn }) => `${policy} ${verdict} ${urn.split("::").pop() ?? ""}`).sort()).toEqual(
      [...stranger.expect].sort(),
    );
    // No program is stopped because it has no gateway and no backend.
    expect(exitCode(result)).toBe(rest.some(({ level, verdict }) => level === "mandatory" && verdict === "violation") ? 1 : 0);
  });
});

test("half of the programs are good, and all together are as many as the issue of strangers needs", () => {
  expect(ALL.length).toBeGreaterThanOrEqual(30);
  expect(ALL.filter(({ expect: found }) => found.length === 0).length).toBeGreaterThanOrEqual(15);
});

const first = (title: RegExp): Stranger => {
  const found = ALL.find((one) => title.test(one.title));
  if (!found) throw new Error(`no program ${String(title)}`);
  return found;
};

test("the finding on roles shows a configuration that can be pasted, with the program's own names", async () => {
  const result = await run(first(/load balancer before two/), "unknown");
  const message = spoken(result).find(({ policy }) => policy === "roles-configured")?.message ?? "";
  const json = /^\{ "settings": \{ "roles"[\s\S]*?^\} \} \}$/m.exec(message)?.[0] ?? "";
  const config = readConfig(JSON.parse(json), policyIds);
  expect(config.settings.roles).toMatchObject({
    backendInstances: { names: ["web-0"] },
    gatewayInstances: { names: ["web-1"] },
    backendGroup: { names: ["alb"] },
    gatewayGroup: { names: ["web"] },
  });
});

test("what has nothing to evaluate is counted apart from what passed, and the numbers add up", async () => {
  const { summary } = await run(first(/^queue, table/), "known");
  const { ran, passed, nothingToEvaluate, withFindings, cannotTell, notEvaluated } = summary;
  expect(ran).toBe(policies.length);
  expect(passed + nothingToEvaluate + withFindings + cannotTell + notEvaluated).toBe(ran);
  expect(nothingToEvaluate).toBeGreaterThan(ran / 2);
  expect(passed).toBeGreaterThan(5);
  expect(closingLine(summary)).toContain(`${String(passed)} passed, ${String(nothingToEvaluate)} had nothing to evaluate, 0 with findings`);
});

test("profile general says nothing of roles; profile gateway-backend misses each of them", async () => {
  const general = await run(first(/^queue, table/), "known", readConfig({ settings: { profile: "general" } }, policyIds));
  expect(spoken(general)).toEqual([]);
  const strict = await run(first(/^queue, table/), "known", readConfig({ settings: { profile: "gateway-backend" } }, policyIds));
  expect(spoken(strict).map(({ policy, level }) => `${policy} ${level}`)).toEqual(Array(5).fill("roles-resolved mandatory"));
  expect(exitCode(strict)).toBe(3);
});

test("a configured role that nobody plays is a mistake, not a program of another kind", async () => {
  const config = readConfig({ settings: { roles: { backendInstances: { names: ["api-9"] } } } }, policyIds);
  const result = await run(first(/^queue, table/), "known", config);
  expect(exitCode(result)).toBe(3);
});

test("the commands that share a connection are named in the one finding about it", async () => {
  const result = await run(first(/four commands/), "unknown");
  const found = spoken(result).filter(({ policy }) => policy === "host-key-checked");
  expect(found).toHaveLength(1);
  expect(found[0]?.message).toMatch(/The same connection is used by install, start, check\.$/);
});

test("every row of the table of subjects names a policy", () => {
  for (const id of subjectIds) expect(policyIds).toContain(id);
});
