import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackFile } from "../../../infra/offline/stack-file";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "stack-file-"))));
afterEach(() => rmSync(root, { recursive: true }));

const read = (config: string) => {
  writeFileSync(join(root, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  writeFileSync(join(root, "Pulumi.live.yaml"), `config:\n${config}`);
  return readStackFile(root, "live", { privateKey: () => "a key" });
};

test("an encrypted value in a section makes the section secret, as the engine says it, and leaves the rest readable", () => {
  const { config, secretKeys } = read(
    "  shop:gateway:\n    elasticIp: true\n    secretEnv:\n      API_KEY:\n        secure: AAABAJ\n  shop:network:\n    egress: none\n",
  );
  expect(secretKeys).toContain("shop:gateway");
  expect(secretKeys).not.toContain("shop:network");
  expect(JSON.parse(config["shop:gateway"] ?? "")).toEqual({
    elasticIp: true,
    secretEnv: { API_KEY: "placeholder:API_KEY-is-not-read-offline" },
  });
});

test("a section without one is not secret", () => {
  expect(read("  shop:gateway:\n    secretEnv:\n      API_KEY: in-clear\n").secretKeys).not.toContain("shop:gateway");
});

test("a project without its own file is told apart from a stack without one", () => {
  writeFileSync(join(root, "Pulumi.live.yaml"), "config: {}\n");
  const of = (stack: string) => () => readStackFile(root, stack, { privateKey: () => "a key" });
  expect(of("live")).toThrow(/^Pulumi\.yaml: not found\. It is a part of the project, .*\(git checkout Pulumi\.yaml\)$/);
  writeFileSync(join(root, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  expect(of("none")).toThrow(/^Pulumi\.none\.yaml: not found\. .* stacks with one: live$/);
});
