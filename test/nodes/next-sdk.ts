/**
 * `npm run test:next-sdk -- [VERSION]`: whether the project would run with the newest Pulumi SDK (or this version). infra/offline/engine.ts and
 * the tests of the pack lean on what is internal to the SDK, which is therefore pinned; this says what the next pin will ask for.
 */
import { spawnSync } from "node:child_process";
import { command, EXIT, Problem, start, type Io } from "../../policies/cli";
import { inCleanClone } from "./clean";
import { toolchain } from "./toolchain";
import { NEXT_SDK_NODE, versionOf } from "./versions";

const TESTS = ["test/infra/offline", "test/infra/stack.test.ts", "test/policies/pack"];

function newest(wanted: string): string {
  const asked = spawnSync("npm", ["view", `@pulumi/pulumi@${wanted}`, "version"], { encoding: "utf8" });
  const version = asked.stdout.trim();
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Problem(`npm knows no version "${wanted}" of @pulumi/pulumi: ${(asked.stderr + asked.stdout).trim()}`);
  }
  return version;
}

async function runWith(version: string, io: Io): Promise<void> {
  await inCleanClone(await toolchain(versionOf(NEXT_SDK_NODE), io), io, async ({ run, runQuietly }) => {
    await run("npm", "ci", "--no-audit", "--no-fund");
    await run("npm", "pkg", "set", `dependencies.@pulumi/pulumi=${version}`, "--workspaces", "--include-workspace-root");
    await run("npm", "install", "--no-audit", "--no-fund");
    // One copy for all, or the test would be one of the old SDK.
    await run(
      "node",
      "-e",
      `const { version } = require("@pulumi/pulumi/package.json"); if (version !== "${version}") throw new Error(version)`,
    );
    await run("npm", "run", "types");
    await runQuietly("npm", "run", "-s", "preview:offline");
    await run("node", "node_modules/jest/bin/jest.js", "--silent", ...TESTS);
  });
}

export const nextSdkCommand = command({
  name: "test:next-sdk",
  summary: "Says whether the project would run with the newest Pulumi SDK, in a clean clone of what is committed. Asks npm alone.",
  options: {},
  words: { value: "VERSION", help: "another version of @pulumi/pulumi than the newest", min: 0, max: 1 },
  examples: ["", "3.260.0"],
  exitCodes: { 1: "it would not" },
  run: async ({ words: [wanted = "latest"] }, io) => {
    const version = newest(wanted);
    const on = `@pulumi/pulumi ${version} on Node ${versionOf(NEXT_SDK_NODE).node}`;
    try {
      await runWith(version, io);
    } catch (error) {
      io.err(`${on}: FAILED: ${(error as Error).message}`);
      return EXIT.wrong;
    }
    io.out(`${on}: ok`);
    return EXIT.ok;
  },
});

if (require.main === module) start(nextSdkCommand);
