/**
 * `npm run test:node -- [--short] [MAJOR...]`: the project on other versions of Node, all that it supports unless some are given. README's two
 * commands in a clean clone of what is committed; with --short, here, the preview and the tests of what leans on Node's or the SDK's insides.
 */
import { delimiter, join } from "node:path";
import { command, EXIT, start } from "../../policies/cli";
import type { Form, Io } from "../../policies/cli";
import { inCleanClone } from "./clean";
import { ROOT, must, toolchain } from "./toolchain";
import { VERSIONS, versionOf } from "./versions";

const MAJOR: Form = { pattern: new RegExp(`^(${Object.keys(VERSIONS).join("|")})$`), what: `one of ${Object.keys(VERSIONS).join(", ")}` };

/** The program and its engine, the pack's own server process, what starts processes and holds locks. */
const SHORT = ["test/infra/offline", "test/infra/cli", "test/infra/remote", "test/policies/pack", "test/lab/unit", "test/cli"];

async function short(bin: string, io: Io): Promise<void> {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  await must([join(bin, "npm"), "run", "-s", "preview:offline"], io, { cwd: ROOT, env, quiet: true });
  await must([join(bin, "node"), "node_modules/jest/bin/jest.js", "--selectProjects=unit", "--silent", ...SHORT], io, { cwd: ROOT, env });
}

async function full(bin: string, io: Io): Promise<void> {
  await inCleanClone(bin, io, async ({ run, runQuietly }) => {
    await run("npm", "ci");
    await runQuietly("npm", "run", "preview:offline");
    await run("npm", "test");
  });
}

export const testNodeCommand = command({
  name: "test:node",
  summary: "Runs the project on other versions of Node: README's two commands in a clean clone of what is committed.",
  options: { short: { kind: "flag", help: "here, the preview and the tests of what leans on Node's or the SDK's internals" } },
  words: { value: "MAJOR", help: `versions of Node, all without one: ${Object.keys(VERSIONS).join(", ")}`, min: 0, max: 9, form: MAJOR },
  examples: ["", "--short 22 24"],
  exitCodes: { 1: "a version failed" },
  run: async ({ options, words }, io) => {
    let failed = false;
    for (const major of words.length === 0 ? Object.keys(VERSIONS) : words) {
      const version = versionOf(major);
      const started = Date.now();
      const took = (): string => `${((Date.now() - started) / 1000).toFixed(0)} s`;
      try {
        await (options.short ? short : full)(await toolchain(version, io), io);
        io.out(`Node ${version.node}: ok (${took()})`);
      } catch (error) {
        failed = true;
        io.out(`Node ${version.node}: FAILED (${took()}): ${(error as Error).message}`);
      }
    }
    return failed ? EXIT.wrong : EXIT.ok;
  },
});

if (require.main === module) start(testNodeCommand);
