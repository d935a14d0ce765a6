/** The parts for other programs: what they import, without this program's configuration, previewed with the pack. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as components from "ml-gateway/components";
import { program } from "../../examples/three-components/program";
import { runProgram, type RunResult } from "../../infra/offline/engine";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { previewProvider } from "../../infra/offline/preview-provider";
import { evaluateGraph } from "ml-gateway/policies";
import { ROOT } from "./evaluate";

jest.setTimeout(60_000);

let example: RunResult;
beforeAll(async () => {
  example = await runProgram({
    project: "three-components",
    stack: "dev",
    config: {
      "aws:region": "us-east-1",
      "three-components:sshFrom": "198.51.100.7/32",
      "three-components:bucket": "acme-artefacts",
      "three-components:publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVxYW1wbGVleGFtcGxlZXhhbXBsZWV4YW1wbGVleGFt example",
      "three-components:privateKey": placeholderKey(),
    },
    secretKeys: ["three-components:privateKey"],
    preview: true,
    provider: previewProvider("us-east-1"),
    program: async () => ({ ...(await program()) }),
  });
});

test("the example makes a network, a host and its set-up, of the three components alone", () => {
  const own = example.resources.filter(({ type }) => type.startsWith("ml-gateway:infra:")).map(({ type, name }) => `${type} ${name}`);
  expect(own.sort()).toEqual(["ml-gateway:infra:Host host", "ml-gateway:infra:Network network", "ml-gateway:infra:RemoteSetup host"]);
  expect(example.resources.filter(({ type }) => type === "command:remote:Command").map(({ name }) => name)).toEqual([
    "host-scripts",
    "host-packages",
  ]);
});

test("the pack has nothing to say against it, and nothing that it cannot tell", async () => {
  const report = await evaluateGraph({ resources: example.resources }, { profile: "general" });
  expect(report).toMatchObject({ exempted: [], rules: {}, summary: { withFindings: 0, cannotTell: 0, violations: 0, unknown: 0 } });
});

test.each(["components", "policies"])("ml-gateway/%s can be required by a program that knows nothing of its types", (name) => {
  const code = `console.log(Object.keys(require("ml-gateway/${name}")).sort().join())`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", code], { cwd: ROOT, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.trim()).toBe(name === "components" ? Object.keys(components).sort().join() : ["evaluateGraph", "explainGraph"].join());
});

test("the parts read no configuration", () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { exports: Record<string, unknown> };
  expect(Object.keys(exports)).toEqual([".", "./components", "./policies", "./package.json"]);
  const code = `require("ml-gateway/components"); console.log(Object.keys(require.cache).filter((file) => /infra.(config.(load|sources|structure|schema)|program|stack)\\.ts$/.test(file)).join())`;
  const { stdout } = spawnSync(process.execPath, ["-e", code], { cwd: ROOT, encoding: "utf8" });
  expect(stdout.trim()).toBe("");
});
