/** The function for programs says what the runner prints. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateGraph } from "../../../policies/api";
import { checkCommand } from "../../../policies/check";
import { run } from "../../cli/run";
import { program } from "./builder";

function open(): object {
  const p = program();
  p.add("aws:ec2/securityGroup:SecurityGroup", "web", {
    ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
  });
  return p.plain("known");
}

test("the same result as policies:check --json", async () => {
  const document = open();
  const folder = mkdtempSync(join(tmpdir(), "policies-api-"));
  writeFileSync(join(folder, "graph.json"), JSON.stringify(document));
  const { out } = await run(checkCommand, ["--graph", join(folder, "graph.json"), "--json"]);
  rmSync(folder, { recursive: true });
  const result = await evaluateGraph(document);
  expect(result).toEqual(JSON.parse(out));
  expect(JSON.stringify(result)).toContain("the whole internet (0.0.0.0/0)");
});

test("the configuration counts, and mistakes in either are named", async () => {
  const quiet = await evaluateGraph(open(), { settings: { profile: "general" }, "admin-ports-not-open": "disabled" });
  expect(quiet).toMatchObject({ summary: { violations: 0, unknown: 0, disabled: ["admin-ports-not-open"] } });
  await expect(evaluateGraph({ resources: 7 })).rejects.toThrow(/document: resources: expected a list/);
  await expect(evaluateGraph(open(), { settings: { profile: "none" } })).rejects.toThrow(/settings\.profile/);
});
