/** A Node of another version than the one that runs, with its npm, from the npm registry: packages that hold the binary and run no script. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Io } from "../../policies/cli";
import { runTool } from "../check/tool";
import type { Version } from "./versions";

export const ROOT = resolve(__dirname, "../..");
const PLATFORMS = ["linux-x64", "linux-arm64"];

export interface Surroundings {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it says is of interest only when it fails. */
  readonly quiet?: boolean;
}

/** Runs a program to its end. What it says is shown line by line, below a line that says what runs and for how long. @throws when it fails */
export async function must(argv: readonly string[], io: Io, { cwd, env, quiet = false }: Surroundings): Promise<void> {
  const name = [basename(argv[0] ?? ""), ...argv.slice(1, 4)].join(" ");
  io.progress.say(name);
  const { code, said } = await runTool(argv, { output: "shown", cwd, env, show: quiet ? undefined : (line) => io.out(line) });
  io.progress.hide();
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with status ${String(code)}${quiet ? `\n${said.trimEnd()}` : ""}`);
}

/** How the machine itself is set up: where its authorities are, and where it may write. */
const KEPT = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "LANG", "TMPDIR"];

/** The environment of somebody whose home is empty: nothing of this process's surroundings but the way out of this machine. */
export function emptyHome(home: string, path: string): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return { ...kept, ...registrySettings(), HOME: home, PATH: path };
}

/** What this npm is told about its way to the registry, which an empty home would forget. */
function registrySettings(): NodeJS.ProcessEnv {
  const settings = ["registry", "cafile", "https-proxy", "proxy", "noproxy"].map((name) => {
    const { stdout } = spawnSync("npm", ["config", "get", name], { cwd: ROOT, encoding: "utf8" });
    return [`npm_config_${name.replace("-", "_")}`, stdout.trim()] as const;
  });
  return Object.fromEntries(settings.filter(([, value]) => !["", "null", "undefined"].includes(value)));
}

/** @returns a directory that holds node, npm and npx of these versions alone; it is made once */
export async function toolchain({ node, npm }: Version, io: Io): Promise<string> {
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
    await must(
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
      io,
      { cwd: partial, quiet: true },
    );
    mkdirSync(join(partial, "bin"));
    symlinkSync(`../node_modules/node-${platform}/bin/node`, join(partial, "bin/node"));
    for (const name of ["npm", "npx"]) symlinkSync(`../node_modules/npm/bin/${name}-cli.js`, join(partial, "bin", name));
    if (existsSync(final)) rmSync(partial, { recursive: true });
    else renameSync(partial, final);
  }
  return join(final, "bin");
}
