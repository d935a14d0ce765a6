/**
 * `npm run test:next-sdk -- [VERSION]`: whether the project would run with the newest Pulumi SDK (or this version). infra/offline/engine.ts and
 * the tests of the pack lean on what is internal to the SDK, which is therefore pinned; this says what the next pin will ask for.
 */
import { spawnSync } from "node:child_process";
import { inCleanClone } from "./clean";
import { toolchain } from "./toolchain";
import { NEXT_SDK_NODE, versionOf } from "./versions";

const TESTS = ["test/infra/offline", "test/infra/stack.test.ts", "test/policies/pack"];

const [wanted = "latest"] = process.argv.slice(2);
const asked = spawnSync("npm", ["view", `@pulumi/pulumi@${wanted}`, "version"], { encoding: "utf8" });
const version = asked.stdout.trim();
if (!/^\d+\.\d+\.\d+$/.test(version)) {
  console.error(`npm knows no version "${wanted}" of @pulumi/pulumi: ${(asked.stderr + asked.stdout).trim()}`);
  process.exit(2);
}
try {
  const bin = toolchain(versionOf(NEXT_SDK_NODE));
  inCleanClone(bin, ({ run }) => {
    run("npm", "ci", "--no-audit", "--no-fund");
    run("npm", "pkg", "set", `dependencies.@pulumi/pulumi=${version}`, "--workspaces", "--include-workspace-root");
    run("npm", "install", "--no-audit", "--no-fund");
    // One copy for all, or the test would be one of the old SDK.
    run("node", "-e", `const { version } = require("@pulumi/pulumi/package.json"); if (version !== "${version}") throw new Error(version)`);
    run("npm", "run", "types");
    run("npm", "run", "-s", "preview:offline");
    run("node", "node_modules/jest/bin/jest.js", "--silent", ...TESTS);
  });
  console.log(`@pulumi/pulumi ${version} on Node ${versionOf(NEXT_SDK_NODE).node}: ok`);
} catch (error) {
  console.error(`@pulumi/pulumi ${version} on Node ${versionOf(NEXT_SDK_NODE).node}: FAILED: ${(error as Error).message}`);
  process.exitCode = 1;
}
