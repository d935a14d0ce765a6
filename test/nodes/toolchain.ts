/** A Node of another version than the one that runs, with its npm, from the npm registry: packages that hold the binary and run no script. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Version } from "./versions";

export const ROOT = resolve(__dirname, "../..");
const PLATFORMS = ["linux-x64", "linux-arm64"];

/** Runs a program to its end with the output of the caller. @throws when it fails */
export function must(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly quiet?: boolean },
): void {
  const [program = "", ...args] = argv;
  const { error, status } = spawnSync(program, args, {
    ...options,
    stdio: ["ignore", options.quiet === true ? "ignore" : "inherit", "inherit"],
  });
  if (error !== undefined) throw new Error(`${program} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with status ${status ?? "signal"}`);
}

/** What this npm is told about its way to the registry, which an empty home would forget. */
export function registrySettings(): NodeJS.ProcessEnv {
  const settings = ["registry", "cafile", "https-proxy", "proxy", "noproxy"].map((name) => {
    const { stdout } = spawnSync("npm", ["config", "get", name], { cwd: ROOT, encoding: "utf8" });
    return [`npm_config_${name.replace("-", "_")}`, stdout.trim()] as const;
  });
  return Object.fromEntries(settings.filter(([, value]) => !["", "null", "undefined"].includes(value)));
}

/** @returns a directory that holds node, npm and npx of these versions alone; it is made once */
export function toolchain({ node, npm }: Version): string {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform))
    throw new Error(
      `there is no package with Node for ${platform} (${PLATFORMS.join(", ")}): switch with your version manager and run npm test.`,
    );
  const final = join(ROOT, ".cache/nodes", `node-${node}-npm-${npm}`);
  if (!existsSync(final)) {
    mkdirSync(dirname(final), { recursive: true });
    const partial = mkdtempSync(`${final}.`);
    const packages = [`node-${platform}@${node}`, `npm@${npm}`];
    // The settings of this project are not for what is installed beside it: npm refuses a Node that does not run it, and so do we, by using it.
    must(
      [
        "npm",
        "install",
        "--prefix",
        partial,
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--engine-strict=false",
        ...packages,
      ],
      {
        cwd: partial,
        quiet: true,
      },
    );
    mkdirSync(join(partial, "bin"));
    symlinkSync(`../node_modules/node-${platform}/bin/node`, join(partial, "bin/node"));
    for (const name of ["npm", "npx"]) symlinkSync(`../node_modules/npm/bin/${name}-cli.js`, join(partial, "bin", name));
    if (existsSync(final)) rmSync(partial, { recursive: true });
    else renameSync(partial, final);
  }
  return join(final, "bin");
}
