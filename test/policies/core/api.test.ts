/** The function for programs says what the runner prints. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { evaluateGraph } from "../../../policies/api";
import { program } from "./builder";

jest.setTimeout(120_000);
const ROOT = join(__dirname, "../../..");

function open(): object {
  const p = program();
  p.add("aws:ec2/securityGroup:SecurityGroup", "web", {
    ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
  });
  return p.plain("known");
}

test("the same result as policies:check --json", async () => {
  const document = open();
  const { stdout } = spawnSync(process.execPath, ["-r", "./tools/register.js", "policies/check.ts", "--graph", "-", "--json"], {
    cwd: ROOT,
    encoding: "utf8",
    input: JSON.stringify(document),
  });
  const result = await evaluateGraph(document);
  expect(result).toEqual(JSON.parse(stdout));
  expect(JSON.stringify(result)).toContain("the whole internet (0.0.0.0/0)");
});

test("the configuration counts, and mistakes in either are named", async () => {
  const quiet = await evaluateGraph(open(), { settings: { profile: "general" }, "admin-ports-not-open": "disabled" });
  expect(quiet).toMatchObject({ summary: { violations: 0, unknown: 0, disabled: ["admin-ports-not-open"] } });
  await expect(evaluateGraph({ resources: 7 })).rejects.toThrow(/document: resources: expected a list/);
  await expect(evaluateGraph(open(), { settings: { profile: "none" } })).rejects.toThrow(/settings\.profile/);
});
