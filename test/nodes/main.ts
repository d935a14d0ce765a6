/**
 * `npm run test:node -- [--short] [MAJOR...]`: the project on other versions of Node, all that it supports unless some are given. README's two
 * commands in a clean clone of what is committed; with --short, here, the preview and the tests of what leans on Node's or the SDK's insides.
 */
import { delimiter, join } from "node:path";
import { inCleanClone } from "./clean";
import { ROOT, must, toolchain } from "./toolchain";
import { VERSIONS, versionOf } from "./versions";

/** The program and its engine, the pack's own server process, what starts processes and holds locks. */
const SHORT = ["test/infra", "test/policies/pack", "test/lab/unit"];

function short(bin: string): void {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  must([join(bin, "npm"), "run", "-s", "preview:offline"], { cwd: ROOT, env, quiet: true });
  must([join(bin, "node"), "node_modules/jest/bin/jest.js", "--silent", ...SHORT], { cwd: ROOT, env });
}

function full(bin: string): void {
  inCleanClone(bin, ({ run }) => {
    run("npm", "ci");
    run("npm", "run", "preview:offline");
    run("npm", "test");
  });
}

/** @returns the exit status */
function main(argv: readonly string[]): number {
  const unknown = argv.find((word) => word.startsWith("-") && word !== "--short");
  if (unknown !== undefined) throw new Error(`"${unknown}": usage: npm run test:node -- [--short] [MAJOR...]`);
  const given = argv.filter((word) => word !== "--short");
  const failed: string[] = [];
  for (const major of given.length === 0 ? Object.keys(VERSIONS) : given) {
    const version = versionOf(major);
    const started = Date.now();
    const took = (): string => `${((Date.now() - started) / 1000).toFixed(0)} s`;
    try {
      (argv.includes("--short") ? short : full)(toolchain(version));
      console.log(`Node ${version.node}: ok (${took()})`);
    } catch (error) {
      failed.push(version.node);
      console.log(`Node ${version.node}: FAILED (${took()}): ${(error as Error).message}`);
    }
  }
  return failed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
